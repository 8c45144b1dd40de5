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

    /// <summary>Nanoseconds. The guard has a recovered hit by then, even on a loaded machine.</summary>
    internal const ulong Patience = 20_000_000;

    /// <summary>Replaced as a whole by the session, read by the drain loop.</summary>
    private volatile IReadOnlyList<AuditedSlot> slots = [];
    private ulong nextLook;
    private volatile bool atTheEnd;

    /// <summary>True while a difference is not yet known to be a hit on its way or an escaped write.</summary>
    internal bool Doubts => slots.Any(slot => slot.Suspect is not null);

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
        bool pressing = false;
        foreach (AuditedSlot slot in slots)
            pressing |= Look(slot, now) && now - slot.SuspectSince >= Patience;
        nextLook = now + Math.Max((ulong)interval.TotalNanoseconds, Math.Min(Share * (clock.Now - began), LongestInterval));
        return pressing;
    }

    /// <summary>After the source has settled and was drained: the suspicions that stand. What another program has in its memory is nobody's write; it is
    /// asked here, because by the time the session hears of it the process may have ended.</summary>
    internal IEnumerable<SessionItem> Confirm(ulong now)
    {
        foreach (AuditedSlot slot in slots)
        {
            if (!Look(slot, now) || now - slot.SuspectSince < Patience)
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

    /// <summary>True where memory and hits disagree and did so at the last look.</summary>
    private bool Look(AuditedSlot slot, ulong now)
    {
        ulong turn = source.TurnOf(slot.Process, slot.Slot);
        if (slot.Suspended || turn == 0)
        {
            slot.Suspect = null;
            return false;
        }

        // Account, memory, account: only a look during which no hit came in means anything.
        if (source.ReadAccount(slot.Process, slot.Slot) is not { } before || !TryReadValue(slot.Memory, slot.Content, out ulong value))
        {
            slot.Unreadable = true;
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
