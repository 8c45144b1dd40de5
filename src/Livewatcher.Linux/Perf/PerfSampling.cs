// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using Livewatcher.Linux.Arming;
using Livewatcher.Linux.Interop;
using Livewatcher.Model;

namespace Livewatcher.Linux.Perf;

/// <summary>What every sampling event of backend perf has in common: the sample's parts, the clock, the way to a ring.
/// The guard opens the same events (native/guard/arming/arming.c, fill_attributes).</summary>
/// <param name="StackBytes">Of user stack in a sample; multiple of 8.</param>
/// <param name="ExcludeKernel">The kernel hides its own accesses from us.</param>
/// <param name="Watermark">Bytes in a ring that wake its reader.</param>
internal readonly record struct PerfSampling(int StackBytes, bool ExcludeKernel, uint Watermark)
{
    internal const int CLOCK_MONOTONIC = 1;

    // LW_PERF_SAMPLE_TYPE, LW_PERF_SAMPLE_REGISTERS and LW_PERF_INTERRUPTED_REGISTERS of native/guard/guard.h; tests/Linux.Tests compares them.
    internal const ulong SampleType =
        PERF_SAMPLE_IP | PERF_SAMPLE_TID | PERF_SAMPLE_TIME | PERF_SAMPLE_ADDR | PERF_SAMPLE_CPU | PERF_SAMPLE_REGS_USER
        | PERF_SAMPLE_STACK_USER | PERF_SAMPLE_IDENTIFIER | PERF_SAMPLE_REGS_INTR;

    internal const ulong SampleRegisters = 0xff0fff;

    internal const ulong InterruptedRegisters = 0x24;

    private const ulong PERF_SAMPLE_IP = 1 << 0;
    private const ulong PERF_SAMPLE_TID = 1 << 1;
    private const ulong PERF_SAMPLE_TIME = 1 << 2;
    private const ulong PERF_SAMPLE_ADDR = 1 << 3;
    private const ulong PERF_SAMPLE_CPU = 1 << 7;
    private const ulong PERF_SAMPLE_REGS_USER = 1 << 12;
    private const ulong PERF_SAMPLE_STACK_USER = 1 << 13;
    private const ulong PERF_SAMPLE_IDENTIFIER = 1 << 16;
    private const ulong PERF_SAMPLE_REGS_INTR = 1 << 18;
    private const ulong PERF_EVENT_IOC_SET_OUTPUT = 0x2405;

    /// <summary>The stack that a slot's samples ask for is longer by 8 bytes a slot: so each sample says which slot it is
    /// of, though two slots may hold the same address.</summary>
    internal int StackBytesOf(int slot) => StackBytes + (sizeof(ulong) * slot);

    /// <summary>The slot that <see cref="StackBytesOf"/> has put into a sample; -1 where the kernel has shortened it (a
    /// stack pointer near the end of the address space).</summary>
    internal int SlotOf(ulong stackAsked)
    {
        ulong over = stackAsked - (ulong)StackBytes;
        return over % sizeof(ulong) == 0 && over / sizeof(ulong) < Records.RecordLimits.LW_SLOTS ? (int)(over / sizeof(ulong)) : -1;
    }

    /// <summary>A breakpoint event whose hits become samples.</summary>
    internal PerfEventAttributes BreakpointAttributes(HardwareSlot content, int slot)
    {
        PerfEventAttributes attributes = WithSampling(PerfEvent.AttributesOf(content));
        attributes.SampleStackUser = (uint)StackBytesOf(slot);
        attributes.ReadFormat = 0; // an event of a thread and a CPU counts as enabled while the thread runs on another
        attributes.Flags |= PerfEventAttributes.Task; // new threads, for the statement's number
        return attributes;
    }

    /// <summary>A hit's sample takes no more bytes than that: registers and the rest are some 300.</summary>
    internal int LargestRecord => StackBytesOf(Records.RecordLimits.LW_SLOTS) + 512;

    /// <summary>An event that never happens and owns a ring. It ticks by the same clock as the events that write there,
    /// or the kernel refuses them (perf_event_set_output).</summary>
    internal PerfEventAttributes RingAttributes() => WithSampling(new PerfEventAttributes
    {
        Type = PerfEventAttributes.PERF_TYPE_SOFTWARE,
        Size = PerfEventAttributes.VersionSevenSize,
        Config = PerfEventAttributes.PERF_COUNT_SW_DUMMY,
        SamplePeriod = 1,
        SampleStackUser = (uint)StackBytes,
        Flags = PerfEventAttributes.Disabled | PerfEventAttributes.ExcludeHypervisor,
    });

    /// <summary>Lets an event write to another one's ring; its inherited children follow. 0 or errno.</summary>
    internal static int Redirect(PerfEvent one, int ring) =>
        Libc.IoControl(one.Descriptor, PERF_EVENT_IOC_SET_OUTPUT, ring) == 0
            ? 0
            : System.Runtime.InteropServices.Marshal.GetLastPInvokeError();

    private PerfEventAttributes WithSampling(PerfEventAttributes attributes)
    {
        attributes.SampleType = SampleType;
        attributes.SampleRegistersUser = SampleRegisters;
        attributes.SampleRegistersInterrupt = InterruptedRegisters;
        attributes.ClockId = CLOCK_MONOTONIC;
        attributes.WakeupWatermark = Watermark;
        attributes.Flags |= PerfEventAttributes.SampleIdAll | PerfEventAttributes.UseClockId | PerfEventAttributes.Watermark;
        if (ExcludeKernel)
            attributes.Flags |= PerfEventAttributes.ExcludeKernel;
        return attributes;
    }
}
