// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using Livewatcher.Model;

namespace Livewatcher.Symbols.Instructions;

/// <summary>Lays what an instruction stores over the bytes of a slot.</summary>
internal static class StoredBytes
{
    /// <param name="effect">What is stored.</param>
    /// <param name="address">Where.</param>
    /// <param name="size">Bytes that may have been written.</param>
    /// <param name="registers">After the instruction.</param>
    /// <param name="slot">The watched bytes.</param>
    /// <param name="old">What they were; null where unknown.</param>
    /// <returns>What they are now, in the low bytes; null where it does not follow.</returns>
    public static ulong? Merge(StoreEffect effect, ulong address, int size, in UserRegisters registers, HardwareSlot slot, ulong? old)
    {
        if (!Proofs.Overlaps(address, size, slot))
        {
            return old;
        }

        if (effect.TryPlain(registers, out UInt128 value))
        {
            return Overlay(value, address, effect.Size, slot, old);
        }

        // A carry comes from below: without the operand's low bytes only bytewise operations can be followed.
        bool canModify = effect.Form == StoreForm.ReadModifyWrite && old is not null
            && (effect.IsBytewise || slot.Address.Value <= address);
        if (!canModify)
        {
            return null;
        }

        ulong operand = Shift(old.GetValueOrDefault(), slot.Address.Value, address);
        return Overlay(effect.Modify(registers, operand), address, effect.Size, slot, old);
    }

    private static ulong? Overlay(UInt128 value, ulong address, int size, HardwareSlot slot, ulong? old)
    {
        ulong result = old.GetValueOrDefault();
        for (int i = 0; i < slot.Length; i++)
        {
            ulong offset = slot.Address.Value + (ulong)i - address;
            if (offset < (ulong)size)
            {
                ulong stored = (ulong)(value >> ((int)offset * 8)) & 0xff;
                result = (result & ~(0xffUL << (i * 8))) | (stored << (i * 8));
            }
            else if (old is null)
            {
                return null;
            }
        }

        return result;
    }

    /// <summary>Bytes that stand at one address, seen from another.</summary>
    private static ulong Shift(ulong bytes, ulong from, ulong to)
    {
        ulong distance = from >= to ? from - to : to - from;
        if (distance >= sizeof(ulong))
        {
            return 0;
        }

        return from >= to ? bytes << (int)(distance * 8) : bytes >> (int)(distance * 8);
    }
}
