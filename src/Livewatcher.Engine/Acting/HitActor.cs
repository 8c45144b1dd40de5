// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using Livewatcher.Engine.Arming;
using Livewatcher.Engine.Ordering;
using Livewatcher.Engine.Watching;
using Livewatcher.Model;

namespace Livewatcher.Engine.Acting;

/// <summary>Does what is to be done about a hit that is reported, where the source has not done it, and notes what was done. Belongs to the
/// session's thread.</summary>
internal sealed class HitActor(SessionPlatform platform)
{
    /// <summary>The watching has ended: the program is the user's own again, and is sent no signals.</summary>
    internal bool IsOver { get; set; }

    internal Hit Act(WatchedProcess process, ArmedWatch watch, AccessGroup group, Hit hit)
    {
        if (watch.Reaction is not { } reaction)
            return hit;
        OrderResult? order = watch.HasOrder ? group.OrderOf(watch.Occupies) : null;
        bool due = order is { } told ? told.Outcome != OrderOutcome.NotDue : TakeTurn(watch, reaction, hit);
        if (!due)
            return hit;
        // A command is told of the signal that was sent before.
        foreach (HitAction action in reaction.What.Actions.OrderBy(action => !action.SendsSignal))
        {
            ActionOutcome outcome = action.SendsSignal ? Signal(action, order, group.First, hit) : new ActionOutcome(action, AtHit: false, Since(group.First), null);
            outcome = action.Kind switch
            {
                ActionKind.Exec => Start(outcome, hit),
                ActionKind.Snapshot => outcome with { Snapshot = Snapshots.Take(process, action.Expressions) },
                _ => outcome,
            };
            if (order is null || !action.SendsSignal)
                reaction.Account(outcome); // or the source keeps the account
            hit = hit with { Actions = [.. hit.Actions, outcome] };
        }

        return hit;
    }

    private bool TakeTurn(ArmedWatch watch, WatchReaction reaction, Hit hit)
    {
        if (!watch.HasOrder)
            return reaction.TakeTurn(certain: !hit.Undecided);
        // What the source did not count: a recovered hit, a system call's copy whose condition was decided here.
        return platform.Source.TakeTurn(reaction.Number) == true && !hit.Undecided;
    }

    private ActionOutcome Signal(HitAction action, OrderResult? order, RawHit first, Hit hit)
    {
        ActionOutcome outcome = order is { } done
            ? new ActionOutcome(action, AtHit: true, TimeSpan.Zero, done.Error)
            : new ActionOutcome(action, AtHit: false, Since(first), IsOver ? null : Send(action, hit)) { Skipped = IsOver };
        return outcome is { Action.Kind: ActionKind.Stop, Failure: null, Skipped: false }
            ? outcome with { Next = $"gdb -p {hit.Process} -ex 'thread find {hit.Thread}'" }
            : outcome;
    }

    private ActionOutcome Start(ActionOutcome outcome, Hit hit)
    {
        if (platform.Commands is not { } commands)
            return outcome with { Failure = "nobody here can start commands" };
        CommandStart start = commands.Run(outcome.Action.Command!, hit);
        return outcome with { Process = start.Process, Failure = start.Failure, Skipped = start is { Process: null, Failure: null } };
    }

    private string? Send(HitAction action, Hit hit) => platform.Signals is { } signals
        ? signals.Send(hit.Process, action.Kind == ActionKind.Signal ? hit.Thread : null, action.Signal)
        : "nobody here can send signals";

    private TimeSpan Since(RawHit hit) => TimeSpan.FromMicroseconds((platform.Clock.Now - Math.Min(hit.Time, platform.Clock.Now)) / 1000.0);
}
