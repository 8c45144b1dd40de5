// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using Livewatcher.Engine.Accounting;
using Livewatcher.Engine.Arming;
using Livewatcher.Engine.Filtering;
using Livewatcher.Engine.Ordering;
using Livewatcher.Model;

namespace Livewatcher.Engine.Watching;

/// <summary>What became of a hit on one watch.</summary>
/// <param name="Watch">The watch.</param>
/// <param name="Hit">Null where the user does not want to see it.</param>
/// <param name="Merged">Hardware hits that it stands for.</param>
/// <param name="Recovered">By the guard: the source has not counted it.</param>
internal readonly record struct NamedHit(ArmedWatch Watch, Hit? Hit, int Merged, bool Recovered);

/// <summary>From a group of hardware hits to the hits that the user reads: one for each watch that was touched.</summary>
internal sealed class HitNamer(SessionPlatform platform, Ledger ledger)
{
    /// <summary>A process's slots, as long as an instruction is looked for.</summary>
    private readonly List<HardwareSlot> candidates = [];

    private readonly Touching touching = new(ledger);

    private long sequence;

    /// <returns>A hit for each watch that was touched; without its name where the user does not want to see it.</returns>
    internal IEnumerable<NamedHit> Name(WatchedProcess process, AccessGroup group)
    {
        SetAsideSpurious(process, group);
        RawHit first = group.First;
        string? call = first.Origin == HitOrigin.Kernel ? process.Symbols.FormatSystemCall(first.Registers, first.Descriptor) : null;
        CallStack? stack = null;
        Instruction? instruction = null;
        CallStack Stack() => stack ??= Unwind(process, first);
        foreach ((ArmedWatch watch, uint slots, bool isUnsure) in touching.Find(process, group))
        {
            int merged = group.StandsFor(watch, slots);
            if (watch.Plan is not null && !IsOfInstance(process, watch, first))
            {
                yield return new NamedHit(watch, null, merged, first.Recovered);
                continue;
            }

            watch.Count(merged);
            byte[] was = Before(process, watch, slots, group);
            Value? old = watch.Watch.Mode != AccessMode.Execute && watch.IsKnown ? Show(process, watch) : null;
            bool wasKnown = old is not null;
            Value? now = After(process, watch, slots, group);
            bool? changed = old is null || now is null ? null : IsChange(old, now, was, watch.Image);
            Verdict verdict = watch.Watch.Condition is null ? Verdict.Holds : Conditions.Decide(
                watch, group, wasKnown ? was : default, now is null ? default : watch.Image, process.ConditionMemory,
                platform.Source.ConditionCount(process.Id, watch.Pieces[0].Slot));
            // A source that looks at no values leaves it to us to see that nothing has changed.
            if (verdict == Verdict.Fails || (watch.ChangesOnly && changed == false) || (watch.Writers is { IsOfUse: true } writers && IsKnownWriter(process, watch, writers, first, call, Stack)))
            {
                yield return new NamedHit(watch, null, merged, first.Recovered);
                continue;
            }

            instruction ??= FindInstruction(process, first);
            if (Stack().CutShort is not null)
                ledger.StacksCut++;
            Hit hit = new()
            {
                Sequence = ++sequence,
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
                Merged = merged,
                Recovered = first.Recovered,
                Undecided = verdict == Verdict.Undecided,
                Unsure = isUnsure,
                Instruction = instruction,
                Stack = Stack(),
                SetAt = watch.SetAt?.Invoke(),
            };
            watch.Writers?.Report(first, Hit.NameOfCall(call), process.Symbols);
            yield return new NamedHit(watch, hit, merged, first.Recovered);
        }
    }

    /// <summary>Where the thread's stack begins, the source is told, so that it copies no more than that.</summary>
    private CallStack Unwind(WatchedProcess process, RawHit hit)
    {
        CallStack stack = process.Symbols.Unwind(hit, out StackReach reach);
        if (reach.Top is not null || reach.GoesOn)
            platform.Source.SetStackTop(hit.Thread, reach.Top);
        return stack;
    }

    private Instruction? FindInstruction(WatchedProcess process, RawHit hit)
    {
        candidates.Clear();
        foreach (HardwareSlot slot in process.Slots.Values)
            candidates.Add(slot);
        return process.Symbols.FindInstruction(hit, candidates);
    }

    /// <summary>Of a watch that arms itself: whether the hit is of what it is armed on. One that was on its way when the register was moved is of what it was
    /// armed on before; and a frame may have been left without anybody noticing (longjmp(3), an exception), its memory being another's by now.</summary>
    private bool IsOfInstance(WatchedProcess process, ArmedWatch watch, RawHit hit)
    {
        (int slot, HardwareSlot content) = watch.Pieces[0];
        if (watch.On is not { } on || (hit.Slot == slot && hit.Address != content.Address))
            return false;
        // The trap of a single step names registers that nothing has touched, on some processors (QEMU).
        if (hit.Stepped && hit.Old == hit.New && process.Symbols.FindInstruction(hit, [content]) is null)
            return false;
        if (watch.Plan!.Kind != ArisingKind.Frame || hit.Thread != on.Thread || process.Symbols.HasFrame(hit, new Address(on.Base), watch.Plan.Code) != false)
            return true;
        platform.Arisings?.Disown(slot, on.Base);
        return false;
    }

    /// <summary>What a slot holds now, where a hit's own value could not be told.</summary>
    internal static void Rest(WatchedProcess process, SessionItem.AtRest rest)
    {
        foreach (ArmedWatch watch in process.Watches.Where(watch => watch.Occupies(rest.Slot) && !watch.Knows(rest.Slot)))
            watch.Apply(rest.Slot, rest.Value);
    }

    internal IEnumerable<Hit> NameEscape(WatchedProcess process, SessionItem.Escaped escaped)
    {
        // Who shares the register has a change of his own bytes only.
        foreach (ArmedWatch watch in process.Watches.Where(watch => watch.Occupies(escaped.Slot) && watch.Own(escaped.Slot, escaped.Old) != watch.Own(escaped.Slot, escaped.New)))
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
            (best, other) => process.Slots[other.Slot].Mode == AccessMode.Write && process.Symbols.FindInstruction(best, [process.Slots[best.Slot]]) is { OnlyReads: true },
            (slot, old, now) => process.TakenEarly[slot] = (old, now));
    }

    /// <summary>Whether the writer is one that the user does not want to hear of. What is decided about an instruction, the source is
    /// told, so that its next hit is not even copied.</summary>
    private bool IsKnownWriter(WatchedProcess process, ArmedWatch watch, WriterFilter writers, RawHit first, string? call, Func<CallStack> stack)
    {
        int before = writers.Code.Count;
        bool isFiltered = writers.IsFiltered(first, Hit.NameOfCall(call), process.Symbols, stack);
        if (isFiltered || writers.Code.Count != before)
            Acceptance.Tell(platform.Source, process, watch);
        return isFiltered;
    }

    /// <summary>The watch's bytes before the access, as far as the hit tells. A hit of a shared register has also taken what was stored beside it in the same
    /// moment, and the hit of that store, which is still to come, finds it there already: that one's old value is what is remembered of it.</summary>
    private byte[] Before(WatchedProcess process, ArmedWatch watch, uint slots, AccessGroup group)
    {
        foreach ((int slot, (ulong? before, _)) in group.Values.Entries)
        {
            if (before is { } value && IsOf(watch, slot, slots) && !(watch.IsWidenedIn(slot) && watch.Remembers(slot) && HasLostNone(process, slot)))
                watch.Apply(slot, value);
        }

        return watch.Image.ToArray();
    }

    /// <summary>Takes the access into the watch's bytes.</summary>
    /// <returns>What it holds then; null where that cannot be told, and for execution.</returns>
    private static Value? After(WatchedProcess process, ArmedWatch watch, uint slots, AccessGroup group)
    {
        if (watch.Watch.Mode == AccessMode.Execute)
            return null;
        foreach ((int slot, (ulong? before, ulong? after)) in group.Values.Entries)
        {
            if (!IsOf(watch, slot, slots))
                continue;
            // Without values in the record, the instruction's registers may tell what it stored.
            ulong? now = after is { } all ? watch.Own(slot, all)
                : process.Symbols.StoredValue(group.Last, watch.PartIn(slot), before is { } earlier ? watch.Own(slot, earlier) : OwnValue(watch, slot));
            if (now is { } value)
                watch.ApplyOwn(slot, value);
            else
                watch.Forget(slot);
        }

        return watch.IsKnown ? Show(process, watch) : null;
    }

    private static bool IsOf(ArmedWatch watch, int slot, uint slots) => (slots & (1u << slot)) != 0 && watch.Occupies(slot);

    /// <summary>A lost hit's values nobody remembers.</summary>
    private bool HasLostNone(WatchedProcess process, int slot) => platform.Source.ReadAccount(process.Id, slot) is { Dropped: 0, Skipped: 0 };

    /// <summary>A bit-field's neighbours share its bytes: there the value decides. A long object's text may be shortened: there the
    /// bytes do.</summary>
    private static bool IsChange(Value old, Value now, ReadOnlySpan<byte> was, ReadOnlySpan<byte> image) =>
        old.Kind == ValueKind.Bytes ? !image.SequenceEqual(was) : old != now;

    /// <summary>What is known of a watch's bytes in a slot.</summary>
    private static ulong? OwnValue(ArmedWatch watch, int slot)
    {
        if (!watch.Knows(slot))
            return null;
        HardwareSlot part = watch.PartIn(slot);
        ulong value = 0;
        int offset = (int)(part.Address - watch.Watch.Address);
        for (int i = 0; i < part.Length; i++)
            value |= (ulong)watch.Image[offset + i] << (8 * i);
        return value;
    }

    private static Value Show(WatchedProcess process, ArmedWatch watch) => watch.Watch.Format.Format(watch.Image, process.Symbols.NameOf);
}
