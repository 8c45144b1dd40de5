// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using Livewatcher.Model;

namespace Livewatcher.Linux.Probing;

/// <summary>Whether a debug register that the kernel has set traps at all. Some hypervisors accept them and deliver nothing: there
/// perf events open, count zero, and every run would end with no hits that look like innocence.</summary>
public static class DebugRegisters
{
    /// <summary>Of a hit that is counted and nothing else, nanoseconds, where it could not be measured.</summary>
    public const long UnknownCost = 2000;

    /// <summary>A virtual machine may lose a register until the next context switch (DESIGN.md, fact 5): one trial proves nothing.</summary>
    private const int Trials = 3;

    /// <summary>Enough to tell microseconds from tens of them.</summary>
    private const int CostWrites = 100;

    /// <summary>Writes to a watched word of a process of our own, a few milliseconds in all. To be called before anything else is
    /// opened, for the child inherits it, and on a thread that lives till the call returns.</summary>
    /// <param name="hitNanoseconds">What a hit costs that is counted and nothing else, roughly.</param>
    /// <returns>False where every trial was refused nothing and saw nothing. True where one hit came, and where it could not be
    /// tried: then arming will say why.</returns>
    public static bool Trap(out long hitNanoseconds)
    {
        hitNanoseconds = UnknownCost;
        using ProbeTarget? probe = ProbeTarget.TryStart(out _);
        if (probe is null)
            return true;
        bool silent = true;
        long? cost = null;
        Refusal? broken = Refusals.Try("the probe", () =>
        {
            for (int trial = 0; silent && trial < Trials; trial++)
            {
                CountTrial seen = EventTrials.UserWrites(probe);
                silent = seen.Refusal is null && seen is { Writes: > 0, Counted: 0, Strays: 0 };
            }

            cost = silent ? null : EventTrials.CountedCost(probe, CostWrites);
        });
        hitNanoseconds = cost ?? UnknownCost;
        return broken is not null || !silent;
    }

    /// <summary>The same by ptrace(2), for machines that refuse perf events.</summary>
    /// <param name="refusal">Why the registers cannot be written that way; null where they can.</param>
    public static bool TrapByPtrace(out Refusal? refusal)
    {
        refusal = null;
        using ProbeTarget? probe = ProbeTarget.TryStart(out _);
        if (probe is null)
            return true;
        CountTrial seen = TraceTrials.Pokes(probe);
        refusal = seen.Refusal;
        return seen.Refusal is not null || seen is not { Writes: > 0, Counted: 0, Strays: 0 };
    }
}
