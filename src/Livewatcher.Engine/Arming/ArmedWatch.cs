// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using System.Runtime.CompilerServices;
using Livewatcher.Engine.Acting;
using Livewatcher.Engine.Arising;
using Livewatcher.Engine.Filtering;
using Livewatcher.Model;

namespace Livewatcher.Engine.Arming;

/// <summary>A watch that is armed in one process: its slots and the bytes last seen.</summary>
internal sealed class ArmedWatch
{
    private readonly byte[] image;
    private readonly HardwareSlot[] parts;
    private readonly StrongBox<long> seen;

    /// <summary>Slots of which the image has been told by somebody, since it was armed.</summary>
    private uint told;

    /// <summary>Slots whose bytes nobody knows since a hit whose value could not be told.</summary>
    private uint unknown;

    internal ArmedWatch(Watch watch, IReadOnlyList<(int Slot, HardwareSlot Content)> pieces, byte[] initial)
        : this(watch, pieces, initial, new StrongBox<long>())
    {
    }

    private ArmedWatch(Watch watch, IReadOnlyList<(int Slot, HardwareSlot Content)> pieces, byte[] initial, StrongBox<long> seen)
    {
        this.seen = seen;
        Watch = watch;
        Pieces = pieces;
        image = initial;
        parts = [.. pieces.Select(piece => PartOf(watch, piece.Content))];
        IsWidened = pieces.Any(piece => IsWidenedIn(piece.Slot));
    }

    internal Watch Watch { get; }

    internal IReadOnlyList<(int Slot, HardwareSlot Content)> Pieces { get; }

    /// <summary>A register of it is wider than its bytes there.</summary>
    internal bool IsWidened { get; }

    /// <summary>The object's bytes as last seen; empty for an execution breakpoint.</summary>
    internal ReadOnlySpan<byte> Image => image;

    /// <summary>False where a part of the image is out of date.</summary>
    internal bool IsKnown => unknown == 0;

    internal bool Knows(int slot) => (unknown & (1u << slot)) == 0;

    /// <summary>Its bytes in the image are what its last access has left there.</summary>
    internal bool Remembers(int slot) => Knows(slot) && (told & (1u << slot)) != 0;

    /// <summary>A slot has been written, and nobody knows what.</summary>
    internal void Forget(int slot) => unknown |= 1u << slot;

    /// <summary>The same, where the slot is this watch's.</summary>
    internal void ForgetOwn(int slot)
    {
        if (Occupies(slot))
            Forget(slot);
    }

    /// <summary>Accesses that leave the value as it was are not reported.</summary>
    internal bool ChangesOnly { get; init; }

    /// <summary>Writers that are not reported; null where nobody asks.</summary>
    internal WriterFilter? Writers { get; init; }

    /// <summary>What is done about its hits; null for nothing.</summary>
    internal WatchReaction? Reaction { get; init; }

    /// <summary>The source has its order, and carries it out at the hit.</summary>
    internal bool HasOrder { get; set; }

    /// <summary>Its library is no more: it ends when all its hits are published.</summary>
    internal bool IsEnding { get; set; }

    /// <summary>Hardware hits on this watch that have come here so far, in all processes of the family.</summary>
    internal long Seen => seen.Value;

    /// <summary>Where the program has set this watch itself; null where nobody asks.</summary>
    internal Func<CallStack?>? SetAt { get; init; }

    /// <summary>The library whose variable it is, at the moment of arming: when that is unmapped, the watch ends. Null where nothing ends it.</summary>
    internal LibraryHome? Home { get; init; }

    /// <summary>Of a watch that arms itself; null for others.</summary>
    internal ArisingPlan? Plan { get; init; }

    /// <summary>What it is armed on; null as long as that is nothing, and for others.</summary>
    internal Arisen? On { get; private init; }

    internal void Count(int hits) => seen.Value += hits;

    internal bool Occupies(int slot) => IndexOf(slot) >= 0;

    /// <summary>What a slot of its own holds.</summary>
    internal HardwareSlot ContentOf(int slot) => Pieces[IndexOf(slot)].Content;

    /// <summary>The bytes of a slot that are its own: all, or, where the slot is wider, some; that these are aligned is not said.</summary>
    internal HardwareSlot PartIn(int slot) => parts[IndexOf(slot)];

    /// <summary>Whether a slot is wider than its bytes there.</summary>
    internal bool IsWidenedIn(int slot) => IndexOf(slot) is >= 0 and int at && parts[at] != Pieces[at].Content;

    /// <summary>Its own bytes out of a slot's, in the low ones.</summary>
    internal ulong Own(int slot, ulong value)
    {
        int at = IndexOf(slot);
        int length = parts[at].Length;
        value >>= 8 * (int)(parts[at].Address - Pieces[at].Content.Address);
        return length == sizeof(ulong) ? value : value & ((1UL << (8 * length)) - 1);
    }

    /// <summary>The same watch in a forked child, whose memory starts as a copy.</summary>
    internal ArmedWatch Copy() => With(Watch, Pieces, [.. image], unknown, SetAt, On);

    /// <summary>The same watch, armed on another frame or block: nobody knows yet what is there.</summary>
    internal ArmedWatch MoveTo(int slot, HardwareSlot content, Arisen on, Func<CallStack?>? setAt) =>
        With(Watch with { Address = content.Address }, [(slot, content)], new byte[content.Length], 1u << slot, setAt, on);

    /// <summary>What was said of it, about other bytes.</summary>
    private ArmedWatch With(
        Watch watch, IReadOnlyList<(int Slot, HardwareSlot Content)> pieces, byte[] initial, uint unknownSlots, Func<CallStack?>? setAt, Arisen? on) =>
        new(watch, pieces, initial, seen)
        {
            unknown = unknownSlots,
            ChangesOnly = ChangesOnly,
            Writers = Writers,
            Reaction = Reaction,
            HasOrder = HasOrder,
            SetAt = setAt,
            Home = Home,
            Plan = Plan,
            On = on,
        };

    /// <summary>Puts a slot's bytes into the image.</summary>
    internal void Apply(int slot, ulong value)
    {
        if (Occupies(slot))
            ApplyOwn(slot, Own(slot, value));
    }

    /// <summary>The same of its own bytes there.</summary>
    internal void ApplyOwn(int slot, ulong value)
    {
        HardwareSlot part = PartIn(slot);
        if (part.Mode == AccessMode.Execute)
            return;
        unknown &= ~(1u << slot);
        told |= 1u << slot;
        int offset = (int)(part.Address - Watch.Address);
        for (int i = 0; i < part.Length && offset + i < image.Length; i++)
            image[offset + i] = (byte)(value >> (8 * i));
    }

    private int IndexOf(int slot)
    {
        // Asked at each hit: an enumerator or a lambda would cost memory there.
        for (int i = 0; i < Pieces.Count; i++)
        {
            if (Pieces[i].Slot == slot)
                return i;
        }

        return -1;
    }

    private static HardwareSlot PartOf(Watch watch, HardwareSlot content)
    {
        if (content.Mode == AccessMode.Execute)
            return content;
        ulong start = Math.Max(content.Address.Value, watch.Address.Value);
        ulong end = Math.Min(content.Address.Value + (ulong)content.Length, watch.Address.Value + (ulong)watch.Length);
        return content with { Address = new Address(start), Length = (int)(end - start) };
    }
}
