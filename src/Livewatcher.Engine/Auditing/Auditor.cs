// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using System.Buffers.Binary;
using Livewatcher.Engine.Ordering;
using Livewatcher.Model;

namespace Livewatcher.Engine.Auditing;

/// <summary>Compares watched memory with the last value that a hit has shown. A difference is first a suspicion, for a hit may
/// be on its way from the store to its record; when no hit has come for <see cref="Patience"/>, it is an escaped write
/// (DESIGN.md, facts 5 and 6).</summary>
internal sealed class Auditor(IHitSource source)
{
    /// <summary>Nanoseconds. From a store to its record take microseconds, unless the host takes the virtual CPU away in between.</summary>
    internal const ulong Patience = 20_000_000;

    /// <summary>Replaced as a whole by the session, read by the drain loop.</summary>
    private volatile IReadOnlyList<AuditedSlot> slots = [];

    internal void Watch(IReadOnlyList<AuditedSlot> all) => slots = all;

    /// <summary>One look at every slot. Call it right after a drain.</summary>
    /// <param name="now">CLOCK_MONOTONIC, ns.</param>
    internal IEnumerable<SessionItem.Escaped> Look(ulong now)
    {
        foreach (AuditedSlot slot in slots)
        {
            if (Look(slot, now) is { } escaped)
                yield return escaped;
        }
    }

    private SessionItem.Escaped? Look(AuditedSlot slot, ulong now)
    {
        // Account, memory, account: only a look during which no hit came in means anything.
        if (source.ReadAccount(slot.Process, slot.Slot) is not { } before || !TryRead(slot, out ulong value))
        {
            slot.Unreadable = true;
            return null;
        }

        SlotAccount after = source.ReadAccount(slot.Process, slot.Slot) ?? before;
        ulong seen = source.TracksValues ? after.LastValue : slot.Agreed;
        bool quiet = before.Counted == after.Counted && before.LastValue == after.LastValue && after.Counted == slot.Recorded;
        slot.Recorded = after.Counted;
        if (!quiet && !source.TracksValues)
        {
            // Hits without values: whatever the memory holds now, they may have written it.
            Agree(slot, value, now);
            return null;
        }

        if (value == seen)
        {
            Agree(slot, value, now);
            return null;
        }

        if (!quiet || slot.Suspect != value)
        {
            slot.Suspect = value;
            slot.SuspectSince = now;
            return null;
        }

        if (now - slot.SuspectSince < Patience)
            return null;
        SessionItem.Escaped escaped = new(now, slot.AgreedAt, slot.Process, slot.Slot, seen, value);
        if (source.TracksValues && !source.CorrectLastValue(slot.Process, slot.Slot, seen, value))
            return null; // a hit came in after all
        Agree(slot, value, now);
        return escaped;
    }

    private static void Agree(AuditedSlot slot, ulong value, ulong now)
    {
        slot.Agreed = value;
        slot.AgreedAt = now;
        slot.Suspect = null;
    }

    private static bool TryRead(AuditedSlot slot, out ulong value) => TryReadValue(slot.Memory, slot.Content, out value);

    /// <summary>A slot's bytes, little endian in the low bytes.</summary>
    internal static bool TryReadValue(ITargetMemory memory, HardwareSlot content, out ulong value)
    {
        Span<byte> bytes = stackalloc byte[8];
        bytes.Clear();
        bool read = memory.TryRead(content.Address, bytes[..content.Length]);
        value = BinaryPrimitives.ReadUInt64LittleEndian(bytes);
        return read;
    }
}
