// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using System.Collections.Concurrent;
using Livewatcher.Engine.Watching;
using Livewatcher.Model;

namespace Livewatcher.Engine.Rotating;

/// <summary>Lets slots take turns over the debug registers (docs/rotating.md). To the session each slot is armed all the time: source, arming and tracer are
/// shown to it as if there were as many registers as slots. A thread of its own, lw-turns, ends a turn: it disarms those whose turn is not the next too, waits
/// until every hit of theirs is drained, and so has its slot's number, and arms the next ones.</summary>
internal sealed class Turns : IDisposable
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(3);

    /// <summary>The drain may stand still because the session lags, which has no time to wait for it then.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(200);

    private readonly SessionPlatform inner;
    private readonly ulong length;
    private readonly ConcurrentDictionary<ProcessId, TurnBook> books = new();
    private readonly ConcurrentQueue<Action<IHitReceiver>> told = new();
    private readonly ConcurrentDictionary<string, bool> gaps = new();

    /// <summary>One change of registers at a time. Taken before <see cref="Gate"/>.</summary>
    private readonly Lock changing = new();
    private readonly ManualResetEventSlim drained = new();
    private readonly AutoResetEvent due = new(initialState: false);
    private readonly TurnLoader loader;
    private readonly Thread thread;
    private long drainsBegun;
    private long lastWholeDrain;
    private volatile bool isOver;

    internal Turns(SessionPlatform inner, TimeSpan turn)
    {
        this.inner = inner;
        length = (ulong)turn.TotalNanoseconds;
        loader = new TurnLoader(inner, Gate, told.Enqueue, gap => gaps[gap] = true);
        thread = new Thread(Run) { Name = "lw-turns", IsBackground = true };
        Platform = inner with
        {
            Source = new TurningSource(this, inner.Source),
            Arming = new TurningArming(this, inner.Arming),
            Tracer = inner.Tracer is null ? null : new TurningTracer(this, inner.Tracer),
        };
    }

    /// <summary>The platform with as many debug registers as there are slots.</summary>
    internal SessionPlatform Platform { get; }

    /// <summary>Guards the books. Nobody waits for anything in it.</summary>
    internal Lock Gate { get; } = new();

    /// <summary>There were more slots than registers.</summary>
    internal bool HaveBegun { get; private set; }

    /// <summary>Why a turn did not come, so far.</summary>
    internal IReadOnlyCollection<string> Gaps => [.. gaps.Keys];

    internal TurnBook? Find(ProcessId process) => books.GetValueOrDefault(process);

    internal void Open(ProcessId process)
    {
        lock (changing)
            books[process] = new TurnBook(process, inner.OpenProcess(process));
    }

    internal void Close(ProcessId process)
    {
        lock (Gate)
        {
            if (Find(process) is { } book)
                book.IsClosed = true;
        }
    }

    /// <summary>Slots of watches are armed: at once, as far as there is room, or in their turn.</summary>
    /// <returns>Threads covered.</returns>
    /// <exception cref="ArmingException">The kernel refuses; none of them is armed.</exception>
    internal int Arm(ProcessId process, IReadOnlyCollection<int> slots)
    {
        lock (changing)
        {
            if (Find(process) is not { } book)
                throw ArmingException.Ended(slots.First());
            List<TurnGroup> added;
            lock (Gate)
                added = [.. slots.Select(slot => book.Table.Add(book.WatchOf(slot))).ToList().Distinct().Where(book.Table.Groups.Contains)];
            try
            {
                if (added.Find(group => group.Slots.Count > book.Available) is { } wide)
                    throw new UserException($"too few debug registers: watches that share bytes take {wide.Slots.Count} together, and the processor has {book.Available}");
                List<TurnGroup> fitting = TurnLoader.Fitting(book, added);
                loader.ArmTogether(book, fitting, tells: false);
                book.Table.Give(fitting);
            }
            catch (Exception e) when (e is ArmingException or UserException)
            {
                lock (Gate)
                {
                    foreach (int slot in slots)
                        book.Table.Remove(slot);
                }

                throw;
            }

            if (book.Due == ulong.MaxValue && book.Table.Groups.Any(group => !book.HasRegisters(group)))
                Begin(book);
            return book.Threads;
        }
    }

    /// <summary>Slots are disarmed for good.</summary>
    /// <returns>The kernel's counts, over all turns; nothing for what it does not count.</returns>
    internal IReadOnlyDictionary<int, EventCount> Disarm(ProcessId process, IReadOnlyCollection<int> slots)
    {
        lock (changing)
        {
            if (Find(process) is not { } book)
                return new Dictionary<int, EventCount>();
            List<TurnSlot> armed;
            lock (Gate)
            {
                armed = [.. slots.Select(book.Find).OfType<TurnSlot>().Where(slot => slot.Turn > 0)];
                foreach (int slot in slots)
                    book.Table.Remove(slot);
            }

            LetGo(book, armed);
            Dictionary<int, EventCount> counts = [];
            foreach (int slot in slots)
            {
                if (book.Find(slot) is not { } ended)
                    continue;
                ended.HasEnded = true;
                if (ended.Kernel is { } count)
                    counts[slot] = count;
                ended.Kernel = null;
            }

            return counts;
        }
    }

    /// <summary>Somebody else needs a debug register, or none any more.</summary>
    internal void Reserve(ProcessId process, int registers)
    {
        if (Find(process) is not { } book)
            return;
        book.Reserved = registers;
        if (book.Free.Count == 0 && registers > 0)
            Change(book, Patience);
    }

    /// <summary>No further turn begins. To be called before the registers are freed.</summary>
    internal void End()
    {
        isOver = true;
        due.Set();
        if (HaveBegun)
            thread.Join();
    }

    public void Dispose()
    {
        End();
        due.Dispose();
        drained.Dispose();
    }

    /// <summary>On the drain's thread.</summary>
    internal int Drain(IHitReceiver receiver)
    {
        long drain = Interlocked.Increment(ref drainsBegun);
        int count = inner.Source.Drain(new TurningReceiver(this, receiver));
        while (told.TryDequeue(out Action<IHitReceiver>? tell))
            tell(receiver);
        if (inner.Source.DrainedAll)
        {
            Interlocked.Exchange(ref lastWholeDrain, drain);
            drained.Set();
        }

        ulong now = inner.Clock.Now;
        if (!isOver && books.Values.Any(book => book.Due <= now))
            due.Set();
        return count;
    }

    private void Begin(TurnBook book)
    {
        book.Due = inner.Clock.Now + length;
        if (HaveBegun)
            return;
        HaveBegun = true;
        thread.Start();
    }

    private void Run()
    {
        while (!isOver)
        {
            due.WaitOne();
            foreach (TurnBook book in books.Values.Where(book => !book.IsClosed && book.Due <= inner.Clock.Now))
                Change(book, Timeout.InfiniteTimeSpan);
        }
    }

    /// <param name="book">Whose registers.</param>
    /// <param name="patience">How long to wait for the drain.</param>
    private void Change(TurnBook book, TimeSpan patience)
    {
        lock (changing)
        {
            if (isOver || book.IsClosed)
                return;
            HashSet<int> staying = [.. book.Table.Choose(book.Available).SelectMany(group => group.Slots)];
            LetGo(book, [.. book.Listed.Where(slot => slot.Slot.Turn > 0 && !staying.Contains(slot.Number)).Select(slot => slot.Slot)]);
        }

        if (!AwaitDrain(patience))
            return;
        lock (changing)
        {
            if (isOver || book.IsClosed)
                return;
            loader.Vacate(book, [.. book.Listed.Select(slot => slot.Slot).Where(slot => slot.Turn == 0)]);
            IReadOnlyList<TurnGroup> next = book.Table.Choose(book.Available);
            List<TurnGroup> incoming = TurnLoader.Fitting(book, next);
            book.Table.Give([.. next.Where(group => incoming.Contains(group) || book.HasRegisters(group))]);
            if (!loader.TryArm(book, incoming))
                incoming.ForEach(group => loader.TryArm(book, [group])); // of one of them memory is gone, or somebody else has taken a register
            book.Due = inner.Clock.Now + length;
        }
    }

    /// <summary>Their turn is over.</summary>
    private void LetGo(TurnBook book, List<TurnSlot> slots)
    {
        if (slots.Count == 0)
            return;
        ulong now = inner.Clock.Now;
        lock (Gate)
            slots.ForEach(slot => slot.Stop(now));
        try
        {
            foreach ((int register, EventCount count) in inner.Arming.Disarm(book.Process, [.. slots.Select(slot => slot.Register)]))
            {
                TurnSlot slot = slots.Find(slot => slot.Register == register)!;
                slot.Kernel = (slot.Kernel ?? default) + count;
            }
        }
        catch (UserException e) when (Thread.CurrentThread == thread)
        {
            gaps[e.Message] = true; // the guard is gone, and its registers with it
            isOver = true;
        }
    }

    /// <summary>Until every hit that has happened by now is drained, and has its slot's number. None is in its handler any more: who disarms an event waits for
    /// the processor that it is on (perf_event_disable(), a call by interrupt, which a handler keeps waiting), who disarms a thread by ptrace(2) for the thread.</summary>
    /// <returns>False where that has not come in time.</returns>
    private bool AwaitDrain(TimeSpan patience)
    {
        ulong began = inner.Clock.Now;
        bool isLate = false;
        long begun = Interlocked.Read(ref drainsBegun);
        while (!isOver && !isLate && Interlocked.Read(ref lastWholeDrain) <= begun)
            isLate = Wait();
        return !isLate;

        bool Wait()
        {
            drained.Wait(Pause);
            drained.Reset();
            return patience != Timeout.InfiniteTimeSpan && inner.Clock.Now - began > (ulong)patience.TotalNanoseconds;
        }
    }
}
