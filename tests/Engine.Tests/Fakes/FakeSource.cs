// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using Livewatcher.Model;

namespace Livewatcher.Engine.Tests.Fakes;

/// <summary>The kernel side: which processes are targets, each slot's account, and a ring. Its Drain is where the machine's
/// time line runs, so that everything happens on the drain thread, in the order of the fake clock.</summary>
internal sealed class FakeSource(FakeMachine machine) : IHitSource
{
    private readonly Dictionary<(int Process, int Slot), Account> accounts = [];
    private readonly HashSet<int> known = [];
    private readonly HashSet<int> targets = [];
    private readonly Queue<Action<IHitReceiver>> ring = new();
    private long caughtUp;
    private bool held;
    private long heldPasses;

    public string Name => TracksValues ? "bpf" : "perf";

    public bool TracksValues { get; set; } = true;

    public bool SeesKernel { get; set; } = true;

    public SlotHandling Handlings => TracksValues ? SlotHandling.ChangesOnly | SlotHandling.Signal : SlotHandling.None;

    /// <summary>False where records are left in the ring.</summary>
    public bool DrainedAll { get; private set; } = true;

    public SessionCounts Session { get; set; }

    /// <summary>Processes that still fit in.</summary>
    internal int Room { get; set; } = int.MaxValue;

    /// <summary>Records that still fit into the ring.</summary>
    internal int RingRoom { get; set; } = int.MaxValue;

    internal List<string> Calls { get; } = [];

    /// <summary>True: what is in the ring stays there.</summary>
    internal bool Held
    {
        get => Volatile.Read(ref held);
        set => Volatile.Write(ref held, value);
    }

    /// <summary>Drains that have left the ring as it is.</summary>
    internal long HeldPasses => Interlocked.Read(ref heldPasses);

    /// <summary>Slots that hold something, of all processes.</summary>
    internal int Occupied
    {
        get
        {
            lock (machine.Gate)
                return accounts.Count;
        }
    }

    /// <summary>Real time that is given to threads other than the session's before each drain.</summary>
    internal TimeSpan Pace { get; set; }

    /// <summary>Thrown by the next Drain: a bug in a source.</summary>
    internal Exception? Failure { get; set; }

    public bool AddProcess(ProcessId process)
    {
        lock (machine.Gate)
        {
            Calls.Add($"add {process}");
            if (Room-- <= 0)
                return false;
            known.Add(process.Value);
            targets.Add(process.Value);
            return true;
        }
    }

    public void RemoveProcess(ProcessId process)
    {
        lock (machine.Gate)
        {
            Calls.Add($"remove {process}");
            known.Remove(process.Value);
            targets.Remove(process.Value);
            for (int slot = 0; slot < 4; slot++)
                accounts.Remove((process.Value, slot));
        }
    }

    public void SetSlot(ProcessId process, int slot, HardwareSlot content, ulong initial, uint siblings)
    {
        lock (machine.Gate)
        {
            Calls.Add($"set {process} {slot}: {content.Address}:{content.Length} = {initial}, siblings {siblings}");
            if (known.Contains(process.Value))
                accounts[(process.Value, slot)] = new Account { Content = content, Last = initial };
        }
    }

    public void SetHandling(ProcessId process, int slot, SlotHandling handling)
    {
        lock (machine.Gate)
        {
            Calls.Add($"handle {process} {slot}: {handling}");
            if (accounts.TryGetValue((process.Value, slot), out Account? found))
                found.Handling = handling & Handlings;
        }
    }

    public void FilterCode(ProcessId process, int slot, IReadOnlyList<(Address Start, Address End)> code)
    {
        lock (machine.Gate)
            Calls.Add($"filter {process} {slot}: {string.Join(" ", code.Select(range => $"{range.Start}-{range.End}"))}");
    }

    /// <summary>Orders by number.</summary>
    internal Dictionary<int, FakeOrder> Orders { get; } = [];

    public bool SetOrder(ProcessId process, int slot, int number, SignalOrder? order)
    {
        lock (machine.Gate)
        {
            Calls.Add($"order {process} {slot}: {(order is null ? "none" : number)}");
            if (!TracksValues || !accounts.TryGetValue((process.Value, slot), out Account? found))
                return false;
            if (order is { } wanted)
                Orders.TryAdd(number, new FakeOrder(wanted));
            found.Order = order is null ? null : Orders[number];
            return order is not null;
        }
    }

    public bool? TakeTurn(int number)
    {
        lock (machine.Gate)
            return Orders.TryGetValue(number, out FakeOrder? order) ? order.IsDue() : null;
    }

    public OrderAccount ReadOrder(int number)
    {
        lock (machine.Gate)
            return Orders.TryGetValue(number, out FakeOrder? order) ? new OrderAccount(order.Sent, order.Failed, order.Error) : default;
    }

    public void ClearSlot(ProcessId process, int slot)
    {
        lock (machine.Gate)
        {
            Calls.Add($"clear {process} {slot}");
            accounts.Remove((process.Value, slot));
        }
    }

    /// <summary>What is on its way comes in before it has settled.</summary>
    internal Action? Settling { get; set; }

    public bool Settle()
    {
        Settling?.Invoke();
        return true;
    }

    public SlotAccount? ReadAccount(ProcessId process, int slot)
    {
        lock (machine.Gate)
        {
            return accounts.TryGetValue((process.Value, slot), out Account? found)
                ? new SlotAccount(found.Counted, found.Recorded, found.Filtered, found.Dropped, found.Last, found.Skipped)
                : null;
        }
    }

    public IEnumerable<(SlotAccount Account, AccessMode Mode)> LeftAccounts
    {
        get
        {
            lock (machine.Gate)
                return [.. accounts.Select(one => (ReadAccount(new ProcessId(one.Key.Process), one.Key.Slot)!.Value, one.Value.Content.Mode))];
        }
    }

    public void Skip(ProcessId process, int slot)
    {
        lock (machine.Gate)
        {
            if (AccountOf(process.Value, slot) is not { } account)
                return;
            account.Recorded--;
            account.Skipped++;
        }
    }

    public void SetStale(ProcessId process, int slot, bool stale)
    {
        lock (machine.Gate)
        {
            if (AccountOf(process.Value, slot) is { } account)
                account.Stale = stale;
        }
    }

    public bool CorrectLastValue(ProcessId process, int slot, ulong expected, ulong value)
    {
        lock (machine.Gate)
        {
            if (!accounts.TryGetValue((process.Value, slot), out Account? found) || found.Last != expected)
                return false;
            found.Last = value;
            return true;
        }
    }

    /// <summary>Fake time passes once the session has taken what the last drain gave it. It asks the tracer before each item;
    /// a session without a tracer, or one that is busy or over, is given a little real time.</summary>
    public void Wait(TimeSpan atMost)
    {
        if (machine.Tracer.Asked == 0)
            Thread.Sleep(1);
        else
            SpinWait.SpinUntil(() => machine.Tracer.Asked >= caughtUp, TimeSpan.FromMilliseconds(20));
        if (Pace > TimeSpan.Zero)
            Thread.Sleep(Pace);
        machine.Clock.Advance(atMost);
    }

    public int Drain(IHitReceiver receiver)
    {
        if (Failure is { } failure)
            throw failure;
        machine.RunTimeLine();
        int count = 0;
        bool holds = Held;
        while (!holds && Next() is { } record)
        {
            record(receiver);
            count++;
        }

        DrainedAll = !holds;
        if (holds)
            Interlocked.Increment(ref heldPasses);
        caughtUp = machine.Tracer.Asked + count + 1;
        return count;
    }

    public void Dispose() => Calls.Add("dispose");

    internal bool IsTarget(int process) => targets.Contains(process);

    internal Account? AccountOf(int process, int slot) => accounts.GetValueOrDefault((process, slot));

    internal void Put(Action<IHitReceiver> record) => ring.Enqueue(record);

    /// <summary>The kernel stops watching a process: exec or exit.</summary>
    internal void DropTarget(int process) => targets.Remove(process);

    /// <summary>The kernel side of --follow-fork: the child's accounts begin as the parent's.</summary>
    internal void Inherit(int parent, int child)
    {
        known.Add(child);
        targets.Add(child);
        for (int slot = 0; slot < 4; slot++)
        {
            if (accounts.TryGetValue((parent, slot), out Account? from))
                accounts[(child, slot)] = new Account { Content = from.Content, Last = from.Last, Order = from.Order };
        }
    }

    private Action<IHitReceiver>? Next()
    {
        lock (machine.Gate)
            return ring.TryDequeue(out Action<IHitReceiver>? record) ? record : null;
    }

    internal sealed class Account
    {
        internal HardwareSlot Content { get; init; }

        internal ulong Counted { get; set; }

        internal ulong Recorded { get; set; }

        internal ulong Filtered { get; set; }

        internal ulong Dropped { get; set; }

        internal ulong Skipped { get; set; }

        /// <summary>What is in the memory may be another value than the last one seen.</summary>
        internal bool Stale { get; set; }

        internal SlotHandling Handling { get; set; }

        internal FakeOrder? Order { get; set; }

        internal ulong Last { get; set; }
    }
}

/// <summary>A signal that the kernel side is to send.</summary>
internal sealed class FakeOrder(SignalOrder order)
{
    private long counted;
    private bool taken;

    internal SignalOrder Wanted => order;

    internal long Sent { get; private set; }

    internal long Failed { get; private set; }

    /// <summary>What sending ends with; null: it is sent.</summary>
    internal string? Error { get; set; }

    internal bool IsDue()
    {
        bool due = ++counted >= order.After && !(order.Once && taken);
        taken |= due;
        return due;
    }

    internal OrderResult Obey()
    {
        if (!IsDue())
            return new OrderResult(OrderOutcome.NotDue);
        if (Error is { } error)
        {
            Failed++;
            return new OrderResult(OrderOutcome.Failed, error);
        }

        Sent++;
        return new OrderResult(OrderOutcome.Sent);
    }
}
