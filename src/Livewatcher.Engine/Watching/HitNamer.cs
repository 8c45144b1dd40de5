// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using Livewatcher.Engine.Accounting;
using Livewatcher.Engine.Arming;
using Livewatcher.Engine.Ordering;
using Livewatcher.Model;

namespace Livewatcher.Engine.Watching;

/// <summary>From a group of hardware hits to the hits that the user reads: one for each watch that was touched.</summary>
internal sealed class HitNamer(SessionPlatform platform, Ledger ledger)
{
    private long sequence;

    /// <returns>Each with whether the user wants to see it.</returns>
    internal IEnumerable<(Hit Hit, bool IsWanted)> Name(WatchedProcess process, AccessGroup group)
    {
        SetAsideSpurious(process, group);
        List<ArmedWatch> touched = [.. process.Watches.Where(watch => group.Values.Keys.Any(watch.Occupies))];
        if (touched.Count > 0)
            ledger.Shared += touched.Sum(watch => group.StandsFor(watch.Occupies)) - group.Count;
        RawHit first = group.First;
        IReadOnlyList<HardwareSlot> slots = process.SlotList;
        Instruction? instruction = process.Symbols.FindInstruction(first, [.. process.Slots.Values]);
        CallStack stack = process.Symbols.Unwind(first);
        string? call = first.Origin == HitOrigin.Kernel ? process.Symbols.FormatSystemCall(first.Registers, first.Descriptor) : null;
        foreach (ArmedWatch watch in touched)
        {
            (Value? old, Value? now, bool? changed) = Values(process, watch, group, slots);
            if (stack.CutShort is not null)
                ledger.StacksCut++;
            // A source that looks at no values leaves it to us to see that nothing has changed.
            bool isWanted = !watch.ChangesOnly || changed != false;
            Hit hit = new()
            {
                Sequence = isWanted ? ++sequence : 0,
                Time = platform.Clock.ToWallClock(first.Time),
                Watch = watch.Watch,
                Address = watch.Watch.Address,
                Old = old,
                New = now,
                Changed = changed,
                Process = first.Process,
                Thread = first.Thread,
                ThreadName = first.ThreadName,
                Cpu = first.Cpu,
                Origin = first.Origin,
                SystemCall = call,
                Merged = group.StandsFor(watch.Occupies),
                Recovered = first.Recovered,
                Instruction = instruction,
                Stack = stack,
                SetAt = watch.SetAt?.Invoke(),
            };
            yield return (hit, isWanted);
        }
    }

    /// <summary>What a slot holds now, where a hit's own value could not be told.</summary>
    internal static void Rest(WatchedProcess process, SessionItem.AtRest rest)
    {
        foreach (ArmedWatch watch in process.Watches.Where(watch => watch.Occupies(rest.Slot) && !watch.Knows(rest.Slot)))
            watch.Apply(rest.Slot, rest.Value);
    }

    internal IEnumerable<Hit> NameEscape(WatchedProcess process, SessionItem.Escaped escaped)
    {
        foreach (ArmedWatch watch in process.Watches.Where(watch => watch.Occupies(escaped.Slot)))
        {
            watch.Apply(escaped.Slot, escaped.Old);
            Value old = Show(process, watch);
            watch.Apply(escaped.Slot, escaped.New);
            yield return new Hit
            {
                Sequence = ++sequence,
                Time = platform.Clock.ToWallClock(escaped.Time),
                EscapedSince = platform.Clock.ToWallClock(escaped.Since),
                Watch = watch.Watch,
                Address = watch.Watch.Address,
                Old = old,
                New = Show(process, watch),
                Changed = true,
                Process = process.Id,
                Stack = CallStack.Empty,
            };
        }
    }

    private void SetAsideSpurious(WatchedProcess process, AccessGroup group)
    {
        if (process.Slots.Count < 2)
            return;
        foreach (int slot in process.TakenEarly.Keys.Where(group.Values.ContainsKey).ToList())
        {
            process.TakenEarly.Remove(slot, out (ulong Old, ulong New) seen);
            group.TakeBack(slot, seen.Old, seen.New);
        }

        ledger.Spurious += group.DropSpurious(
            hit => process.Symbols.FindInstruction(hit, [process.Slots[hit.Slot]]) is { } found ? (found.Proven ? true : null) : false,
            (slot, old, now) => process.TakenEarly[slot] = (old, now));
    }

    private static (Value? Old, Value? New, bool? Changed) Values(
        WatchedProcess process, ArmedWatch watch, AccessGroup group, IReadOnlyList<HardwareSlot> slots)
    {
        if (watch.Watch.Mode == AccessMode.Execute)
            return (null, null, null);
        foreach ((int slot, (ulong? before, _)) in group.Values)
        {
            if (before is { } value)
                watch.Apply(slot, value);
        }

        byte[] was = watch.Image.ToArray();
        Value? old = watch.IsKnown ? Show(process, watch) : null;
        foreach ((int slot, (ulong? before, ulong? after)) in group.Values.Where(value => watch.Occupies(value.Key)))
        {
            // Without values in the record, the instruction's registers may tell what it stored.
            ulong? now = after ?? process.Symbols.StoredValue(group.Last, slots[slot], before ?? SlotValue(watch, slot));
            if (now is { } value)
                watch.Apply(slot, value);
            else
                watch.Forget(slot);
        }

        if (!watch.IsKnown)
            return (old, null, null);
        Value current = Show(process, watch);
        return (old, current, old is null ? null : IsChange(old, current, was, watch.Image));
    }

    /// <summary>A bit-field's neighbours share its bytes: there the value decides. A long object's text may be shortened: there the
    /// bytes do.</summary>
    private static bool IsChange(Value old, Value now, ReadOnlySpan<byte> was, ReadOnlySpan<byte> image) =>
        old.Kind == ValueKind.Bytes ? !image.SequenceEqual(was) : old != now;

    private static ulong? SlotValue(ArmedWatch watch, int slot)
    {
        foreach ((int candidate, HardwareSlot content) in watch.Pieces)
        {
            if (candidate != slot || !watch.Knows(slot))
                continue;
            ulong value = 0;
            int offset = (int)(content.Address - watch.Watch.Address);
            for (int i = 0; i < content.Length; i++)
                value |= (ulong)watch.Image[offset + i] << (8 * i);
            return value;
        }

        return null;
    }

    private static Value Show(WatchedProcess process, ArmedWatch watch) => watch.Watch.Format.Format(watch.Image, process.Symbols.NameOf);
}
