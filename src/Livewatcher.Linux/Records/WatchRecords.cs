// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Livewatcher.Linux.Records;

// Mirrors bpf/watch_event.h; tests/Linux.Tests compiles that header and compares sizes and offsets.
internal static class RecordLimits
{
    internal const int LW_RECORD_VERSION = 5;
    internal const int LW_SLOTS = 4;
    internal const int LW_PROCESSES = 4096;
    internal const int LW_STACK_MAX = 16384;
    internal const int LW_STACK_TOPS = 4096;
    internal const int LW_STACK_TOP_TAG = 10;
    internal const int LW_REGISTERS = 21;
    internal const int LW_CONDITIONS = 1024;
    internal const int LW_CONDITION_STEPS = 64;
    internal const int LW_RANGES = 65536;
    internal const int LW_RANGES_MOST = 4096;
    internal const int LW_ORDERS = 64;
    internal const int LW_ARISINGS = LW_SLOTS;
    internal const int LW_PLACES = 1024;
    internal const int LW_HOLDERS = 8;
    internal const uint LW_NO_REGISTER = 0xff;
}

internal enum RecordKind : ushort
{
    LW_RECORD_HIT = 1,
    LW_RECORD_FORK = 2,
    LW_RECORD_EXEC = 3,
    LW_RECORD_ARISEN = 5,
    LW_RECORD_FREED = 6,
}

[Flags]
internal enum RecordFlags : ushort
{
    None = 0,
    LW_KERNEL = 1,
    LW_OLD_VALID = 2,
    LW_NEW_VALID = 4,
    LW_STACK_END = 8,
    LW_STACK_UNREAD = 16,
    LW_RECOVERED = 32,
    LW_DECIDED = 64,
    LW_UNDECIDED = 128,
    LW_COUNTED = 256,
    LW_SENT = 512,
    LW_STEPPED = 1024,
    LW_STACK_KNOWN = 2048,
}

[InlineArray(RecordLimits.LW_REGISTERS)]
internal struct RegisterArray
{
    private ulong first;
}

[InlineArray(16)]
internal struct CommArray
{
    private byte first;
}

[InlineArray(RecordLimits.LW_SLOTS)]
internal struct SiblingValues
{
    private ulong first;
}

/// <summary>struct lw_record.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct WatchRecord
{
    public RecordKind Kind;
    public ushort Version;
    public ushort Slot;
    public RecordFlags Flags;
    public ulong Time;
    public uint Tgid;
    public uint Tid;
    public uint Cpu;
    public uint StackLength;
    public ulong Address;
    public ulong OldValue;
    public ulong NewValue;
    public ulong KernelIp;
    public ulong KernelDi;
    public ulong KernelCx;
    public RegisterArray Registers;
    public CommArray Comm;
    public uint SiblingMask;
    public uint Length;
    public SiblingValues SiblingOld;
    public SiblingValues SiblingNew;
    public uint OrderError;
    public uint Padding;
}

/// <summary>struct lw_slot_state. Lives in memory shared with the BPF program and the guard.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct SlotState
{
    public ulong Address;
    public ulong LastValue;
    public ulong Counted;
    public ulong Recorded;
    public ulong Filtered;
    public ulong Dropped;
    public uint Length;
    public uint Mode;
    public uint Siblings;
    public uint Flags;
    public ulong Skipped;
    public ulong Used;
    public uint Meter;
    public uint Stale;
    public ulong Ranges;
    public uint Condition;
    public uint Order;
    public ulong Looks;
}

/// <summary>struct lw_condition_step.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct ConditionStepRecord
{
    public byte Op;
    public byte To;
    public byte A;
    public byte B;
    public uint Extra;
    public ulong Value;
}

[InlineArray(RecordLimits.LW_CONDITION_STEPS)]
internal struct ConditionSteps
{
    private ConditionStepRecord first;
}

/// <summary>struct lw_condition. Lives in memory shared with the BPF program.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct ConditionRecord
{
    public ulong Count;
    public uint Length;
    public ConditionFlags Flags;
    public ConditionSteps Steps;
}

[Flags]
internal enum ConditionFlags : uint
{
    None = 0,
    LW_CONDITION_VALUES = 1,
}

/// <summary>struct lw_range. Lives in memory shared with the BPF program.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct RangeRecord
{
    public ulong Start;
    public ulong End;
}

/// <summary>struct lw_order. Lives in memory shared with the BPF program and the guard.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct OrderRecord
{
    public ulong After;
    public ulong Counted;
    public ulong Taken;
    public ulong Sent;
    public ulong Failed;
    public uint Signal;
    public OrderFlags Flags;
    public uint Error;
    public uint Padding;
}

[Flags]
internal enum OrderFlags : uint
{
    None = 0,
    LW_ORDER_THREAD = 1,
    LW_ORDER_ONCE = 2,
}

/// <summary>struct lw_target.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct WatchTarget
{
    public ulong Born;
    public uint Process;
    public uint Padding;
}

/// <summary>struct lw_session_state.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct SessionState
{
    public ulong Foreign;
    public ulong Untracked;
    public ulong Threads;
    public ulong LostNotices;
    public ulong Sole;
    public ulong Tops;
    public ulong Asleep;
}
