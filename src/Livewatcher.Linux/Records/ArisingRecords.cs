// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Livewatcher.Model;

namespace Livewatcher.Linux.Records;

// Mirrors what bpf/watch_event.h says of watches that arm themselves; tests/Linux.Tests compares. All of it lives in memory shared with the BPF program
// and the guard.

internal enum PlaceKind : uint
{
    LW_PLACE_ENTER = 1,
    LW_PLACE_LEAVE = 2,
    LW_PLACE_ALLOCATE = 3,
    LW_PLACE_ALLOCATED = 4,
    LW_PLACE_FREE = 5,
    LW_PLACE_FREED = 6,
    LW_PLACE_JUMP = 7,
    LW_PLACE_REACH = 8,
    LW_PLACE_RELEASE = 9,
}

internal enum AllocatorKind : uint
{
    None = 0,
    LW_ALLOCATOR_SIZE = 1,
    LW_ALLOCATOR_PRODUCT = 2,
    LW_ALLOCATOR_SECOND = 3,
    LW_ALLOCATOR_RESIZE = 4,
    LW_ALLOCATOR_INDIRECT = 5,
}

internal enum ArisingPolicyKind : uint
{
    LW_ARISING_NEWEST = 0,
    LW_ARISING_OLDEST = 1,
    LW_ARISING_SAMPLED = 2,
}

[Flags]
internal enum ArisingFlags : uint
{
    None = 0,
    LW_ARISING_HEAP = 1,
    LW_ARISING_AFTER_FREE = 2,
    LW_ARISING_OBJECT = 4,
    LW_ARISING_UNTIL_RETURN = 8,
    LW_ARISING_UNTIL_FREE = 16,
}

internal enum InstanceState : uint
{
    LW_INSTANCE_NONE = 0,
    LW_INSTANCE_BUSY = 1,
    LW_INSTANCE_REQUESTED = 2,
    LW_INSTANCE_ARMED = 3,
}

/// <summary>struct lw_place.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct PlaceRecord
{
    public PlaceKind Kind;
    public uint Watch;
    public uint Base;
    public AllocatorKind Allocator;
    public long Offset;
    public uint Start;
    public uint Pointers;
    public PointerOffsets Offsets;
}

/// <summary>lw_place.offsets.</summary>
[InlineArray(PointerWay.MostPointers)]
internal struct PointerOffsets
{
    private long first;
}

/// <summary>struct lw_arising.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct ArisingRecord
{
    public long Offset;
    public ulong Size;
    public ulong Nth;
    public ulong Ranges;
    public uint Slots;
    public uint Length;
    public ArisingPolicyKind Policy;
    public ArisingFlags Flags;
    public uint Tgid;
    public uint Padding;
    public ulong Matched;
    public ulong Candidates;
    public ulong Armed;
    public ulong Skipped;
    public ulong Failed;
    public ulong Displaced;
    public ulong Ended;
}

/// <summary>struct lw_instance.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct InstanceRecord
{
    public ulong Base;
    public ulong Address;
    public ulong Size;
    public ulong Placed;
    public ulong Born;
    public uint State;
    public uint Tid;
    public uint Watch;
    public uint Freed;
    public FrameHolders Holders;
}

/// <summary>lw_instance.holders.</summary>
[InlineArray(RecordLimits.LW_HOLDERS)]
internal struct FrameHolders
{
    private ulong first;
}
