// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using Livewatcher.Engine.Arming;
using Livewatcher.Engine.Auditing;
using Livewatcher.Engine.Watching;
using Livewatcher.Model;

namespace Livewatcher.Engine.Rotating;

/// <summary>Gives debug registers to slots whose turn begins, and takes them from those whose turn is over.</summary>
/// <param name="inner">The platform, with its four registers.</param>
/// <param name="gate">Guards the books.</param>
/// <param name="tell">The session is to hear of it.</param>
/// <param name="addGap">Why a turn did not come.</param>
internal sealed class TurnLoader(SessionPlatform inner, Lock gate, Action<Action<IHitReceiver>> tell, Action<string> addGap)
{
    private ulong number = 1;

    /// <summary>Nothing of theirs is on its way any more: their registers are free.</summary>
    internal void Vacate(TurnBook book, List<TurnSlot> slots)
    {
        lock (gate)
        {
            foreach (TurnSlot slot in slots.Where(slot => slot is { HasEnded: false, Register: >= 0 }))
            {
                int register = slot.Register;
                slot.Close(inner.Source.ReadAccount(book.Process, register) ?? new SlotAccount(0, 0, 0, 0, slot.Last));
                if (!inner.Source.TracksValues && Auditor.TryReadValue(book.Memory, slot.Content, out ulong value))
                    slot.Last = value;
                inner.Source.ClearSlot(book.Process, register);
                book.Vacate(register);
            }
        }
    }

    internal static List<TurnGroup> Fitting(TurnBook book, IReadOnlyList<TurnGroup> groups)
    {
        int free = book.Free.Count;
        List<TurnGroup> fitting = [];
        foreach (TurnGroup group in groups.Where(group => !book.HasRegisters(group)))
        {
            int needed = group.Slots.Count(slot => book.Find(slot)!.Register < 0);
            if (needed > free)
                continue;
            free -= needed;
            fitting.Add(group);
        }

        return fitting;
    }

    /// <returns>False where none of them is armed; of one alone, that is a gap.</returns>
    internal bool TryArm(TurnBook book, List<TurnGroup> groups)
    {
        try
        {
            ArmTogether(book, groups, tells: true);
            return true;
        }
        catch (Exception e) when (e is ArmingException or UserException)
        {
            if (groups.Count == 1 && inner.IsAlive(book.Process) && book.IsOfItsProgram)
                addGap($"a turn did not come (--rotate): {e.Message}");
            return false;
        }
    }

    /// <summary>Gives groups registers and arms them.</summary>
    /// <param name="book">The process's.</param>
    /// <param name="groups">For which there are registers.</param>
    /// <param name="tells">The session is to hear of it: it believes that they have been armed all the time.</param>
    internal void ArmTogether(TurnBook book, List<TurnGroup> groups, bool tells)
    {
        Dictionary<int, HardwareSlot> contents = [];
        List<(int Number, TurnSlot Slot)> slots = [];
        ulong turn;
        lock (gate)
        {
            turn = ++number;
            slots.AddRange(groups.SelectMany(group => group.Slots).Select(slot => (slot, book.Find(slot)!)).Where(slot => slot.Item2.Register < 0));
            foreach (((int slot, TurnSlot one), int register) in slots.Zip(book.Free))
            {
                book.Occupy(register, slot, inner.Clock.Now);
                contents[register] = one.Content;
            }

            foreach ((int slot, TurnSlot one) in slots)
                Load(book, slot, one, turn, tells);
        }

        if (slots.Count == 0)
            return;
        try
        {
            if (slots.Find(slot => !IsThere(book, slot.Slot)) is { Slot: { } gone })
                throw new UserException($"{gone.Content.Address} is not mapped in process {book.Process}");
            book.Threads = inner.Arming.Arm(book.Process, contents);
        }
        catch (Exception e) when (e is ArmingException or UserException)
        {
            lock (gate)
            {
                foreach ((_, TurnSlot one) in slots)
                {
                    inner.Source.ClearSlot(book.Process, one.Register);
                    book.Vacate(one.Register);
                    one.Register = -1;
                }
            }

            throw;
        }

        ulong armed = inner.Clock.Now;
        foreach ((int slot, TurnSlot one) in slots.Where(slot => slot.Slot.Content.Mode != AccessMode.Execute))
            Renew(book, slot, one, turn, tells);
        lock (gate)
        {
            foreach ((_, TurnSlot one) in slots)
            {
                one.ArmedAt = armed;
                one.Turn = turn;
                one.Turns++;
            }
        }
    }

    private static bool IsThere(TurnBook book, TurnSlot slot) =>
        slot.Content.Mode == AccessMode.Execute || Auditor.TryReadValue(book.Memory, slot.Content, out _);

    private void Load(TurnBook book, int slot, TurnSlot one, ulong turn, bool tells)
    {
        if (one.Content.Mode != AccessMode.Execute && Auditor.TryReadValue(book.Memory, one.Content, out ulong value))
            one.Last = value;
        ProcessId process = book.Process;
        inner.Source.SetSlot(process, one.Register, one.Content, one.Last, book.RegistersOf(one.Siblings));
        inner.Source.SetStale(process, one.Register, tells);
        inner.Source.SetHandling(process, one.Register, one.Handling);
        inner.Source.SetCondition(process, one.Register, one.Condition);
        if (one.Code is { } code)
            inner.Source.FilterCode(process, one.Register, code);
        if (one.Order is { } order)
            inner.Source.SetOrder(process, one.Register, order.Number, order.Order);
        ulong time = inner.Clock.Now, found = one.Last;
        if (tells && one.Content.Mode != AccessMode.Execute)
            tell(receiver => receiver.OnTurned(time, process, slot, turn, found, isCertain: false));
    }

    /// <summary>What threads have written that were not armed yet is no hit and no escape, but the first hit may find it.</summary>
    private void Renew(TurnBook book, int slot, TurnSlot one, ulong turn, bool tells)
    {
        if (!inner.Source.TracksValues)
            return;
        ulong time = inner.Clock.Now;
        if (inner.Source.ReadAccount(book.Process, one.Register) is not { Counted: 0 } account || !Auditor.TryReadValue(book.Memory, one.Content, out ulong now)
            || !Seeding.TryTake(inner.Source, book.Process, one.Register, account, now))
        {
            return;
        }

        inner.Source.SetStale(book.Process, one.Register, stale: false);
        if (tells)
            tell(receiver => receiver.OnTurned(time, book.Process, slot, turn, now, isCertain: true));
    }
}
