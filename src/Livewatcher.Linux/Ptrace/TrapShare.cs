// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Livewatcher.Linux.Records;

namespace Livewatcher.Linux.Ptrace;

// Mirrors native/guard/traps/share.h; tests/Linux.Tests compiles that header and compares sizes and offsets.
internal static class ShareLimits
{
    internal const int LW_ENTRY_RESERVED = -1;
    internal const int LW_SLOT_STATES = RecordLimits.LW_PROCESSES * RecordLimits.LW_SLOTS;
}

[InlineArray(RecordLimits.LW_PROCESSES)]
internal struct ProcessNumbers
{
    private int first;
}

[InlineArray(ShareLimits.LW_SLOT_STATES)]
internal struct SlotStates
{
    private SlotState first;
}

[InlineArray(RecordLimits.LW_CONDITIONS)]
internal struct SharedConditions
{
    private ConditionRecord first;
}

[InlineArray(RecordLimits.LW_RANGES)]
internal struct SharedRanges
{
    private RangeRecord first;
}

[InlineArray(RecordLimits.LW_ORDERS)]
internal struct SharedOrderRecords
{
    private OrderRecord first;
}

/// <summary>struct lw_trap_share.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct TrapShare
{
    public ProcessNumbers Tgid;
    public ProcessNumbers Armed;
    public ulong Sent;
    public ulong Taken;
    public ulong Settled;
    public SessionState Session;
    public SlotStates Slots;
    public SharedConditions Conditions;
    public SharedRanges Ranges;
    public SharedOrderRecords Orders;
}
