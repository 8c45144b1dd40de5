// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using Livewatcher.Model;

namespace Livewatcher.Engine.Ordering;

/// <summary>Hardware hits that are one access to the user: a store that spans two slots, the bytes of one system call.
/// Holds, per slot, the value before the first and after the last of them.</summary>
internal sealed class AccessGroup
{
    /// <summary>A wide store's hits come from one #DB, microseconds apart.</summary>
    private const ulong WideStoreNanoseconds = 1_000_000;

    /// <summary>The kernel's copy loops store at RDI, up to 64 bytes above it where unrolled, or have just gone past what they
    /// stored (arch/x86/lib/copy_user_64.S).</summary>
    private const ulong UnrolledBytes = 64;

    private readonly Dictionary<int, (ulong? Old, ulong? New)> values = [];
    private readonly HashSet<int> hit = [];

    internal AccessGroup(RawHit first, IReadOnlyDictionary<int, (ulong? Old, ulong? New)> slots)
    {
        First = Last = first;
        foreach ((int slot, (ulong? Old, ulong? New) value) in slots)
        {
            values[slot] = value;
            hit.Add(slot);
        }

        TakeSiblings(first);
    }

    internal RawHit First { get; }

    internal RawHit Last { get; private set; }

    internal int Count { get; private set; } = 1;

    internal bool Closed { get; set; }

    internal IReadOnlyDictionary<int, (ulong? Old, ulong? New)> Values => values;

    /// <summary>Takes a later hit of the same thread in, where it belongs to the same access.</summary>
    internal bool TryTake(RawHit next, ulong? old, ulong? now)
    {
        if (!(next.Origin == HitOrigin.Kernel ? ContinuesCall(next) : IsSameStore(next)))
            return false;
        values[next.Slot] = values.TryGetValue(next.Slot, out (ulong? Old, ulong? New) known) ? (known.Old, now) : (old, now);
        hit.Add(next.Slot);
        TakeSiblings(next);
        Last = next;
        Count++;
        return true;
    }

    private void TakeSiblings(RawHit from)
    {
        foreach (SlotChange change in from.Siblings)
            values[change.Slot] = values.TryGetValue(change.Slot, out (ulong? Old, ulong? New) known) ? (known.Old, change.New) : (change.Old, change.New);
    }

    /// <summary>One instruction, several slots: all registers are equal, and no slot has been hit twice.</summary>
    private bool IsSameStore(RawHit next) =>
        First.Origin == HitOrigin.User && !First.Recovered && !next.Recovered
        && next.Time - First.Time < WideStoreNanoseconds
        && !hit.Contains(next.Slot)
        && next.Registers == First.Registers;

    /// <summary>One system call: the same call from the same place, and the copy goes upwards. A call that comes again
    /// starts at or below where the last one has ended.</summary>
    private bool ContinuesCall(RawHit next) =>
        Last.Origin == HitOrigin.Kernel
        && next.Time < Last.Time + HitOrderer.Window
        && next.Registers.OrigRax == First.Registers.OrigRax
        && next.Registers.Rip == First.Registers.Rip
        && next.Registers.Rsp == First.Registers.Rsp
        && next.Registers.Rsi == First.Registers.Rsi
        && next.Kernel is { } now && Last.Kernel is { } before
        && (now.Destination == before.Destination
            ? !hit.Contains(next.Slot)
            : now.Destination > before.Destination && IsCopy(Last, before) && IsCopy(next, now));

    /// <summary>put_user() has its pointer in another register, and RDI says nothing of its store.</summary>
    private static bool IsCopy(RawHit hit, KernelContext kernel) =>
        kernel.Destination + UnrolledBytes >= hit.Address.Value && kernel.Destination <= hit.Address.Value + sizeof(ulong);
}
