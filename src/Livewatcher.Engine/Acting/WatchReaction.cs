// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using Livewatcher.Model;

namespace Livewatcher.Engine.Acting;

/// <summary>What is done about the hits of one watch, in all processes of the family, and its account.</summary>
/// <param name="number">The order's number for the source, from 1.</param>
/// <param name="request">The watch.</param>
internal sealed class WatchReaction(int number, WatchRequest request)
{
    private readonly Dictionary<HitAction, ActionTally> tallies = request.Reaction.Actions.Distinct()
        .ToDictionary(action => action, action => new ActionTally(request.Expression, action.Text, 0, 0, 0, null));

    private long counted;
    private bool taken;

    internal int Number => number;

    internal HitReaction What => request.Reaction;

    internal string Label => request.Expression;

    /// <summary>Why it is done some time after the hit; null where the source does it at the hit.</summary>
    internal string? WhyLate { get; set; }

    /// <summary>A SIGSTOP to the thread stops the process too, and that thread before anything else: one to the process may be taken by
    /// another thread, while this one runs on (seen on backend ptrace).</summary>
    internal SignalOrder? Order => What.Signal is { } signal
        ? new SignalOrder(signal.Signal, ToThread: signal.Kind != ActionKind.Kill, What.After, IsOnce)
        : null;

    /// <summary>Nobody hands over twice.</summary>
    private bool IsOnce => What.Once || What.Signal?.Kind == ActionKind.Gdb;

    /// <summary>A hit is reported that the source does not count.</summary>
    /// <param name="certain">False where it may be that it need not have been reported.</param>
    /// <returns>Whether it is to be acted on.</returns>
    internal bool TakeTurn(bool certain)
    {
        bool due = ++counted >= What.After && certain && !(IsOnce && taken);
        taken |= due;
        return due;
    }

    internal void Account(ActionOutcome outcome)
    {
        ActionTally known = tallies[outcome.Action];
        if (outcome.Skipped)
            tallies[outcome.Action] = known with { Skipped = known.Skipped + 1 };
        else if (outcome.Failure is { } failure)
            tallies[outcome.Action] = known with { Failed = known.Failed + 1, LastFailure = failure };
        else
            tallies[outcome.Action] = outcome.AtHit ? known : known with { Afterwards = known.Afterwards + 1 };
    }

    /// <summary>What was done, by the source too.</summary>
    internal IEnumerable<ActionTally> Close(OrderAccount order) => What.Actions.Distinct().Select(action => !action.SendsSignal
        ? tallies[action]
        : tallies[action] with
        {
            AtHit = order.Sent,
            Failed = tallies[action].Failed + order.Failed,
            LastFailure = tallies[action].LastFailure ?? order.LastError,
        });
}
