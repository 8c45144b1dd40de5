// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using System.Runtime.InteropServices;
using Livewatcher.Linux.Guard;
using Livewatcher.Linux.Interop;
using Livewatcher.Linux.ProcFs;
using Livewatcher.Model;

namespace Livewatcher.Linux.Arming;

/// <summary>One breakpoint event: perf_event_open(2). Closing it frees its debug register at once.</summary>
internal sealed unsafe class PerfEvent : IDisposable
{
    private const ulong PERF_FLAG_FD_CLOEXEC = 8;
    private const ulong PERF_EVENT_IOC_ENABLE = 0x2400;
    private const ulong PERF_EVENT_IOC_DISABLE = 0x2401;
    private const ulong PERF_EVENT_IOC_ID = 0x80082407;
    private const ulong PERF_EVENT_IOC_SET_BPF = 0x40042408;

    private readonly SafeDescriptor descriptor;

    private PerfEvent(SafeDescriptor descriptor) => this.descriptor = descriptor;

    internal int Descriptor => descriptor.Number;

    /// <summary>The kernel's own count of hits, those of inherited events included.</summary>
    internal EventCount Count => EventReading.Of(descriptor);

    /// <summary>The kernel's number of it, which events inherited from it name as their root's; null where it has none.</summary>
    internal ulong? Id
    {
        get
        {
            ulong id;
            return Libc.IoControl(descriptor.Number, PERF_EVENT_IOC_ID, (long)&id) == 0 ? id : null;
        }
    }

    /// <summary>The attributes every breakpoint event of ours shares: each hit, user and kernel, disabled at first.</summary>
    internal static PerfEventAttributes AttributesOf(HardwareSlot slot) => new()
    {
        Type = PerfEventAttributes.PERF_TYPE_BREAKPOINT,
        Size = PerfEventAttributes.VersionSevenSize,
        BreakpointType = SlotSpecKinds.PerfType(slot.Mode),
        BreakpointAddress = slot.Address.Value,
        BreakpointLength = SlotSpecKinds.PerfLength(slot),
        SamplePeriod = 1,
        ReadFormat = PerfEventAttributes.PERF_FORMAT_TOTAL_TIME_ENABLED | PerfEventAttributes.PERF_FORMAT_TOTAL_TIME_RUNNING,
        Flags = PerfEventAttributes.Disabled | PerfEventAttributes.ExcludeHypervisor,
    };

    /// <summary>Opens an event. On refusal null, with errno.</summary>
    internal static PerfEvent? TryOpen(PerfEventAttributes attributes, int pid, int cpu, out int errno)
    {
        long number = Libc.PerfEventOpen(Libc.SYS_perf_event_open, &attributes, pid, cpu, -1, PERF_FLAG_FD_CLOEXEC);
        errno = number < 0 ? Marshal.GetLastPInvokeError() : 0;
        return number < 0 ? null : new PerfEvent(new SafeDescriptor((int)number));
    }

    /// <summary>Takes over an event that somebody else has opened. Null where the descriptor is of anything else, on which it
    /// might be unwise even to call ioctl(2); it is closed then.</summary>
    internal static PerfEvent? TryAdopt(SafeDescriptor descriptor)
    {
        if (ProcessFiles.TryReadLink($"/proc/self/fd/{descriptor.Number}") is { } link && link.EndsWith("anon_inode:[perf_event]", StringComparison.Ordinal))
            return new PerfEvent(descriptor);
        descriptor.Dispose();
        return null;
    }

    internal int SetProgram(int programDescriptor) => Control(PERF_EVENT_IOC_SET_BPF, programDescriptor);

    internal int Enable() => Control(PERF_EVENT_IOC_ENABLE, 0);

    internal int Disable() => Control(PERF_EVENT_IOC_DISABLE, 0);

    /// <summary>Disables events, all of them before the first count is read, and closes them.</summary>
    /// <returns>The sum of their counts.</returns>
    internal static EventCount End(IReadOnlyCollection<PerfEvent> events)
    {
        foreach (PerfEvent one in events)
            _ = one.Disable();
        EventCount count = Sum(events);
        foreach (PerfEvent one in events)
            one.Dispose();
        return count;
    }

    internal static EventCount Sum(IEnumerable<PerfEvent> events) => events.Aggregate(default(EventCount), (sum, one) => sum + one.Count);

    /// <summary>Makes the processor load the debug register anew: enabling writes it where the event's thread or CPU runs
    /// (arch_install_hw_breakpoint).</summary>
    internal void Reload()
    {
        _ = Disable();
        _ = Enable();
    }

    public void Dispose() => descriptor.Dispose();

    private int Control(ulong request, long argument) =>
        Libc.IoControl(descriptor.Number, request, argument) == 0 ? 0 : Marshal.GetLastPInvokeError();
}
