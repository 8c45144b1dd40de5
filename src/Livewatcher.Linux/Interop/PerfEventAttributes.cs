// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using System.Runtime.InteropServices;

namespace Livewatcher.Linux.Interop;

/// <summary>struct perf_event_attr, PERF_ATTR_SIZE_VER7 (128 bytes), include/uapi/linux/perf_event.h.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct PerfEventAttributes
{
    internal const uint VersionSevenSize = 128;
    internal const uint PERF_TYPE_SOFTWARE = 1;
    internal const uint PERF_TYPE_BREAKPOINT = 5;
    internal const ulong PERF_COUNT_SW_DUMMY = 9;

    internal const ulong PERF_FORMAT_TOTAL_TIME_ENABLED = 1;
    internal const ulong PERF_FORMAT_TOTAL_TIME_RUNNING = 2;

    // The bit-field after read_format, from bit 0 on.
    internal const ulong Disabled = 1UL << 0;
    internal const ulong Inherit = 1UL << 1;
    internal const ulong ExcludeUser = 1UL << 4;
    internal const ulong ExcludeKernel = 1UL << 5;
    internal const ulong ExcludeHypervisor = 1UL << 6;
    internal const ulong Task = 1UL << 13;
    internal const ulong Watermark = 1UL << 14;
    internal const ulong SampleIdAll = 1UL << 18;
    internal const ulong UseClockId = 1UL << 25;
    internal const ulong InheritThread = 1UL << 35;
    internal const ulong RemoveOnExec = 1UL << 36;
    internal const ulong SigTrap = 1UL << 37;

    public uint Type;
    public uint Size;
    public ulong Config;
    public ulong SamplePeriod;
    public ulong SampleType;
    public ulong ReadFormat;
    public ulong Flags;
    public uint WakeupWatermark;
    public uint BreakpointType;
    public ulong BreakpointAddress;
    public ulong BreakpointLength;
    public ulong BranchSampleType;
    public ulong SampleRegistersUser;
    public uint SampleStackUser;
    public int ClockId;
    public ulong SampleRegistersInterrupt;
    public uint AuxWatermark;
    public ushort SampleMaxStack;
    public ushort Reserved2;
    public uint AuxSampleSize;
    public uint Reserved3;
    public ulong SignalData;
}
