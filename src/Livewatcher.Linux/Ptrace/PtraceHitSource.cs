// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using System.Collections.Concurrent;
using Livewatcher.Linux.Guard;
using Livewatcher.Linux.Interop;
using Livewatcher.Linux.Records;
using Livewatcher.Model;

namespace Livewatcher.Linux.Ptrace;

/// <summary>Hits that the guard has taken in a stop of the thread each, and accounts that it keeps in shared memory. The guard's
/// reader hands in, the drain takes out; in between there is a bound that the guard observes (native/guard/traps/trapped.c).</summary>
public sealed unsafe class PtraceHitSource : IHitSource
{
    /// <summary>Waiting hits that wake the drain at once.</summary>
    private const int Pressing = 256;

    private static readonly TimeSpan SettlePatience = TimeSpan.FromSeconds(2);

    private readonly TrapTable table;
    private readonly ConcurrentQueue<Item> waiting = new();
    private readonly ManualResetEventSlim pressed = new(initialState: false, spinCount: 0);
    private volatile bool asleep;
    private Func<ulong, bool>? askToSettle;
    private readonly Lock settleGate = new();
    private ulong settling;
    private long received;

    private readonly SharedFilters filters;
    private readonly SharedOrders orders;

    private PtraceHitSource(TrapTable table)
    {
        this.table = table;
        filters = new SharedFilters((ConditionRecord*)&table.Share->Conditions, (RangeRecord*)&table.Share->Ranges);
        orders = new SharedOrders((OrderRecord*)&table.Share->Orders);
    }

    public string Name => "ptrace";

    public bool TracksValues => true;

    /// <summary>ptrace_breakpoint_init() sets exclude_kernel (include/linux/hw_breakpoint.h).</summary>
    public bool SeesKernel => false;

    public string WhyKernelHidden => "not seen by backend ptrace: ptrace(2)'s breakpoints leave them out";

    public SessionCounts Session => new(
        0, Volatile.Read(ref table.Share->Session.Untracked), Volatile.Read(ref table.Share->Session.Threads), 0, 0);

    /// <exception cref="UserException">There is no memory for it.</exception>
    public static PtraceHitSource Open() => new(TrapTable.Create());

    public bool AddProcess(ProcessId process) => table.Add(process);

    public void RemoveProcess(ProcessId process) => table.Remove(process);

    public void SetSlot(ProcessId process, int slot, HardwareSlot content, ulong initial, uint siblings) =>
        SlotStateAccess.Set(table.State(process, slot), content, initial, siblings);

    public void ClearSlot(ProcessId process, int slot) =>
        SlotStateAccess.Clear(table.State(process, slot));

    public bool SetCondition(ProcessId process, int slot, Condition? condition) => filters.Set(table.State(process, slot), condition);

    public bool MayDecide(Condition condition) => filters.HasRoom(condition);

    public bool MayObey(int number) => SharedOrders.IsValid(number);

    public long? ConditionCount(ProcessId process, int slot) => filters.Count(table.State(process, slot));

    public void FilterCode(ProcessId process, int slot, IReadOnlyList<(Address Start, Address End)> code) =>
        filters.Filter(table.State(process, slot), code);

    public bool SetOrder(ProcessId process, int slot, int number, SignalOrder? order) => orders.Set(table.State(process, slot), number, order);

    public bool? TakeTurn(int number) => orders.TakeTurn(number);

    public OrderAccount ReadOrder(int number) => orders.Read(number);

    public void Skip(ProcessId process, int slot) => SlotStateAccess.Skip(table.State(process, slot));

    public void SetStale(ProcessId process, int slot, bool stale) => SlotStateAccess.SetStale(table.State(process, slot), stale);

    public SlotAccount? ReadAccount(ProcessId process, int slot) =>
        SlotStateAccess.ReadAccount(table.State(process, slot));

    public bool CorrectLastValue(ProcessId process, int slot, ulong expected, ulong value) =>
        SlotStateAccess.CorrectLastValue(table.State(process, slot), expected, value);

    public void Wait(TimeSpan atMost) => pressed.Wait(atMost);

    public bool WakesAtFirst => true;

    public void WaitForFirst(TimeSpan atMost)
    {
        asleep = true;
        Interlocked.MemoryBarrier();
        if (waiting.IsEmpty)
            pressed.Wait(atMost);
        asleep = false;
    }

    public void Rouse() => pressed.Set();

    public int Drain(IHitReceiver receiver)
    {
        pressed.Reset();
        int hits = 0;
        while (waiting.TryDequeue(out Item? item))
        {
            switch (item)
            {
                case Item.OfHit { Hit: var hit }:
                    receiver.OnHit(hit);
                    Volatile.Write(ref table.Share->Taken, table.Share->Taken + 1);
                    hits++;
                    break;
                case Item.OfFork fork:
                    receiver.OnForked(fork.Time, fork.Parent, fork.Child);
                    break;
                case Item.OfExec exec:
                    receiver.OnExec(exec.Time, exec.Process);
                    break;
            }
        }

        return hits;
    }

    /// <summary>A store's exception comes first, then the stop, then the guard's turn. No answer is waited for in the guard's
    /// socket: whoever holds that may be waiting for what only the drain can take.</summary>
    public bool Settle()
    {
        lock (settleGate)
            return SettleAlone();
    }

    public void Dispose()
    {
        pressed.Dispose();
        table.Dispose();
    }

    internal void FillGuardConfig(ref GuardConfig config)
    {
        config.Share = (nint)table.Share;
        config.Arming = GuardArmingKind.LW_ARM_POKES;
    }

    /// <param name="ask">Tells the guard to settle; false where it is gone.</param>
    internal void Connect(Func<ulong, bool> ask) => askToSettle = ask;

    /// <summary>On the guard's reader, as all that follow.</summary>
    internal void OnHit(RawHit hit)
    {
        Enqueue(new Item.OfHit(hit));
        Volatile.Write(ref received, received + 1);
    }

    internal void OnForked(ulong time, ProcessId parent, ProcessId child) => Enqueue(new Item.OfFork(time, parent, child));

    internal void OnExec(ulong time, ProcessId process) => Enqueue(new Item.OfExec(time, process));

    private void Enqueue(Item item)
    {
        waiting.Enqueue(item);
        Interlocked.MemoryBarrier();
        if (asleep || waiting.Count >= Pressing)
            pressed.Set();
    }

    private bool SettleAlone()
    {
        ProcessorBarrier.Wait();
        if (!ThreadProgress.Await(table.Processes, SettlePatience))
            return false;
        ulong number = ++settling;
        if (askToSettle?.Invoke(number) != true)
            return true; // nothing comes any more
        // What the guard has sent by then may still be in the socket.
        return Polling.Until(() => Volatile.Read(ref table.Share->Settled) >= number, SettlePatience)
            && Polling.Until(() => (long)Volatile.Read(ref table.Share->Sent) <= Volatile.Read(ref received), SettlePatience);
    }

    private abstract record Item
    {
        internal sealed record OfHit(RawHit Hit) : Item;

        internal sealed record OfFork(ulong Time, ProcessId Parent, ProcessId Child) : Item;

        internal sealed record OfExec(ulong Time, ProcessId Process) : Item;
    }
}
