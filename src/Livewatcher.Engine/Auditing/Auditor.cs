// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using System.Buffers.Binary;
using Livewatcher.Engine.Ordering;
using Livewatcher.Model;

namespace Livewatcher.Engine.Auditing;

/// <summary>Compares watched memory with the last value that a hit has shown. A difference is first a suspicion, for a hit may
/// be on its way from the store to its record, or in the guard's hands. It is an escaped write (DESIGN.md, facts 5 and 6) when there has been
/// a difference for <see cref="Patience"/> without a hit, and the source has settled in between. One thread.</summary>
/// <param name="source">Says what hits have shown.</param>
/// <param name="clock">Time.</param>
/// <param name="interval">Between two looks; zero: as often as there is a drain.</param>
internal sealed class Auditor(IHitSource source, IClock clock, TimeSpan interval)
{
    /// <summary>Thousands of slots take a while to look at. This part of the time is for it, or a look each
    /// <see cref="LongestInterval"/>.</summary>
    private const ulong Share = 10;

    private const ulong LongestInterval = 100_000_000;

    /// <summary>Slots of a process that are read in one call.</summary>
    private const int AtOnce = 8;

    private readonly (ulong Turn, SlotAccount? Before, ulong Value)[] looks = new (ulong, SlotAccount?, ulong)[AtOnce];

    /// <summary>Nanoseconds. The guard has a recovered hit by then, even on a loaded machine.</summary>
    internal const ulong Patience = 20_000_000;

    /// <summary>Replaced as a whole by the session, read by the drain loop.</summary>
    private volatile IReadOnlyList<AuditedSlot> slots = [];
    private ulong nextLook;
    private volatile bool atTheEnd;

    /// <summary>True while a difference is not yet known to be a hit on its way or an escaped write.</summary>
    internal bool Doubts => slots.Any(slot => slot.Suspect is not null);

    /// <summary>The same of the last look; for whoever drains.</summary>
    internal bool Doubted { get; private set; }

    /// <summary>Between two looks; zero: as often as there is a drain.</summary>
    internal TimeSpan Interval => interval;

    internal void Watch(IReadOnlyList<AuditedSlot> all) => slots = all;

    /// <summary>The watching ends: from here on it looks after each drain.</summary>
    internal void Conclude() => atTheEnd = true;

    /// <summary>One look at every slot, right after a drain. True where a suspicion is old enough to be confirmed.</summary>
    /// <param name="now">CLOCK_MONOTONIC, ns.</param>
    internal bool Look(ulong now)
    {
        if (now < nextLook && !atTheEnd)
            return false;
        ulong began = clock.Now;
        bool pressing = false, doubts = false;
        IReadOnlyList<AuditedSlot> all = slots;
        for (int first = 0, next; first < all.Count; first = next)
        {
            // What one process has under watch is read at once.
            for (next = first + 1; next < all.Count && next < first + AtOnce && all[next].Memory == all[first].Memory;)
                next++;
            ReadTogether(all, first, next);
            for (int i = first; i < next; i++)
            {
                pressing |= Judge(all[i], now, looks[i - first]) && now - all[i].SuspectSince >= Patience;
                doubts |= all[i].Suspect is not null;
            }
        }

        Doubted = doubts;
        nextLook = now + Math.Max((ulong)interval.TotalNanoseconds, Math.Min(Share * (clock.Now - began), LongestInterval));
        return pressing;
    }

    /// <summary>After the source has settled and was drained: the suspicions that stand. What another program has in its memory is nobody's write; it is
    /// asked here, because by the time the session hears of it the process may have ended.</summary>
    internal IEnumerable<SessionItem> Confirm(ulong now)
    {
        foreach (AuditedSlot slot in slots)
        {
            if (!Judge(slot, now, Look(slot)) || now - slot.SuspectSince < Patience)
                continue;
            bool? isReplaced = slot.IsReplaced();
            if (isReplaced is null)
                continue; // the next look will show which
            if (isReplaced is true && source.TracksValues)
            {
                slot.Suspect = null; // the source tells of it
                continue;
            }

            ulong seen = Seen(slot);
            ulong value = slot.Suspect!.Value;
            if (source.TracksValues && !source.CorrectLastValue(slot.Process, slot.Slot, seen, value))
                continue; // a hit came in after all
            SessionItem found = isReplaced is true
                ? new SessionItem.Execed(now, slot.Process)
                : new SessionItem.Escaped(now, slot.AgreedAt, slot.Process, slot.Slot, seen, value);
            Agree(slot, value, now);
            yield return found;
        }
    }

    /// <summary>Of a source without values: what slots hold after the hits so far, found at the last look.</summary>
    internal IEnumerable<SessionItem.AtRest> TakeRests(ulong now)
    {
        foreach (AuditedSlot slot in slots)
        {
            if (!slot.Rests)
                continue;
            slot.Rests = false;
            yield return new SessionItem.AtRest(now, slot.Process, slot.Slot, slot.Agreed);
        }
    }

    /// <summary>A slot's bytes, little endian in the low bytes.</summary>
    internal static bool TryReadValue(ITargetMemory memory, HardwareSlot content, out ulong value)
    {
        Span<byte> bytes = stackalloc byte[8];
        bytes.Clear();
        bool read = memory.TryRead(content.Address, bytes[..content.Length]);
        value = BinaryPrimitives.ReadUInt64LittleEndian(bytes);
        return read;
    }

    /// <summary>Account, memory, account: only a look during which no hit came in means anything. This is the first two of them.</summary>
    private void ReadTogether(IReadOnlyList<AuditedSlot> all, int first, int next)
    {
        Span<(Address, int)> places = stackalloc (Address, int)[AtOnce];
        Span<ulong> words = stackalloc ulong[AtOnce];
        for (int i = first; i < next; i++)
        {
            looks[i - first] = Begin(all[i]);
            // Nothing of those that are off: their memory may be gone.
            places[i - first] = (all[i].Content.Address, looks[i - first].Before is null ? 0 : all[i].Content.Length);
        }

        bool together = all[first].Memory.TryReadWords(places[..(next - first)], words);
        for (int i = first; i < next; i++)
        {
            ref (ulong Turn, SlotAccount? Before, ulong Value) look = ref looks[i - first];
            if (together)
                look.Value = words[i - first];
            else if (look.Before is not null)
                look = Look(all[i]); // one of them has been unmapped: which one?
        }
    }

    private (ulong Turn, SlotAccount? Before, ulong Value) Begin(AuditedSlot slot)
    {
        ulong turn = slot.Suspended ? 0 : source.TurnOf(slot.Process, slot.Slot);
        return (turn, turn == 0 ? null : source.ReadAccount(slot.Process, slot.Slot), 0);
    }

    private (ulong Turn, SlotAccount? Before, ulong Value) Look(AuditedSlot slot)
    {
        (ulong turn, SlotAccount? before, _) = Begin(slot);
        return before is not null && TryReadValue(slot.Memory, slot.Content, out ulong value) ? (turn, before, value) : (turn, null, 0);
    }

    /// <summary>True where memory and hits disagree and did so at the last look.</summary>
    private bool Judge(AuditedSlot slot, ulong now, (ulong Turn, SlotAccount? Before, ulong Value) look)
    {
        (ulong turn, SlotAccount? begun, ulong value) = look;
        if (begun is not { } before)
        {
            slot.Unreadable |= turn != 0;
            slot.Suspect = null;
            return false;
        }

        if (turn != slot.Turn)
        {
            // What was written between two turns is nobody's escape.
            slot.Turn = turn;
            slot.Recorded = before.Counted;
            Agree(slot, value, now);
            return false;
        }

        SlotAccount after = source.ReadAccount(slot.Process, slot.Slot) ?? before;
        bool quiet = before.Counted == after.Counted && before.LastValue == after.LastValue && after.Counted == slot.Recorded;
        slot.Recorded = after.Counted;
        ulong explained = source.TracksValues ? after.LastValue : slot.Agreed;
        if (value == explained || (!quiet && !source.TracksValues))
        {
            // Hits without values: whatever the memory holds now, they may have written it.
            Agree(slot, value, now);
            slot.Rests |= quiet && slot.Restless;
            slot.Restless = !quiet && !source.TracksValues;
            return false;
        }

        // Memory that goes on changing without any hit is no less suspicious than memory that has changed once.
        bool stands = quiet && slot.Suspect is not null && slot.SuspectedFor == explained;
        slot.Suspect = value;
        if (stands)
            return true;
        slot.SuspectedFor = explained;
        slot.SuspectSince = now;
        return false;
    }

    private ulong Seen(AuditedSlot slot) =>
        source.TracksValues ? source.ReadAccount(slot.Process, slot.Slot)?.LastValue ?? slot.Agreed : slot.Agreed;

    private static void Agree(AuditedSlot slot, ulong value, ulong now)
    {
        slot.Agreed = value;
        slot.AgreedAt = now;
        slot.Suspect = null;
    }
}
