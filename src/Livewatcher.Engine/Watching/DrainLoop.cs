// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using System.Collections.Concurrent;
using Livewatcher.Engine.Auditing;
using Livewatcher.Engine.Flooding;
using Livewatcher.Engine.Ordering;
using Livewatcher.Model;

namespace Livewatcher.Engine.Watching;

/// <summary>The one thread that drains the source: every few milliseconds, or at once when the source presses; less often where nothing
/// has happened for a while, and the first that does wakes it. After each drain comes the audit. Memory is bounded: when the session lags, the ring fills and the kernel side counts the drops.</summary>
internal sealed class DrainLoop : IHitReceiver, IDisposable
{
    /// <summary>Bytes of copied stacks that may wait for the session.</summary>
    private const long QueueBytes = 256L << 20;

    private const long SkippedBetweenLooks = 64;

    /// <summary>Where the session lags so far that the drain stands still, nobody waits for it longer.</summary>
    private static readonly TimeSpan PassPatience = TimeSpan.FromMilliseconds(200);

    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(3);

    /// <summary>For the audit alone: the first record ends it.</summary>
    private static readonly TimeSpan QuietInterval = TimeSpan.FromMilliseconds(24);

    /// <summary>Drains that have found nothing, until it is quiet: a burst that waits to be over (<see cref="BurstHold"/>) is told by then.</summary>
    private const int QuietDrains = 40;

    /// <summary>Of those then, one in so many is told to the session, which looks for itself whether processes still live.</summary>
    private const int QuietDrainsToTell = 4;

    private const ulong KeepUpNanoseconds = 1_000_000_000;

    private readonly IHitSource source;
    private readonly Auditor auditor;
    private readonly IClock clock;
    private readonly FloodMeters meters;
    private readonly FloodBrake brake;
    private readonly Func<ProcessId, int, string?> describe;
    private readonly Action? keepUp;
    private readonly ConcurrentQueue<SessionItem> queue = new();
    private readonly ConcurrentQueue<Action> posted = new();
    /// <summary>Not a SemaphoreSlim, which spins before it sleeps: some hundred times a second, for nothing.</summary>
    private readonly AutoResetEvent filled = new(false);

    /// <summary>Between two drains where it is quiet.</summary>
    private readonly TimeSpan longest;

    private readonly Thread thread;
    private long queuedBytes;
    private long passesBegun;
    private long lastWholePass;
    private long skipped;
    private bool heard;
    private long quiet;
    private volatile bool stopping;
    private volatile Exception? failure;

    /// <param name="source">What is drained.</param>
    /// <param name="auditor">Looks at the memory after each drain.</param>
    /// <param name="meters">Says which hits are beyond the flood limit.</param>
    /// <param name="brake">Switches off what is flooded.</param>
    /// <param name="clock">Time.</param>
    /// <param name="describe">What a descriptor of a process refers to; called on the drain's thread.</param>
    /// <param name="keepUp">Called on the drain's thread, once a second (<see cref="SessionPlatform.KeepUp"/>).</param>
    internal DrainLoop(
        IHitSource source, Auditor auditor, FloodMeters meters, FloodBrake brake, IClock clock, Func<ProcessId, int, string?> describe, Action? keepUp)
    {
        this.keepUp = keepUp;
        this.describe = describe;
        this.source = source;
        this.auditor = auditor;
        this.meters = meters;
        this.brake = brake;
        this.clock = clock;
        longest = auditor.Interval == TimeSpan.Zero || auditor.Interval > QuietInterval ? QuietInterval : auditor.Interval;
        thread = new Thread(Run) { Name = "lw-drain", IsBackground = true };
    }

    internal void Start() => thread.Start();

    /// <summary>The next item; null when none comes in time, or something is posted.</summary>
    internal SessionItem? Take(TimeSpan atMost)
    {
        if (!queue.TryDequeue(out SessionItem? item))
        {
            filled.WaitOne(atMost);
            if (!queue.TryDequeue(out item))
            {
                if (failure is { } broken)
                    throw new InvalidOperationException("the drain loop has failed", broken);
                return null;
            }
        }

        if (item is SessionItem.RawHitItem { Hit: var hit })
            Interlocked.Add(ref queuedBytes, -Weight(hit));
        return item;
    }

    /// <summary>What waits for the session, roughly.</summary>
    internal int Backlog => queue.Count;

    /// <summary>Lets the session's thread do something, before it goes on with what is drained. From any thread.</summary>
    internal void Post(Action act)
    {
        posted.Enqueue(act);
        filled.Set();
    }

    /// <summary>Has the session look at what has come from elsewhere. From any thread, and after the end too.</summary>
    internal void Wake()
    {
        try
        {
            filled.Set();
        }
        catch (ObjectDisposedException)
        {
            // Nobody is there any more to look.
        }
    }

    /// <summary>Somebody waits for what the next drains bring, or for the time up to which all is drained. From any thread.</summary>
    internal void Hurry()
    {
        if (Interlocked.Exchange(ref quiet, 0) >= QuietDrains)
            source.Rouse();
    }

    /// <summary>Does what is posted by now, on the session's thread.</summary>
    /// <param name="most">So much of it: who posts without end must not hold up the rest.</param>
    internal void DoPosted(int most)
    {
        for (int left = Math.Min(most, posted.Count); left > 0 && posted.TryDequeue(out Action? act); left--)
            act();
    }

    /// <summary>Waits until every hit that has happened by now is in the source's accounts.</summary>
    /// <returns>False where the drain does not get that far in time.</returns>
    internal bool AwaitPass()
    {
        if (!source.Settle())
            return false;
        if (source.TracksValues)
            return true; // the kernel keeps the accounts itself
        Hurry();
        long begun = Interlocked.Read(ref passesBegun);
        return SpinWait.SpinUntil(() => Interlocked.Read(ref lastWholePass) > begun, PassPatience);
    }

    /// <summary>Drains once more, without regard to the queue's bound, and ends the thread.</summary>
    internal void Stop()
    {
        stopping = true;
        Hurry();
        if (!thread.ThreadState.HasFlag(ThreadState.Unstarted)) // it is Background at the same time
            thread.Join();
    }

    public void OnHit(RawHit hit)
    {
        heard = true;
        if (!meters.Admits(hit))
        {
            // A full ring takes a while to be drained.
            if (++skipped % SkippedBetweenLooks == 1)
                brake.Look();
            return;
        }

        bool isCall = (long)hit.Registers.OrigRax >= 0 || hit.Registers.OrigRax == UserRegisters.UnknownCall;
        if (hit.Origin == HitOrigin.Kernel && isCall)
            hit.Descriptor = describe(hit.Process, (int)(hit.Registers.IsCompatibilityMode ? hit.Registers.Rbx : hit.Registers.Rdi));
        Interlocked.Add(ref queuedBytes, Weight(hit));
        queue.Enqueue(new SessionItem.RawHitItem(hit));
    }

    public void OnArisen(RawHit at, bool isFreed) => Hear(new SessionItem.Arisen(at, isFreed));

    public void OnTurned(ulong time, ProcessId process, int slot, ulong number, ulong value, bool isCertain) =>
        Hear(new SessionItem.Turned(time, process, slot, number, value, isCertain));

    public void OnForked(ulong time, ProcessId parent, ProcessId child) => Hear(new SessionItem.Forked(time, parent, child));

    public void OnExec(ulong time, ProcessId process) => Hear(new SessionItem.Execed(time, process));

    public void OnExit(ulong time, ProcessId process) => Hear(new SessionItem.Exited(time, process));

    public void Dispose()
    {
        Stop();
        filled.Dispose();
    }

    private void Run()
    {
        try
        {
            for (ulong due = 0; !stopping;)
            {
                if (clock.Now >= due)
                {
                    keepUp?.Invoke();
                    due = clock.Now + KeepUpNanoseconds;
                }

                if (Volatile.Read(ref quiet) >= QuietDrains && source.WakesAtFirst)
                    source.WaitForFirst(longest);
                else
                    source.Wait(Interval);
                if (Interlocked.Read(ref queuedBytes) < QueueBytes)
                    DrainOnce();
                else
                    Thread.Sleep(Interval); // a full ring does not let Wait sleep
            }

            DrainOnce();
        }
        catch (Exception e)
        {
            failure = e; // a bug; it surfaces with its stack where the session takes the next item
        }
    }

    private void DrainOnce()
    {
        ulong start = clock.Now;
        long pass = Interlocked.Increment(ref passesBegun);
        heard = false;
        source.Drain(this);
        bool whole = source.DrainedAll;
        brake.Look();
        if (auditor.Look(start))
        {
            // Nothing is on its way after this, and what was is drained: what is still unexplained has no hit.
            bool settled = source.Settle();
            source.Drain(this);
            whole &= source.DrainedAll;
            foreach (SessionItem found in settled ? auditor.Confirm(clock.Now) : [])
                Hear(found);
        }

        foreach (SessionItem.AtRest rest in auditor.TakeRests(start))
            Hear(rest);
        if (whole)
            Interlocked.Exchange(ref lastWholePass, pass);
        if (heard || !whole || auditor.Doubted)
            Interlocked.Exchange(ref quiet, 0);
        else if (Interlocked.Increment(ref quiet) is > QuietDrains and var drains && drains % QuietDrainsToTell != 0)
            return; // nobody waits for the time up to which all is drained, or he would have said so
        if (whole)
            queue.Enqueue(new SessionItem.Drained(start));
        filled.Set();
    }

    private void Hear(SessionItem item)
    {
        heard = true;
        queue.Enqueue(item);
    }

    /// <returns>Bytes that a hit keeps, roughly.</returns>
    internal static int Weight(RawHit hit) => 512 + StackPool.SizeFor(hit.Stack.Length);
}
