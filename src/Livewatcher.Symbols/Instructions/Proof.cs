// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using Livewatcher.Model;

namespace Livewatcher.Symbols.Instructions;

/// <summary>What the registers say about an instruction that is held to have made an access.</summary>
internal enum Proof
{
    /// <summary>It cannot have: it does not access memory that way, or elsewhere.</summary>
    Excluded,

    /// <summary>Its operand's address does not follow from the registers.</summary>
    Possible,

    /// <summary>Its operand covers watched bytes.</summary>
    Proven,
}

internal static class Proofs
{
    /// <summary>Holds an instruction's operands against slots. The address is that of the operand that proves it,
    /// else of the first one that can be computed.</summary>
    public static Proof Judge(
        DecodedInstruction instruction, in UserRegisters registers, ulong? threadPointer, ReadOnlySpan<HardwareSlot> slots,
        out ulong? address)
    {
        address = null;
        Proof best = Proof.Excluded;
        foreach (MemoryAccess access in instruction.Accesses)
        {
            bool isKnown = access.TryAddress(registers, threadPointer, out ulong effective);
            foreach (HardwareSlot slot in slots)
            {
                if (!CanTrap(access, slot))
                {
                    continue;
                }

                if (isKnown && Overlaps(effective, access.Size, slot))
                {
                    address = effective;
                    return Proof.Proven;
                }

                if (!isKnown || OverlapsWithSlack(effective, access, slot))
                {
                    best = Proof.Possible;
                }
            }

            address ??= isKnown ? effective : null;
        }

        return best;
    }

    /// <summary>True where a debug register of this mode traps on such an access (Intel SDM vol. 3, 18.2.4: there is
    /// no mode for reads alone).</summary>
    public static bool CanTrap(MemoryAccess access, HardwareSlot slot) =>
        slot.Mode == AccessMode.Access || (slot.Mode == AccessMode.Write && access.Writes);

    public static bool Overlaps(ulong address, int size, HardwareSlot slot) =>
        address < slot.Address.Value + (ulong)slot.Length && slot.Address.Value < address + (ulong)size;

    private static bool OverlapsWithSlack(ulong address, MemoryAccess access, HardwareSlot slot) =>
        access.Slack > 0 && Overlaps(address - (ulong)access.Slack, access.Size + (2 * access.Slack), slot);
}
