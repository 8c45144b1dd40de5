// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using Livewatcher.Engine.Arming;
using Livewatcher.Model;

namespace Livewatcher.Engine.Serving;

/// <summary>DR0 to DR3 and DR7 as the kernel loads them for what is armed (Intel SDM vol. 3, 18.2.4; encode_dr7() in
/// arch/x86/kernel/hw_breakpoint.c).</summary>
internal static class DebugRegisterImage
{
    private const ulong FixedBit = 1UL << 10;
    private const ulong GlobalSlowdown = 1UL << 9;
    private const int ModeShift = 16;
    private const int BitsOfSlot = 4;

    internal static IReadOnlyList<ulong> Of(IReadOnlyDictionary<int, HardwareSlot> slots)
    {
        ulong[] registers = new ulong[SlotPlanner.SlotCount + 1];
        ulong control = FixedBit;
        foreach ((int slot, HardwareSlot content) in slots)
        {
            registers[slot] = content.Address.Value;
            ulong length = content.Mode == AccessMode.Execute ? 0 : content.Length switch { 1 => 0UL, 2 => 1, 8 => 2, _ => 3 };
            control |= GlobalSlowdown | (2UL << (2 * slot)) | (((length << 2) | (ulong)content.Mode) << (ModeShift + (BitsOfSlot * slot)));
        }

        registers[^1] = control;
        return registers;
    }
}
