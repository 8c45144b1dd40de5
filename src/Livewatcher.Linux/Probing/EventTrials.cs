// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using Livewatcher.Linux.Arming;
using Livewatcher.Linux.Interop;
using Livewatcher.Model;

namespace Livewatcher.Linux.Probing;

/// <summary>Counting events on the probe, without a backend: what the kernel sees, and what a hit costs at least.</summary>
internal static class EventTrials
{
    private const int FewWrites = 16;
    private const int CostWrites = 4000;

    /// <summary>The program's own writes; possible for every user on their own processes where kernel.perf_event_paranoid
    /// is not above 2.</summary>
    internal static CountTrial UserWrites(ProbeTarget probe) =>
        Count(probe, ProbeTarget.Burst(FewWrites, threads: 1, patienceMilliseconds: 200), PerfEventAttributes.ExcludeKernel);

    /// <summary>The kernel's writes into the program's memory.</summary>
    internal static CountTrial KernelWrites(ProbeTarget probe) =>
        Count(probe, ProbeTarget.Few(ProbeKind.LW_PROBE_READ, FewWrites, patienceMilliseconds: 200), PerfEventAttributes.ExcludeUser);

    /// <summary>Nanoseconds a hit that is counted and nothing else; null where it cannot be measured.</summary>
    internal static long? CountedCost(ProbeTarget probe, int writes = CostWrites)
    {
        CountTrial trial = Count(
            probe, ProbeTarget.Burst(writes, threads: 1, patienceMilliseconds: 400), PerfEventAttributes.ExcludeKernel);
        return trial.Refusal is null && trial.Counted > 0 ? probe.MedianNanoseconds : null;
    }

    private static CountTrial Count(ProbeTarget probe, ProbeOrder order, ulong exclude)
    {
        const string What = "perf_event_open(2) of a breakpoint";
        PerfEventAttributes attributes = PerfEvent.AttributesOf(probe.Word);
        attributes.Flags |= PerfEventAttributes.Inherit | exclude;
        using PerfEvent? one = PerfEvent.TryOpen(attributes, probe.Process.Value, -1, out int errno);
        if (one is not null)
            errno = one.Enable();
        if (errno != 0)
            return new CountTrial(Refusals.Of(What, errno), 0, 0, 0);
        probe.Do(order);
        _ = one!.Disable();
        return new CountTrial(null, probe.Writes, one.Count.Hits, probe.Strays);
    }
}
