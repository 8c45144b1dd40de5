// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using System.Globalization;
using Livewatcher.Model;

namespace Livewatcher.Engine.Examining;

/// <summary>Whether each write becomes a hit, and at what price.</summary>
internal static class HitChecks
{
    internal static Check NewThreads(Observations seen)
    {
        const string Name = "new_threads";
        const string Title = "new threads";
        if (seen.Chain is not { } chain || Conclusion.HasDeadRegisters(seen))
            return Conclusion.NotTried(Name, Title, seen);
        Figure[] figures = [new("threads", chain.Writes), new("counted", chain.Counted), new("stray_sigtraps", chain.Strays)];
        string who = $"{Conclusion.Count(chain.Writes, "thread")}, each started by the one before it, wrote once each";
        return Missing(chain) == 0 && chain.Writes > 0
            ? Conclusion.Works(Name, Title, $"{who}: every write was seen.", figures)
            : Conclusion.Degraded(Name, Title, $"{who}: {Difference(chain)}.", [], figures);
    }

    internal static Check Accounting(Observations seen)
    {
        const string Name = "accounting";
        const string Title = "accounting";
        if (seen.Flood is not { } flood || Conclusion.HasDeadRegisters(seen))
            return Conclusion.NotTried(Name, Title, seen);
        Figure[] figures = [new("counted", flood.Counted), new("recorded", flood.Recorded), new("dropped", flood.Dropped), new("filtered", flood.Filtered)];
        long sum = flood.Recorded + flood.Dropped + flood.Filtered;
        string counted = $"{Conclusion.Count(flood.Counted, "hit")} counted by the kernel";
        string parts = $"{Conclusion.Number(flood.Recorded)} recorded + {Conclusion.Number(flood.Dropped)} dropped"
            + (flood.Filtered == 0 ? "" : $" + {Conclusion.Number(flood.Filtered)} filtered");
        return sum == flood.Counted
            ? Conclusion.Works(Name, Title, $"{counted} = {parts}.", figures)
            : Conclusion.Degraded(Name, Title, $"{counted}, but {parts} = {Conclusion.Number(sum)}. Such a run is told as not complete.", [], figures);
    }

    internal static Check Strays(Observations seen)
    {
        const string Name = "stray_sigtraps";
        const string Title = "stray SIGTRAPs";
        if (seen.Flood is not { } flood || Conclusion.HasDeadRegisters(seen))
            return Conclusion.NotTried(Name, Title, seen);
        Figure[] figures = [new("writes", flood.Writes), new("stray_sigtraps", flood.Strays), new("other_sigtraps", flood.OtherTraps)];
        if (flood.Strays + flood.OtherTraps == 0)
        {
            string caution = seen.Machine.Hypervisor ? " A virtual machine may still send one now and then; the guard stands by." : "";
            return Conclusion.Works(Name, Title, $"None in {Conclusion.Count(flood.Counted, "hit")}.{caution}", figures);
        }

        string finding = $"{Conclusion.Number(flood.Strays + flood.OtherTraps)} of {Conclusion.Count(flood.Writes, "hit")} came as a SIGTRAP without a cause, "
            + "because the virtual machine lost DR6. That kills a target that nobody guards, under gdb and perf too; the guard swallows each and makes it the hit that it is.";
        bool guarded = seen.Machine.Hypervisor && seen.TraceOther is null;
        return Conclusion.Degraded(Name, Title, finding, guarded ? [] : ["livewatcher attach PID --watch EXPR --guard on"], figures);
    }

    internal static Check Lost(Observations seen)
    {
        const string Name = "lost_hits";
        const string Title = "lost hits";
        if (seen.Flood is not { } flood || Conclusion.HasDeadRegisters(seen))
            return Conclusion.NotTried(Name, Title, seen);
        Figure[] figures =
        [
            new("asked", flood.Asked), new("writes", flood.Writes), new("counted", flood.Counted), new("stray_sigtraps", flood.Strays), new("lost", Missing(flood)),
        ];
        string busy = flood.Writes < flood.Asked ? $" This machine is too busy for the {Conclusion.Number(flood.Asked)} that were meant." : "";
        string sum = $"{Conclusion.Number(flood.Counted)} counted + {Conclusion.Count(flood.Strays, "stray SIGTRAP")}";
        return Missing(flood) == 0
            ? Conclusion.Works(Name, Title, $"{Conclusion.Count(flood.Writes, "write")} = {sum}.{busy}", figures)
            : Conclusion.Degraded(
                Name,
                Title,
                $"{Conclusion.Count(flood.Writes, "write")}, but {sum}: {Difference(flood)}.{Explanation(seen.Machine, flood)}{busy}",
                [],
                figures);
    }

    internal static Check Cost(Observations seen)
    {
        const string Name = "hit_cost";
        const string Title = "cost of a hit";
        if (seen.CountedHitNanoseconds is not { } counted || seen.RecordedHitNanoseconds is not { } recorded)
            return Conclusion.NotTried(Name, Title, seen);
        string share = (recorded / 1e9 * 1000).ToString("0.#%", CultureInfo.InvariantCulture);
        return Conclusion.Works(
            Name,
            Title,
            $"{Conclusion.Microseconds(counted)} if it is only counted, {Conclusion.Microseconds(recorded)} with its record and {Conclusion.Bytes(seen.StackBytes)} of stack (medians): "
            + $"a thread that is hit 1,000 times a second spends {share} of its time on it.",
            new Figure("counted_ns", counted),
            new Figure("recorded_ns", recorded),
            new Figure("stack_bytes", seen.StackBytes));
    }

    private static long Missing(Burst burst) => burst.Writes - burst.Counted - burst.Strays;

    private static string Explanation(MachineFacts machine, Burst flood) => Missing(flood) < 0 ? ""
        : (machine.Hypervisor ? " Virtual machines now and then lose a thread's debug registers for a while." : "")
            + " run and attach find such writes by auditing the memory, and say that they are not complete.";

    private static string Difference(Burst burst) => Missing(burst) switch
    {
        0 => "nothing was written at all",
        > 0 and var lost => $"{Conclusion.Count(lost, "write")} went by unseen",
        var more => $"{Conclusion.Count(-more, "hit")} more than written",
    };
}
