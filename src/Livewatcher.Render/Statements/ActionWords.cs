// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using System.Globalization;
using Livewatcher.Model;

namespace Livewatcher.Render;

/// <summary>What was done about hits, in words. Whoever reads "stopped" must see whether that was at the instruction.</summary>
internal static class ActionWords
{
    /// <summary>One action at one hit: "stopped at the hit", "SIGUSR1 sent 3.1 ms after the hit", "kill failed: EPERM (...)".</summary>
    public static string Of(ActionOutcome outcome)
    {
        var when = outcome.AtHit ? "at the hit" : $"{Delay(outcome.Delay)} after the hit";
        if (outcome.Skipped)
        {
            return $"{outcome.Action.Text}: skipped, {Reason(outcome.Action)}";
        }

        return outcome.Failure is { } failure ? $"{outcome.Action.Text} failed {when}: {failure}" : outcome.Action.Kind switch
        {
            ActionKind.Stop => $"stopped {when}",
            ActionKind.Gdb => $"stopped {when}, for gdb",
            ActionKind.Core => $"core file begun {when}: {outcome.File}",
            ActionKind.Kill => $"killed {when}",
            ActionKind.Exec => $"{outcome.Action.Text}: started {when}, pid {outcome.Process}",
            ActionKind.Snapshot => $"snapshot, read {when}",
            _ => $"{outcome.Action.SignalName} sent {when}",
        };
    }

    private static string Reason(HitAction action) => action.Kind switch
    {
        ActionKind.Core => "for one is being written, or the watching had ended",
        _ => action.SendsSignal ? "for the watching had ended" : "for too many commands run",
    };

    /// <summary>One action in a whole run.</summary>
    public static string Of(ActionTally tally, string backend)
    {
        var at = backend == "ptrace" ? "in the guard" : "in the kernel";
        var failed = $"{tally.Failed:N0} failed" + (tally.LastFailure is { } why ? $" (the last: {why})" : "");
        return $"{tally.Action} on {tally.Watch}: done {Words.Count(tally.AtHit, "time")} {at} at the hit, {Words.Count(tally.Afterwards, "time")} from here after it;"
            + $" {failed}, {tally.Skipped:N0} skipped.";
    }

    public static string Delay(TimeSpan delay) => delay.TotalMilliseconds switch
    {
        < 1 => $"{delay.TotalMicroseconds.ToString("0", CultureInfo.InvariantCulture)} us",
        < 1000 => $"{delay.TotalMilliseconds.ToString("0.0", CultureInfo.InvariantCulture)} ms",
        _ => $"{delay.TotalSeconds.ToString("0.0", CultureInfo.InvariantCulture)} s",
    };
}
