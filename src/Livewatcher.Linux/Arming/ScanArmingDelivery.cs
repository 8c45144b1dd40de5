// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using Livewatcher.Linux.Bpf;
using Livewatcher.Linux.Interop;
using Livewatcher.Linux.Perf;
using Livewatcher.Model;

namespace Livewatcher.Linux.Arming;

/// <summary>One event of every thread: which slot, on which CPU (-1: any).</summary>
internal readonly record struct ScanPosition(int Slot, HardwareSlot Content, int Cpu);

/// <summary>Where a thread's events deliver to: a BPF program for each slot, or a ring for each CPU.</summary>
internal abstract class ScanArmingDelivery(bool followFork)
{
    private const ulong PERF_SAMPLE_TID = 1 << 1;
    private const ulong PERF_SAMPLE_READ = 1 << 4;

    internal abstract IReadOnlyList<int> Cpus { get; }

    /// <summary>Every event that a thread shall have, in the order in which all threads get them.</summary>
    internal IReadOnlyList<ScanPosition> Sequence(IReadOnlyDictionary<int, HardwareSlot> slots) =>
        [.. from slot in slots.OrderBy(slot => slot.Key) from cpu in Cpus select new ScanPosition(slot.Key, slot.Value, cpu)];

    /// <summary>Disabled; inherited by new threads, by children only where they are followed; gone with the program that
    /// the addresses belong to (inherit_thread and remove_on_exec are of Linux 5.13).</summary>
    internal PerfEventAttributes AttributesOf(in ScanPosition position) => Inherited(Basic(position));

    /// <summary>An event that does nothing but keep its thread's events its own. At a switch between two threads that have
    /// inherited the same events the kernel exchanges whole sets of events instead of unloading and loading them
    /// (perf_event_context_sched_out); its account of debug registers does not follow, and when one of the two ends, the
    /// other's are forgotten. Not so for a set with an inherited event of PERF_SAMPLE_READ (Linux 6.12, nr_no_switch_fast;
    /// older kernels refuse it).</summary>
    internal PerfEventAttributes AnchorAttributes() => Inherited(new PerfEventAttributes
    {
        Type = PerfEventAttributes.PERF_TYPE_SOFTWARE,
        Size = PerfEventAttributes.VersionSevenSize,
        Config = PerfEventAttributes.PERF_COUNT_SW_DUMMY,
        SamplePeriod = 1,
        SampleType = PERF_SAMPLE_TID | PERF_SAMPLE_READ,
        Flags = PerfEventAttributes.Disabled | PerfEventAttributes.ExcludeKernel | PerfEventAttributes.ExcludeHypervisor,
    });

    /// <summary>An event that only occupies a debug register for a moment; nobody inherits it.</summary>
    internal abstract PerfEventAttributes Basic(in ScanPosition position);

    /// <summary>Lets an event deliver. 0 or errno.</summary>
    internal abstract int Connect(PerfEvent one, in ScanPosition position);

    private PerfEventAttributes Inherited(PerfEventAttributes attributes)
    {
        attributes.Flags |= PerfEventAttributes.Inherit | PerfEventAttributes.RemoveOnExec;
        if (!followFork)
            attributes.Flags |= PerfEventAttributes.InheritThread;
        return attributes;
    }
}

internal sealed class ScanToProgram(BpfHitSource source, bool followFork) : ScanArmingDelivery(followFork)
{
    internal override IReadOnlyList<int> Cpus { get; } = [-1];

    internal override PerfEventAttributes Basic(in ScanPosition position) => PerfEvent.AttributesOf(position.Content);

    internal override int Connect(PerfEvent one, in ScanPosition position) => one.SetProgram(source.Program.SlotPrograms[position.Slot]);
}

/// <summary>An event that is inherited can write to a ring only where it is bound to a CPU (perf_mmap gives EINVAL).</summary>
internal sealed class ScanToRings(PerfHitSource source, bool followFork) : ScanArmingDelivery(followFork)
{
    private readonly Dictionary<int, int> descriptors = source.Rings.ToDictionary(ring => ring.Cpu, ring => ring.Descriptor);

    internal override IReadOnlyList<int> Cpus { get; } = [.. source.Rings.Select(ring => ring.Cpu)];

    internal override PerfEventAttributes Basic(in ScanPosition position) =>
        source.Sampling.BreakpointAttributes(position.Content, position.Slot);

    internal override int Connect(PerfEvent one, in ScanPosition position) => PerfSampling.Redirect(one, descriptors[position.Cpu]);
}
