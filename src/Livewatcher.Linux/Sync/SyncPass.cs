// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using System.Diagnostics;
using Livewatcher.Linux.Arming;
using Livewatcher.Linux.Bpf;
using Livewatcher.Linux.Interop;
using Livewatcher.Linux.ProcFs;
using Livewatcher.Linux.Ptrace;
using Livewatcher.Model;

namespace Livewatcher.Linux.Sync;

/// <summary>One slot armed in one process by a method that may leave the arming to the threads themselves: looks at what the kernel has
/// (ScanArmingEvents), arms the threads that lack it, and looks again, until none does.
/// <para>A thread that arms itself, and one that is held, is in no clone(2) meanwhile, so its children have inherited everything or
/// nothing. One that is armed from here may be, as in <see cref="ScanArmingPass"/>; it counts as settled when it has been seen outside since.
/// What its children inherit half-made, without a program or disabled, is closed at the root and armed anew.</para></summary>
internal sealed class SyncPass : IDisposable
{
    /// <summary>Signals under way at a time. Each thread that answers opens a descriptor in the target, of which it may have few.</summary>
    private const int MostAtATime = 64;

    /// <summary>Looks in a row that must find nothing lacking.</summary>
    private const int QuietLooks = 2;

    /// <summary>The program waits in set_watcher, and gives up after ten seconds.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(7);
    private static readonly TimeSpan SignalPatience = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LookInterval = TimeSpan.FromMilliseconds(10);
    private static readonly TimeSpan StopPatience = TimeSpan.FromMilliseconds(200);

    private readonly SyncTarget target;
    private readonly ScanPosition position;
    private readonly SyncMethod method;
    private readonly ScanArmingEvents kernel;
    private readonly Dictionary<ulong, ScannedEvent> roots = [];

    /// <summary>Threads that have not armed themselves when they were asked to.</summary>
    private readonly HashSet<int> deaf = [];

    /// <summary>Threads that have ended and are listed all the same, as the first one is till the last has ended.</summary>
    private readonly HashSet<int> dead = [];

    /// <summary>Threads that were there at the first look. Others come and go, perhaps faster than they take signals: they are armed at once.</summary>
    private HashSet<int>? first;

    /// <summary>Threads that were armed as they ran, with what they were doing then.</summary>
    private readonly Dictionary<int, ThreadActivity> unsettled = [];

    private SyncPass(SyncTarget target, ScanPosition position, SyncMethod method, ScanArmingEvents kernel)
    {
        this.target = target;
        this.position = position;
        this.method = method;
        this.kernel = kernel;
    }

    internal int Threads { get; private set; }

    internal SyncTally Tally { get; private set; }

    /// <summary>Why a thread may be unarmed; null where none can.</summary>
    internal string? Gap { get; private set; }

    /// <summary>Hits that events which are closed again have counted.</summary>
    internal EventCount CountedByClosed { get; private set; }

    /// <exception cref="ArmingException">Nothing stays open.</exception>
    /// <exception cref="BpfException">The kernel does not say what its threads have.</exception>
    internal static SyncPass Run(SyncTarget target, ScanPosition position, SyncMethod method, ScanArmingEvents kernel)
    {
        SyncPass pass = new(target, position, method, kernel);
        try
        {
            if (target.Prepare(position, method == SyncMethod.SingleStep) is var refused and not 0)
                throw pass.Refused(refused, tid: null);
            pass.ArmAll();
            return pass;
        }
        catch
        {
            pass.Dispose();
            throw;
        }
        finally
        {
            target.Finish();
        }
    }

    /// <summary>Hands the events over to the caller.</summary>
    internal List<ScannedEvent> Keep()
    {
        List<ScannedEvent> kept = [.. roots.Values];
        roots.Clear();
        return kept;
    }

    public void Dispose() => Close([.. roots.Keys]);

    private void ArmAll()
    {
        long start = Stopwatch.GetTimestamp();
        for (int quiet = 0; quiet < QuietLooks;)
        {
            List<ThreadEvent> found = [.. kernel.Read(target.Process)];
            if (found.Count == 0)
                throw Refused(Errno.ESRCH, tid: null);
            bool mended = Mend(found);
            HashSet<int> covered = [.. found.Where(one => roots.ContainsKey(one.Root)).Select(one => (int)one.Tid)];
            first ??= [.. found.Select(one => (int)one.Tid)];
            List<int> lacking = [.. found.Select(one => (int)one.Tid).Distinct().Where(tid => !covered.Contains(tid) && !dead.Contains(tid))];
            Threads = covered.Count;
            bool settled = Settle();
            quiet = lacking.Count == 0 && settled && !mended ? quiet + 1 : 0;
            if ((lacking.Count > 0 || !settled) && Stopwatch.GetElapsedTime(start) > Patience)
            {
                Gap = $"threads of process {target.Process} come and go faster than they can be armed (sync {SyncMethods.NameOf(method)}): "
                    + $"{lacking.Count} of {covered.Count + lacking.Count} unarmed after {Patience.TotalSeconds:0} s";
                return;
            }

            foreach (int[] some in lacking.OrderBy(first.Contains).Chunk(MostAtATime))
                Arm(some);
            if (lacking.Count == 0 && !settled)
                Thread.Sleep(1);
        }
    }

    /// <summary>Closes roots of which a thread has a half-made event, and one of two where a thread has two.</summary>
    private bool Mend(List<ThreadEvent> found)
    {
        const ThreadEventFlags whole = ThreadEventFlags.LW_EVENT_PROGRAM | ThreadEventFlags.LW_EVENT_ENABLED;
        List<ThreadEvent> ours = [.. found.Where(one => roots.ContainsKey(one.Root))];
        HashSet<ulong> wrong = [.. ours.Where(one => (one.Flags & whole) != whole || one.Address != position.Content.Address.Value).Select(one => one.Root)];
        foreach (IGrouping<uint, ThreadEvent> thread in ours.GroupBy(one => one.Tid).Where(group => group.Count() > 1))
            wrong.Add(thread.Max(one => one.Root));
        // A program may have sent the event of something else.
        HashSet<int> alive = [.. found.Select(one => (int)one.Tid)];
        wrong.UnionWith(roots.Where(root => alive.Contains(root.Value.Tid)).Select(root => root.Key).Except(ours.Select(one => one.Root)));
        foreach (ScannedEvent root in wrong.Select(id => roots[id]))
            deaf.Add(root.Tid);
        Close(wrong);
        return wrong.Count > 0;
    }

    private void Close(IReadOnlyCollection<ulong> ids)
    {
        CountedByClosed += PerfEvent.End([.. ids.Select(id => roots[id].Event)]);
        foreach (ulong id in ids)
            roots.Remove(id);
    }

    private bool Settle()
    {
        foreach ((int tid, ThreadActivity then) in unsettled.ToList())
        {
            if (ThreadActivity.Read(target.Process, tid).HasLeftClone(then))
                unsettled.Remove(tid);
        }

        return unsettled.Count == 0;
    }

    private void Arm(IReadOnlyList<int> tids)
    {
        ILookup<Way, int> ways = tids.ToLookup(WayOf);
        dead.UnionWith(ways[Way.None]);
        foreach (int tid in ways[Way.Directly])
            Directly(tid);
        HashSet<int> asked = [.. ways[Way.BySignal]];
        asked.UnionWith(ways[Way.Held].Except(Hold(ways[Way.Held])));
        foreach (int tid in asked.Where(tid => deaf.Contains(tid) || !target.TrySignal(tid)).ToList())
        {
            asked.Remove(tid);
            Directly(tid);
        }

        Await(asked);
    }

    private Way WayOf(int tid)
    {
        ThreadActivity activity = ThreadActivity.Read(target.Process, tid);
        return (method, activity.State) switch
        {
            _ when activity.HasEnded => Way.None,
            // A stopped thread would take the signal when it goes on, and no sooner.
            (_, 'T' or 't') => Way.Directly,
            _ when !first!.Contains(tid) => Way.Directly,
            (SyncMethod.SigRun, not 'R') => Way.Directly,
            (SyncMethod.LockRq, 'S') => Way.Held,
            _ => Way.BySignal,
        };
    }

    /// <summary>Arms threads while they are held.</summary>
    /// <returns>Those that were.</returns>
    private List<int> Hold(IEnumerable<int> tids)
    {
        List<int> held = [];
        List<(int Tid, int Errno)> refused = [];
        ThreadHold.ForEach(tids, StopPatience, tid =>
        {
            if (TryOpen(tid, out int errno))
                held.Add(tid);
            else if (errno != Errno.ESRCH)
                refused.Add((tid, errno));
        });
        Tally = Tally with { Held = Tally.Held + held.Count };
        return refused is [var one, ..] ? throw Refused(one.Errno, one.Tid) : held;
    }

    private void Directly(int tid)
    {
        if (!TryOpen(tid, out int errno))
        {
            _ = errno == Errno.ESRCH ? dead.Add(tid) : throw Refused(errno, tid);
            return;
        }

        unsettled[tid] = ThreadActivity.Read(target.Process, tid);
        Tally = Tally with { Directly = Tally.Directly + 1 };
    }

    /// <returns>False, with errno, where the kernel refuses; ESRCH: the thread is ending.</returns>
    private bool TryOpen(int tid, out int errno)
    {
        PerfEvent? one = target.Open(position, tid, out errno);
        if (one?.Id is not { } id)
            return false;
        roots[id] = new ScannedEvent(tid, position.Slot, one);
        return true;
    }

    /// <summary>Takes the answers of threads that were asked to arm themselves. Who does not answer is not asked again.</summary>
    private void Await(HashSet<int> asked)
    {
        long start = Stopwatch.GetTimestamp();
        while (asked.Count > 0 && Stopwatch.GetElapsedTime(start) < SignalPatience)
        {
            SelfArmed? answer = target.Take(LookInterval);
            if (answer is null) // one that blocks signals because it is about to end does not answer
                asked.RemoveWhere(tid => ThreadActivity.Read(target.Process, tid).HasEnded);
            else if (asked.Remove(answer.Thread.Value))
                Accept(answer);
            else
                answer.Event?.Dispose();
        }

        if (asked.Count == 0)
            return;
        deaf.UnionWith(asked);
        if (target.Revoke(position, method == SyncMethod.SingleStep) is var refused and not 0)
            throw Refused(refused, tid: null);
    }

    private void Accept(SelfArmed answer)
    {
        int tid = answer.Thread.Value;
        if (answer is { Error: 0, Event: SafeDescriptor descriptor } && PerfEvent.TryAdopt(descriptor) is { } one)
        {
            if (one.Id is { } id && roots.TryAdd(id, new ScannedEvent(tid, position.Slot, one)))
            {
                Tally = answer.AtTrap ? Tally with { AtTrap = Tally.AtTrap + 1 } : Tally with { BySignal = Tally.BySignal + 1 };
                return;
            }

            one.Dispose();
        }

        if (answer.Error == Errno.ENOSPC)
            throw Refused(Errno.ENOSPC, tid);
        deaf.Add(tid); // perhaps this program may not open perf events; we may
    }

    private ArmingException Refused(int errno, int? tid) =>
        new(errno, Errno.Describe(errno), tid is { } thread ? new ThreadId(thread) : null, position.Slot);

    private enum Way
    {
        None,
        BySignal,
        Held,
        Directly,
    }
}
