// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using Livewatcher.Model;

namespace Livewatcher.Engine.Rotating;

/// <summary>A source with more slots than there are debug registers. What a slot is to have it is given in each of its turns; its account goes over all of them.</summary>
internal sealed class TurningSource(Turns turns, IHitSource inner) : IHitSource
{
    public string Name => inner.Name;

    public bool TracksValues => inner.TracksValues;

    public bool SeesKernel => inner.SeesKernel;

    public string WhyKernelHidden => inner.WhyKernelHidden;

    public SessionCounts Session => inner.Session;

    public void SetStackTop(ThreadId thread, Address? top) => inner.SetStackTop(thread, top);

    public SlotHandling Handlings => inner.Handlings;

    public bool LimitsFloods => inner.LimitsFloods;

    public bool DrainedAll => inner.DrainedAll;

    public bool AddProcess(ProcessId process)
    {
        if (!inner.AddProcess(process))
            return false;
        turns.Open(process);
        return true;
    }

    public void RemoveProcess(ProcessId process)
    {
        turns.Close(process);
        inner.RemoveProcess(process);
    }

    public ulong TurnOf(ProcessId process, int slot)
    {
        lock (turns.Gate)
            return turns.Find(process) is { IsClosed: false } book ? book.Find(slot)?.Turn ?? 0 : 0;
    }

    public void SetSlot(ProcessId process, int slot, HardwareSlot content, ulong initial, uint siblings)
    {
        lock (turns.Gate)
            turns.Find(process)?.Set(slot, new TurnSlot(content, siblings, initial));
    }

    public void ClearSlot(ProcessId process, int slot)
    {
        lock (turns.Gate)
        {
            if (turns.Find(process) is not { } book)
                return;
            if (book.Find(slot) is { Register: >= 0 and var register })
                inner.ClearSlot(process, register);
            book.Remove(slot);
        }
    }

    public void SetHandling(ProcessId process, int slot, SlotHandling handling) => With(
        process, slot, one => one.Handling = handling, register => inner.SetHandling(process, register, handling));

    public bool SetCondition(ProcessId process, int slot, Condition? condition)
    {
        With(process, slot, one => one.Condition = condition, register => inner.SetCondition(process, register, condition));
        return condition is not null && inner.MayDecide(condition);
    }

    public bool MayDecide(Condition condition) => inner.MayDecide(condition);

    public bool MayObey(int number) => inner.MayObey(number);

    public long? ConditionCount(ProcessId process, int slot)
    {
        lock (turns.Gate)
            return turns.Find(process)?.Find(slot) is { Register: >= 0 and var register } ? inner.ConditionCount(process, register) : null;
    }

    public void FilterCode(ProcessId process, int slot, IReadOnlyList<(Address Start, Address End)> code) => With(
        process, slot, one => one.Code = code, register => inner.FilterCode(process, register, code));

    public bool SetOrder(ProcessId process, int slot, int number, SignalOrder? order)
    {
        With(process, slot, one => one.Order = order is { } wanted ? (number, wanted) : null, register => inner.SetOrder(process, register, number, order));
        return order is not null && inner.MayObey(number);
    }

    public bool? TakeTurn(int number) => inner.TakeTurn(number);

    public OrderAccount ReadOrder(int number) => inner.ReadOrder(number);

    public ulong AllowanceUsed(ProcessId process, int slot)
    {
        lock (turns.Gate)
            return turns.Find(process)?.Find(slot) is { Register: >= 0 and var register } ? inner.AllowanceUsed(process, register) : 0;
    }

    public void Skip(ProcessId process, int slot)
    {
        lock (turns.Gate)
        {
            if (turns.Find(process)?.Find(slot) is not { } one)
                return;
            if (one.Register >= 0)
                inner.Skip(process, one.Register);
            else
                one.Skip();
        }
    }

    public SlotAccount? ReadAccount(ProcessId process, int slot)
    {
        lock (turns.Gate)
        {
            if (turns.Find(process) is not { IsClosed: false } book || book.Find(slot) is not { } one)
                return null;
            SlotAccount none = new(0, 0, 0, 0, one.Last);
            return one.Sum(one.Register < 0 ? none : inner.ReadAccount(process, one.Register) ?? none);
        }
    }

    public IEnumerable<(SlotAccount Account, AccessMode Mode)> LeftAccounts => inner.LeftAccounts;

    public bool CorrectLastValue(ProcessId process, int slot, ulong expected, ulong value)
    {
        lock (turns.Gate)
        {
            if (turns.Find(process)?.Find(slot) is not { } one)
                return false;
            if (one.Register >= 0)
                return inner.CorrectLastValue(process, one.Register, expected, value);
            if (one.Last != expected)
                return false;
            one.Last = value;
            return true;
        }
    }

    public void Wait(TimeSpan atMost) => inner.Wait(atMost);

    public bool WakesAtFirst => inner.WakesAtFirst;

    public void WaitForFirst(TimeSpan atMost) => inner.WaitForFirst(atMost);

    public void Rouse() => inner.Rouse();

    public int Drain(IHitReceiver receiver) => turns.Drain(receiver);

    public bool Settle() => inner.Settle();

    public void Dispose() => inner.Dispose();

    private void With(ProcessId process, int slot, Action<TurnSlot> keep, Action<int> now)
    {
        lock (turns.Gate)
        {
            if (turns.Find(process)?.Find(slot) is not { } one)
                return;
            keep(one);
            if (one.Register >= 0)
                now(one.Register);
        }
    }
}
