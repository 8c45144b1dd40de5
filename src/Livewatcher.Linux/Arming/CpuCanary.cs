// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using Livewatcher.Linux.Interop;

namespace Livewatcher.Linux.Arming;

/// <summary>Tells whether a CPU has been offline since: the kernel takes its events away then (perf_event_exit_cpu, kernel/events/core.c),
/// for good and without a word, and a clock among them stands still.</summary>
internal sealed class CpuCanary : IDisposable
{
    private const ulong PERF_COUNT_SW_CPU_CLOCK = 0;

    private readonly PerfEvent? clock;
    private long seen = -1;

    internal CpuCanary(int cpu)
    {
        PerfEventAttributes attributes = new()
        {
            Type = PerfEventAttributes.PERF_TYPE_SOFTWARE,
            Size = PerfEventAttributes.VersionSevenSize,
            Config = PERF_COUNT_SW_CPU_CLOCK,
        };
        clock = PerfEvent.TryOpen(attributes, -1, cpu, out _);
    }

    /// <summary>False where the CPU's events are gone.</summary>
    internal bool Lives()
    {
        if (clock is null)
            return true; // nobody can tell
        long now = clock.Count.Hits;
        bool lives = now != seen;
        seen = now;
        return lives;
    }

    public void Dispose() => clock?.Dispose();
}
