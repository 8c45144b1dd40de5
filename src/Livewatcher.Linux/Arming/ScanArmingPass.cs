// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using System.Diagnostics;
using Livewatcher.Linux.Interop;
using Livewatcher.Linux.ProcFs;
using Livewatcher.Model;

namespace Livewatcher.Linux.Arming;

/// <summary>An event that we have opened; an anchor has slot -1.</summary>
internal readonly record struct ScannedEvent(int Tid, int Slot, PerfEvent Event)
{
    internal const int AnchorSlot = -1;
}

/// <summary>One arming of a process whose threads nobody holds: opens the same sequence of events on every thread, all of
/// them disabled, until no thread lacks one and none has one twice.
/// <para>A thread that comes while we work has inherited from its parent all, none or the beginning of the sequence. It is
/// given the whole sequence at once, for it may start the next thread and end any moment; then what it has twice is closed
/// again, which takes it from whatever inherited that as well. As nothing is enabled before the end, nothing is counted
/// twice meanwhile.</para>
/// <para>A thread may be inside clone(2), its events copied already, while we open ours on it; the newcomer then comes to
/// light only later. So the pass ends when each thread that we have opened events on has been seen outside clone(2) since,
/// and listings begun after that, as long as the kernel's count of threads, hold none but armed ones.</para></summary>
internal sealed class ScanArmingPass : IDisposable
{
    /// <summary>Listings in a row that must bring nothing new: one can miss a thread (ScanArmingThreads.List).</summary>
    private const int QuietListings = 3;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(3);

    private readonly ProcessId process;
    private readonly IReadOnlyList<ScanPosition> sequence;
    private readonly ScanArmingDelivery delivery;
    private readonly ScanArmingSlots slots;
    private readonly ScanArmingThreads threads;
    private readonly List<ScannedEvent> events = [];

    /// <summary>Threads that have all events; with what they were doing when we gave them some, null where they need not be
    /// watched on: they have inherited all.</summary>
    private readonly Dictionary<int, ThreadActivity?> complete = [];

    /// <summary>Threads that have ended and are listed all the same, as the first one is till the last has ended.</summary>
    private readonly HashSet<int> dead = [];

    private readonly HashSet<string> gaps = [];
    private bool anchored = true;

    private ScanArmingPass(ProcessId process, IReadOnlyList<ScanPosition> sequence, ScanArmingDelivery delivery, ScanArmingThreads threads)
    {
        this.process = process;
        this.sequence = sequence;
        this.delivery = delivery;
        this.threads = threads;
        slots = new ScanArmingSlots(delivery, sequence);
    }

    /// <summary>What is open; the caller's to close once <see cref="Keep"/> has been called.</summary>
    internal IReadOnlyList<ScannedEvent> Events => events;

    /// <summary>Threads that have all events now.</summary>
    internal int Threads => complete.Count;

    /// <summary>Why a thread may lack its events, or have them twice.</summary>
    internal IReadOnlyCollection<string> Gaps => gaps;

    /// <summary>True where what a newcomer has inherited could not be told for certain (ScanArmingDelivery.AnchorAttributes).</summary>
    internal bool Doubtful { get; private set; }

    /// <summary>Starts with the threads that are there; none of them can have inherited anything yet.</summary>
    /// <exception cref="ArmingException">Nothing stays open.</exception>
    internal static ScanArmingPass Begin(ProcessId process, IReadOnlyList<ScanPosition> sequence, ScanArmingDelivery delivery)
    {
        ScanArmingThreads folder = ScanArmingThreads.TryOpen(process) ?? throw Gone(process, sequence);
        ScanArmingPass pass = new(process, sequence, delivery, folder);
        try
        {
            List<int> present = folder.List();
            if (!present.Exists(pass.slots.TryMeasureBefore))
                throw Gone(process, sequence);
            foreach (int tid in present)
            {
                if (pass.TryOpen(tid, 0, mayBeFull: false))
                    pass.complete[tid] = ThreadActivity.Read(process, tid);
            }

            pass.Complete();
            return pass;
        }
        catch
        {
            pass.Dispose();
            throw;
        }
    }

    /// <summary>Goes on until every thread is armed and none can be on its way, or patience ends: then there is a gap.</summary>
    internal void Complete()
    {
        long start = Stopwatch.GetTimestamp();
        for (int quiet = 0, listings = 1; quiet < QuietListings; listings++)
        {
            bool settled = Settle();
            bool news = ArmNewcomers();
            quiet = settled && !news ? quiet + 1 : 0;
            if (Stopwatch.GetElapsedTime(start) > Patience)
            {
                gaps.Add(news
                    ? $"threads of process {process} come and go faster than they can be armed: still unarmed ones after {listings} listings of its threads in {Patience.TotalSeconds:0} s"
                    : $"a thread of process {process} may have been starting another one all the {Patience.TotalSeconds:0} s while it was armed; that one would be unarmed");
                return;
            }

            if (!settled && !news)
                Thread.Sleep(1);
        }
    }

    /// <summary>Closes every event of the threads whose root is among these, and forgets what all threads have.</summary>
    internal void Reopen(IReadOnlySet<int> tids)
    {
        foreach (ScannedEvent one in events.Where(one => tids.Contains(one.Tid)))
            one.Event.Dispose();
        events.RemoveAll(one => tids.Contains(one.Tid));
        complete.Clear();
        Complete();
    }

    /// <summary>Closes single events that their threads turn out to have twice.</summary>
    internal void Close(IReadOnlyCollection<ScannedEvent> twice)
    {
        foreach (ScannedEvent one in twice)
            one.Event.Dispose();
        events.RemoveAll(twice.Contains);
    }

    /// <summary>Hands the events over to the caller.</summary>
    internal List<ScannedEvent> Keep()
    {
        List<ScannedEvent> kept = [.. events];
        events.Clear();
        return kept;
    }

    public void Dispose()
    {
        threads.Dispose();
        events.ForEach(one => one.Event.Dispose());
        events.Clear();
    }

    private static ArmingException Gone(ProcessId process, IReadOnlyList<ScanPosition> sequence) =>
        new(Errno.ESRCH, Errno.Describe(Errno.ESRCH), new ThreadId(process.Value), sequence[0].Slot);

    /// <summary>True where no thread that we have opened events on can still be in the clone(2) that it was in then.</summary>
    private bool Settle()
    {
        foreach ((int tid, ThreadActivity? earlier) in complete.ToList())
        {
            if (earlier is { } then && ThreadActivity.Read(process, tid).HasLeftClone(then))
                complete[tid] = null;
        }

        return complete.Values.All(earlier => earlier is null);
    }

    /// <returns>True where a thread lacked something or was gone before it could be looked at (what it has started may
    /// lack all), or where the listing has missed one.</returns>
    private bool ArmNewcomers()
    {
        List<int> present = threads.List();
        foreach (int tid in complete.Keys.Except(present).ToList())
            complete.Remove(tid);
        dead.IntersectWith(present);
        bool news = false;
        foreach (int tid in present.Where(tid => !complete.ContainsKey(tid) && !dead.Contains(tid)))
            news |= !TryRecognise(tid);
        return news || ScanArmingThreads.Count(process) != present.Count;
    }

    /// <summary>Looks at a newcomer, and arms it where it must be.</summary>
    /// <returns>True where it has inherited everything.</returns>
    private bool TryRecognise(int tid)
    {
        int before = events.Count;
        bool alive = TryOpen(tid, 0, mayBeFull: true);
        int first = before + (anchored ? 1 : 0);
        int own = Math.Max(0, events.Count - first);
        bool certain = true;
        if (!alive || slots.CountInherited(tid, own, out certain) is not { } inherited)
        {
            // Its children have from it what we have just opened, perhaps twice; without it they are newcomers like others.
            Close(before, events.Count - before);
            dead.Add(tid);
            return false;
        }

        if (!certain)
            gaps.Add($"somebody else uses debug registers of some threads of process {process} only: it cannot be told whether thread {tid} has inherited its watches");
        if (inherited > 0)
            Close(before, first - before + Math.Min(inherited, own));
        if (inherited == sequence.Count)
        {
            complete[tid] = null;
            return true;
        }

        Doubtful |= !anchored;
        if (TryOpen(tid, Math.Max(inherited, own), mayBeFull: false))
            complete[tid] = ThreadActivity.Read(process, tid);
        return false;
    }

    /// <summary>Opens the sequence's events from one on; before the first one an anchor.</summary>
    /// <param name="tid">The thread.</param>
    /// <param name="from">Index of the first.</param>
    /// <param name="mayBeFull">True where a refusal may mean that the thread has inherited them.</param>
    /// <returns>False where the thread is ending.</returns>
    /// <exception cref="ArmingException">The kernel refuses.</exception>
    private bool TryOpen(int tid, int from, bool mayBeFull)
    {
        if (from == 0 && anchored && !TryAnchor(tid))
            return false;
        for (int i = from; i < sequence.Count; i++)
        {
            ScanPosition position = sequence[i];
            PerfEvent? one = PerfEvent.TryOpen(delivery.AttributesOf(position), tid, position.Cpu, out int errno);
            if (one is not null)
            {
                events.Add(new ScannedEvent(tid, position.Slot, one));
                errno = delivery.Connect(one, position);
            }

            if (errno == Errno.ESRCH)
                return false;
            if (errno == Errno.ENOSPC && mayBeFull)
                return true;
            if (errno != 0)
                throw new ArmingException(errno, Errno.Describe(errno), new ThreadId(tid), position.Slot);
        }

        return true;
    }

    private bool TryAnchor(int tid)
    {
        PerfEvent? anchor = PerfEvent.TryOpen(delivery.AnchorAttributes(), tid, -1, out int errno);
        if (anchor is not null)
            events.Add(new ScannedEvent(tid, ScannedEvent.AnchorSlot, anchor));
        else if (errno == Errno.EINVAL)
            anchored = false;
        else if (errno != Errno.ESRCH)
            throw new ArmingException(errno, Errno.Describe(errno), new ThreadId(tid), sequence[0].Slot);
        return errno != Errno.ESRCH;
    }

    private void Close(int from, int count)
    {
        for (int i = from; i < from + count; i++)
            events[i].Event.Dispose();
        events.RemoveRange(from, count);
    }
}
