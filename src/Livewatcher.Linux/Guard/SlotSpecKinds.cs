// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using Livewatcher.Model;

namespace Livewatcher.Linux.Guard;

/// <summary>A debug register's content in perf's words (include/uapi/linux/hw_breakpoint.h).</summary>
internal static class SlotSpecKinds
{
    internal const uint HW_BREAKPOINT_W = 2;
    internal const uint HW_BREAKPOINT_RW = 3;
    internal const uint HW_BREAKPOINT_X = 4;

    internal static uint PerfType(AccessMode mode) => mode switch
    {
        AccessMode.Write => HW_BREAKPOINT_W,
        AccessMode.Access => HW_BREAKPOINT_RW,
        _ => HW_BREAKPOINT_X,
    };

    /// <summary>perf wants sizeof(long) for execution (arch/x86/kernel/hw_breakpoint.c, arch_build_bp_info).</summary>
    internal static uint PerfLength(HardwareSlot slot) => slot.Mode == AccessMode.Execute ? sizeof(long) : (uint)slot.Length;

    internal static SlotSpec ToSpec(HardwareSlot slot) =>
        new() { Address = slot.Address.Value, Length = PerfLength(slot), Type = PerfType(slot.Mode) };
}
