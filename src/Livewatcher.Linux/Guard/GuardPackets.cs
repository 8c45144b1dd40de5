// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Livewatcher.Linux.Records;

namespace Livewatcher.Linux.Guard;

// Mirrors native/guard/guard.h; tests/Linux.Tests compiles that header and compares sizes and offsets.
internal enum GuardCommand : uint
{
    LW_COMMAND_ATTACH = 1,
    LW_COMMAND_ARM = 2,
    LW_COMMAND_DISARM = 3,
    LW_COMMAND_RELEASE = 4,
    LW_COMMAND_KICK = 5,
    LW_COMMAND_DETACH = 6,
    LW_COMMAND_REGISTERS = 7,
    LW_COMMAND_COUNTS = 8,
    LW_COMMAND_SETTLE = 9,
    LW_COMMAND_DEBUG_REGISTERS = 10,
    LW_COMMAND_SUSPEND = 11,
    LW_COMMAND_RESUME = 12,
    LW_COMMAND_YIELD = 13,
    LW_COMMAND_RETURN = 14,
}

internal enum GuardMessage : uint
{
    LW_MESSAGE_STARTED = 101,
    LW_MESSAGE_ATTACHED = 102,
    LW_MESSAGE_ARMED = 103,
    LW_MESSAGE_DISARMED = 104,
    LW_MESSAGE_EXEC = 105,
    LW_MESSAGE_LOADER = 106,
    LW_MESSAGE_HIT = 107,
    LW_MESSAGE_EXIT = 108,
    LW_MESSAGE_FORKED = 109,
    LW_MESSAGE_DETACHED = 110,
    LW_MESSAGE_REGISTERS = 111,
    LW_MESSAGE_COUNTS = 112,
    LW_MESSAGE_EXITING = 113,
    LW_MESSAGE_TRAPPED = 114,
    LW_MESSAGE_SWITCHED = 115,
    LW_MESSAGE_YIELDED = 116,
    LW_MESSAGE_RETURNED = 117,
    LW_MESSAGE_ARMING = 118,
}

internal enum GuardArmingKind : uint
{
    LW_ARM_EVENTS = 0,
    LW_ARM_POKES = 1,
}

internal static class GuardLimits
{
    internal const int LW_LOADER_SLOT = RecordLimits.LW_SLOTS;
    internal const int LW_GUARD_SLOTS = RecordLimits.LW_SLOTS + 1;
    internal const int LW_MAX_CPUS = 1024;
}

[InlineArray(GuardLimits.LW_GUARD_SLOTS)]
internal struct GuardValues
{
    private ulong first;
}

[InlineArray(RecordLimits.LW_SLOTS)]
internal struct SlotValues
{
    private ulong first;
}

/// <summary>struct lw_slot_spec.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct SlotSpec
{
    public ulong Address;
    public uint Length;
    public uint Type;
}

[InlineArray(GuardLimits.LW_GUARD_SLOTS)]
internal struct SlotSpecs
{
    private SlotSpec first;
}

[InlineArray(GuardLimits.LW_GUARD_SLOTS)]
internal struct FailedEvents
{
    private uint first;
}

/// <summary>struct lw_guard_packet.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct GuardPacket
{
    public uint Kind;
    public int Error;
    public int Tgid;
    public int Tid;
    public int Status;
    public uint Mask;
    public uint Slot;
    public uint Count;
    public GuardValues Value;
    public SlotSpecs Spec;
    public GuardValues Idle;
    public FailedEvents Failed;
}

/// <summary>struct lw_guard_hit.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct GuardHit
{
    public uint ValidMask;
    public uint LostBefore;
    public SlotValues OldValue;
    public SlotValues NewValue;
    public WatchRecord Record;
}

[InlineArray(RecordLimits.LW_SLOTS)]
internal struct ProgramDescriptors
{
    private int first;
}

[InlineArray(GuardLimits.LW_MAX_CPUS)]
internal struct RingDescriptors
{
    private int first;
}

/// <summary>struct lw_guard_config.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct GuardConfig
{
    public nint Slots;
    public nint Share;
    public nint Arisings;
    public nint Instances;
    public int Socket;
    public int PeerSocket;
    public ProgramDescriptors Programs;
    public int Targets;
    public int FollowFork;
    public uint StackBytes;
    public int ExcludeKernel;
    public int Rings;
    public uint RingWatermark;
    public GuardArmingKind Arming;
    public RingDescriptors RingFds;
}
