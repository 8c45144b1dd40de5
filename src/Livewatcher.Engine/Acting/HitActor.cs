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
    private readonly Dictionary<ProcessId, (WatchReaction Reaction, ActionOutcome Outcome)> cores = [];

    /// <summary>Whom the user's debugger takes over from here; the watching is to end. Null for nobody.</summary>
    internal HandOver? HandOver { get; private set; }

    /// <summary>Core files are being written.</summary>
    internal bool IsBusy => platform.Cores?.IsBusy(null) == true;

    /// <summary>The watching has ended: the program is the user's own again, and is sent no signals.</summary>
    internal bool IsOver { get; set; }

    internal Hit Act(WatchedProcess process, ArmedWatch watch, AccessGroup group, Hit hit)
    {
        if (watch.Reaction is not { } reaction)
            return hit;
        OrderResult? order = watch.HasOrder ? group.OrderOf(watch) : null;
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
                ActionKind.Core => Dump(outcome, reaction, hit),
                _ => outcome,
            };
            if (outcome is { Action.Kind: ActionKind.Gdb, Failure: null, Skipped: false })
                HandOver ??= new HandOver(hit.Process, hit.Thread);
            // What the source sends it keeps the account of; and whether there is a core file is known when gdb has ended.
            if (!(order is not null && action.SendsSignal) && !(action.Kind == ActionKind.Core && outcome is { Failure: null, Skipped: false }))
                reaction.Account(outcome);
            hit = hit with { Actions = [.. hit.Actions, outcome] };
        }

        return hit;
    }

    /// <summary>Core files that are written, or have failed, by now.</summary>
    internal IReadOnlyList<CoreFile> TakeCores()
    {
        IReadOnlyList<CoreFile> finished = platform.Cores?.TakeFinished() ?? [];
        foreach (CoreFile core in finished)
        {
            if (cores.Remove(core.Process, out (WatchReaction Reaction, ActionOutcome Outcome) begun))
                begun.Reaction.Account(begun.Outcome with { Failure = core.Failure });
        }

        return finished;
    }

    /// <summary>Core files are not waited for any more.</summary>
    internal void AbandonCores()
    {
        foreach ((WatchReaction reaction, ActionOutcome outcome) in cores.Values)
            reaction.Account(outcome with { Failure = "broken off, for the watching was to end at once" });
        cores.Clear();
        platform.Cores?.Abandon();
    }

    private bool TakeTurn(ArmedWatch watch, WatchReaction reaction, Hit hit)
    {
        if (!watch.HasOrder)
            return reaction.TakeTurn(certain: !hit.Undecided && !hit.Unsure);
        // What the source did not count: a recovered hit, a system call's copy whose condition was decided here.
        return platform.Source.TakeTurn(reaction.Number) == true && !hit.Undecided;
    }

    private ActionOutcome Signal(HitAction action, OrderResult? order, RawHit first, Hit hit)
    {
        ActionOutcome outcome = order is { } done
            ? new ActionOutcome(action, AtHit: true, TimeSpan.Zero, done.Error)
            : new ActionOutcome(action, AtHit: false, Since(first), IsOver ? null : Send(action, hit)) { Skipped = IsOver };
        return outcome is { Action.Kind: ActionKind.Stop or ActionKind.Gdb, Failure: null, Skipped: false }
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

    private ActionOutcome Dump(ActionOutcome outcome, WatchReaction reaction, Hit hit)
    {
        if (platform.Cores is not { } dumper)
            return outcome with { Failure = "nobody here can write core files" };
        if (IsOver || dumper.IsBusy(hit.Process))
            return outcome with { Skipped = true };
        string file = $"{outcome.Action.CorePrefix}.{hit.Process}.{hit.Sequence}";
        if (dumper.Begin(hit.Process, file) is { } failure)
            return outcome with { Failure = failure };
        outcome = outcome with { File = file };
        cores[hit.Process] = (reaction, outcome);
        return outcome;
    }

    private string? Send(HitAction action, Hit hit) => platform.Signals is { } signals
        ? signals.Send(hit.Process, action.Kind == ActionKind.Signal ? hit.Thread : null, action.Signal)
        : "nobody here can send signals";

    private TimeSpan Since(RawHit hit) => TimeSpan.FromMicroseconds((platform.Clock.Now - Math.Min(hit.Time, platform.Clock.Now)) / 1000.0);
}
