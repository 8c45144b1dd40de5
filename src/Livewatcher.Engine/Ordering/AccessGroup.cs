// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using Livewatcher.Engine.Arming;
using Livewatcher.Model;

namespace Livewatcher.Engine.Ordering;

/// <summary>Hardware hits that are one access to the user: a store that spans two slots, the bytes of one system call.
/// Holds, per slot, the value before the first and after the last of them.</summary>
internal sealed class AccessGroup
{
    /// <summary>The kernel's copy loops store at RDI, up to 64 bytes above it where unrolled, or have just gone past what they
    /// stored (arch/x86/lib/copy_user_64.S).</summary>
    private const ulong UnrolledBytes = 64;

    private const ulong MidCopy = 200_000_000;

    private readonly SlotMap<(ulong? Old, ulong? New)> values = new();

    /// <summary>Each slot's first hit, and how many there were of it.</summary>
    private readonly SlotMap<(RawHit First, int Count)> hits = new();

    /// <summary>What the source has done about it, by slot; null for nothing.</summary>
    private SlotMap<OrderResult>? orders;

    /// <summary>A hit of one slot, with its own values.</summary>
    internal AccessGroup(RawHit first)
    {
        First = Last = first;
        values[first.Slot] = (first.Old, first.New);
        hits[first.Slot] = (first, 1);
        TakeOrder(first);
        TakeSiblings(first);
    }

    /// <summary>A hit of slots that are known from elsewhere.</summary>
    internal AccessGroup(RawHit first, IReadOnlyDictionary<int, (ulong? Old, ulong? New)> slots)
    {
        First = Last = first;
        foreach ((int slot, (ulong? Old, ulong? New) value) in slots)
        {
            values[slot] = value;
            hits[slot] = (first, 1);
        }

        TakeOrder(first);
        TakeSiblings(first);
    }

    internal RawHit First { get; private set; }

    internal RawHit Last { get; private set; }

    internal int Count { get; private set; } = 1;

    internal bool Closed { get; set; }

    /// <summary>Nobody asks the orderer for it any more.</summary>
    private bool isForgotten;

    private bool isReported;

    /// <summary>An earlier group whose instruction this one's hit came from as well, too late to be taken in: a virtual processor may
    /// stand still between the two records of one #DB.</summary>
    internal AccessGroup? Earlier { get; set; }

    internal SlotMap<(ulong? Old, ulong? New)> Values => values;

    /// <summary>Nanoseconds in which the group's next hit comes, if there is one. In the midst of a copy into the slot that is as long
    /// as a thread may be kept from running.</summary>
    internal ulong Patience => IsMidCopy ? MidCopy : HitOrderer.Window;

    /// <summary>Byte by byte from the slot's first one on, after n hits: under rep movsb RDI is where the next byte goes and RCX how
    /// many are left; in the kernel's loop for short copies both are still as before the byte just stored. Eight bytes stored at once say the
    /// same as the first of those; in a slot of less than eight there is room for the loop only, unless as many words are left.</summary>
    private bool IsMidCopy
    {
        get
        {
            if (Last.Kernel is not { } copy || !hits.TryGetValue(Last.Slot, out (RawHit First, int Count) slot))
                return false;
            ulong stored = copy.Destination - Last.Address.Value;
            ulong count = (ulong)slot.Count;
            return (stored == count && copy.Count > 0 && stored < (ulong)Last.Length)
                || (count == 1 && stored == 0 && copy.Count > 1 && copy.Count <= (ulong)Last.Length && Last.Length < sizeof(ulong))
                || (count > 1 && stored == count - 1 && copy.Count > 1 && count < (ulong)Last.Length);
        }
    }

    /// <summary>Takes a later hit of the same thread in, where it belongs to the same access.</summary>
    internal bool TryTake(RawHit next, ulong? old, ulong? now)
    {
        if (!(next.Origin == HitOrigin.Kernel ? ContinuesCall(next) : IsSameStore(next)))
            return false;
        values[next.Slot] = values.TryGetValue(next.Slot, out (ulong? Old, ulong? New) known) ? (known.Old, now) : (old, now);
        hits[next.Slot] = hits.TryGetValue(next.Slot, out (RawHit First, int Count) same) ? (same.First, same.Count + 1) : (next, 1);
        TakeOrder(next);
        TakeSiblings(next);
        if (hits[Last.Slot].First != Last)
            Last.GiveStackBack();
        Last = next;
        Count++;
        return true;
    }

    /// <summary>It is reported.</summary>
    internal void EndReport()
    {
        isReported = true;
        GiveStacksBack();
    }

    /// <summary>No later hit is held against it any more.</summary>
    internal void Forget()
    {
        isForgotten = true;
        GiveStacksBack();
    }

    /// <summary>A spurious hit before this one has seen a slot's change from old to now; this one's records show now only.</summary>
    internal void TakeBack(int slot, ulong old, ulong now)
    {
        if (values.TryGetValue(slot, out (ulong? Old, ulong? New) value) && value.Old == now)
            values[slot] = (old, value.New);
    }

    /// <summary>Whether any slot of a watch has a part in it.</summary>
    internal bool Touches(ArmedWatch watch)
    {
        foreach ((int slot, _) in values.Entries)
        {
            if (watch.Occupies(slot))
                return true;
        }

        return false;
    }

    /// <summary>Hardware hits of a watch's slots, at least one: what one report about it stands for.</summary>
    /// <param name="watch">The watch.</param>
    /// <param name="slots">Of its slots those that count, as a mask.</param>
    internal int StandsFor(ArmedWatch watch, uint slots = uint.MaxValue)
    {
        if (First.Recovered)
            return 1;
        int sum = 0;
        foreach ((int slot, (_, int count)) in hits.Entries)
            sum += (slots & (1u << slot)) != 0 && watch.Occupies(slot) ? count : 0;
        return Math.Max(1, sum);
    }

    /// <summary>A slot's first hit and how many there were; the access's first and 0 where the processor has not named it.</summary>
    internal (RawHit First, int Count) HitsOf(int slot) => hits.TryGetValue(slot, out (RawHit First, int Count) found) ? found : (First, 0);

    /// <summary>A change of a slot that came along with the hits turns out to be somebody else's.</summary>
    internal void Disown(int slot) => values.Remove(slot);

    /// <summary>What the source has done about it by a watch's order; null where it has counted none of its hits.</summary>
    internal OrderResult? OrderOf(ArmedWatch watch)
    {
        List<OrderResult> found = orders is null ? [] : [.. orders.Where(order => watch.Occupies(order.Key)).Select(order => order.Value)];
        return found.Count == 0 ? null : found.MaxBy(order => order.Outcome != OrderOutcome.NotDue);
    }

    /// <summary>Takes out slots that the processor named without cause. It sets the bit of a debug register in DR6 for each that
    /// matches; an emulator was seen to leave bits of earlier matches there (QEMU 7.2, accel/tcg cpu_check_watchpoint). That is
    /// certain only where the instruction proves one register and excludes the other, or where it bears out one better than the other,
    /// whose value is as it was: a load into its own address register proves nothing, but stores nothing either. Where nobody has seen a value,
    /// that it stores nothing must be certain.</summary>
    /// <param name="judge">Whether the instruction bears out a hit's own slot: true proven, false excluded, null neither.</param>
    /// <param name="cannotStore">Whether the instruction of the first of two hits is certain to store nothing, and the second one's slot is for stores.</param>
    /// <param name="changed">Told of slots taken out whose value was seen to change: somebody else's store, whose hit is to come.</param>
    /// <returns>Hardware hits taken out.</returns>
    internal int DropSpurious(Func<RawHit, bool?> judge, Func<RawHit, RawHit, bool> cannotStore, Action<int, ulong, ulong> changed)
    {
        if ((hits.Count < 2 && Earlier is null) || First.Recovered || First.Origin != HitOrigin.User)
            return 0;
        List<(RawHit Hit, bool? Verdict)> judged = [.. hits.Values.Select(hit => (hit.First, judge(hit.First)))];
        RawHit? proven = judged.Find(one => one.Verdict == true).Hit ?? Earlier?.First;
        Earlier = null; // or each would keep all before it
        bool isProven = proven is not null && judge(proven) == true;
        RawHit? best = isProven ? proven : judged.Find(one => one.Verdict is null).Hit;
        if (best is null)
            return 0;
        int dropped = 0;
        foreach ((RawHit hit, bool? verdict) in judged.Where(one => isProven ? one.Verdict != true : one.Verdict == false))
        {
            (ulong? old, ulong? now) = values[hit.Slot];
            bool isCertain = isProven && verdict == false;
            if (!isCertain && (old is null || now is null ? !cannotStore(best, hit) : old != now))
                continue;
            if (old is { } before && now is { } after && before != after)
                changed(hit.Slot, before, after);
            dropped += hits[hit.Slot].Count;
            hits.Remove(hit.Slot);
            values.Remove(hit.Slot);
        }

        if (!hits.ContainsKey(First.Slot) && hits.Count > 0)
            First = best;
        Count -= dropped;
        return dropped;
    }

    private void GiveStacksBack()
    {
        if (!isReported || !isForgotten)
            return;
        First.GiveStackBack();
        Last.GiveStackBack();
        foreach ((_, (RawHit first, _)) in hits.Entries)
            first.GiveStackBack();
    }

    private void TakeOrder(RawHit from)
    {
        if (from.Order is not { } order)
            return;
        orders ??= new SlotMap<OrderResult>();
        if (order.Outcome != OrderOutcome.NotDue || !orders.ContainsKey(from.Slot))
            orders[from.Slot] = order;
    }

    private void TakeSiblings(RawHit from)
    {
        foreach (SlotChange change in from.Siblings)
            values[change.Slot] = values.TryGetValue(change.Slot, out (ulong? Old, ulong? New) known) ? (known.Old, change.New) : (change.Old, change.New);
    }

    /// <summary>One instruction, several slots: the thread's next hit, all registers are equal, and no slot has been hit twice.</summary>
    internal bool IsSameStore(RawHit next) =>
        First.Origin == HitOrigin.User && !First.Recovered && !next.Recovered && next.Origin == HitOrigin.User && next.Time >= First.Time
        && !hits.ContainsKey(next.Slot)
        && next.Registers == First.Registers;

    /// <summary>One system call: the same call from the same place, and the copy goes upwards. A call that comes again
    /// starts at or below where the last one has ended.</summary>
    private bool ContinuesCall(RawHit next) =>
        Last.Origin == HitOrigin.Kernel
        && next.Time < Last.Time + Patience
        && next.Registers.OrigRax == First.Registers.OrigRax
        && next.Registers.Rip == First.Registers.Rip
        && next.Registers.Rsp == First.Registers.Rsp
        && next.Registers.Rsi == First.Registers.Rsi
        && next.Kernel is { } now && Last.Kernel is { } before
        && (now.Destination == before.Destination
            ? !hits.ContainsKey(next.Slot)
            : now.Destination > before.Destination && IsCopy(Last, before) && IsCopy(next, now));

    /// <summary>put_user() has its pointer in another register, and RDI says nothing of its store.</summary>
    private static bool IsCopy(RawHit hit, KernelContext kernel) =>
        kernel.Destination + UnrolledBytes >= hit.Address.Value && kernel.Destination <= hit.Address.Value + sizeof(ulong);
}
