// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using Livewatcher.Model;

namespace Livewatcher.Engine.Arming;

/// <summary>Cuts watches into what debug registers can hold: pieces of 1, 2, 4 or 8 bytes, each a multiple of its own length
/// (Intel SDM vol. 3, 18.2.5). Watches that name the same piece share a register.</summary>
internal static class SlotPlanner
{
    internal const int SlotCount = 4;

    /// <summary>Where watches take turns each has slots of its own, of which four at a time have a register; a mask of slots has 32 bits.</summary>
    internal const int MostSlots = 32;

    /// <summary>An object that fits into the registers once its ends are put together (<see cref="SlotMerger"/>): 1 + 2 + 4, 8, 8, 4 + 2 + 1 bytes.</summary>
    internal const int MostPieces = 8;

    /// <summary>The fewest aligned pieces that cover exactly these bytes; where more are needed than can ever find room, one
    /// more than that, for a watched array may have gigabytes.</summary>
    internal static IReadOnlyList<HardwareSlot> Split(Address address, int length, AccessMode mode)
    {
        if (mode == AccessMode.Execute)
            return [new HardwareSlot(address, 1, mode)];
        List<HardwareSlot> pieces = [];
        ulong at = address.Value;
        ulong end = at + (ulong)length;
        while (at < end && pieces.Count <= MostPieces)
        {
            int piece = 8;
            while (piece > 1 && (at % (ulong)piece != 0 || at + (ulong)piece > end))
                piece /= 2;
            pieces.Add(new HardwareSlot(new Address(at), piece, mode));
            at += (ulong)piece;
        }

        return pieces;
    }

    /// <summary>Places pieces into free slots, or into a slot that holds the same piece already.</summary>
    /// <param name="held">What the process's slots hold now.</param>
    /// <param name="wanted">Pieces of the new watches.</param>
    /// <param name="available">Slots we may use at most.</param>
    /// <returns>For each piece its slot number; null where there are too few.</returns>
    internal static IReadOnlyList<int>? Place(
        IReadOnlyDictionary<int, HardwareSlot> held, IReadOnlyList<HardwareSlot> wanted, int available = SlotCount)
    {
        Dictionary<int, HardwareSlot> taken = new(held);
        List<int> places = [];
        foreach (HardwareSlot piece in wanted)
        {
            int slot = SlotOf(taken, piece) ?? FirstFree(taken, available) ?? -1;
            if (slot < 0)
                return null;
            taken[slot] = piece;
            places.Add(slot);
        }

        return places;
    }

    private static int? SlotOf(Dictionary<int, HardwareSlot> taken, HardwareSlot piece)
    {
        foreach ((int slot, HardwareSlot content) in taken)
        {
            if (content == piece)
                return slot;
        }

        return null;
    }

    private static int? FirstFree(Dictionary<int, HardwareSlot> taken, int available)
    {
        for (int slot = 0; slot < Math.Max(SlotCount, available) && taken.Count < available; slot++)
        {
            if (!taken.ContainsKey(slot))
                return slot;
        }

        return null;
    }
}
