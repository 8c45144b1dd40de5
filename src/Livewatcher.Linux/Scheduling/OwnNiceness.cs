// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using Livewatcher.Linux.Interop;
using Livewatcher.Linux.ProcFs;

namespace Livewatcher.Linux.Scheduling;

/// <summary>How nice livewatcher's threads are (sched(7), setpriority(2)). On a machine where a hundred threads want each CPU, each has a hundredth of it,
/// and so would livewatcher: what takes it a fifth of a second would take twenty seconds, while the program goes on. There it is given the weight of all
/// others that want its CPU together, which is half of one: where four queue and it is waited for, else where eight do. All of its threads, for where one
/// of them has to collect garbage it waits for the others. Whoever has started livewatcher with a niceness of his own has it so, and without CAP_SYS_NICE
/// nothing changes.
/// And how long a slice they have, which decides who goes first at equal weight: whoever wakes with a shorter one does not wait for the end of a longer one.</summary>
public static class OwnNiceness
{
    /// <summary>The weight of one step (kernel/sched/core.c, sched_prio_to_weight).</summary>
    private const double StepOfWeight = 1.25;

    private const int LeastNice = -20;

    /// <summary>Threads that want a CPU, for each: from there on it is crowded, and we go before others all the while.</summary>
    private const double LongQueue = 8;

    /// <summary>From here on where somebody waits for us. Two or three are there by chance, and would be kept waiting by a start that has its time.</summary>
    private const double ShortQueue = 4;

    /// <summary>A little more than the usual 1.4 to 3 ms (kernel/sched/fair.c, sysctl_sched_base_slice): a thread of the program that wakes takes the CPU from us at once,
    /// and not at the next tick, which may be 4 ms away (Linux 6.12, PREEMPT_SHORT). With 100 ms others would on a busy machine where it is we who wake.</summary>
    internal const ulong Slice = 5_000_000;

    private const string OwnThreads = "/proc/self/task";

    /// <summary>As this process was given it: whatever is asked of this class first comes before the first change.</summary>
    private static readonly int Given = Priorities.NicenessOf(Environment.ProcessId);

    private static readonly Lock Gate = new();
    private static int current = Given;
    private static bool isAwaited;
    private static ulong slice;

    /// <summary>From now on whoever wakes goes first. Not before the program has been started, which would have it so too.</summary>
    public static void GiveWay()
    {
        lock (Gate)
        {
            slice = Slice;
            foreach (int thread in ProcessFiles.NumbersIn(OwnThreads))
                _ = Priorities.Set(thread, Priorities.NicenessOf(thread), slice);
        }
    }

    /// <summary>Somebody waits for what comes now: for the arming, or for the end.</summary>
    public static void Raise() => Adjust(true);

    /// <summary>Nobody does any more.</summary>
    public static void Restore() => Adjust(false);

    /// <summary>To be called now and then: load comes and goes.</summary>
    public static void KeepUp() => Adjust(null);

    /// <summary>Until it is disposed of, children of the calling thread are as nice as they would be without us, and have the usual slice.</summary>
    internal static Lull AsGiven() => new(Gate.EnterScope());

    /// <summary>The niceness whose weight is that of so many threads that are not nice at all.</summary>
    internal static int NicenessOf(double threads) =>
        threads <= 1 ? 0 : Math.Max(LeastNice, -(int)Math.Round(Math.Log(threads) / Math.Log(StepOfWeight)));

    /// <param name="awaited">null: as before.</param>
    private static void Adjust(bool? awaited)
    {
        if (Given != 0)
            return;
        double queued = RunQueue.ThreadsPerCpu();
        lock (Gate)
        {
            isAwaited = awaited ?? isAwaited;
            SetAll(queued >= (isAwaited ? ShortQueue : LongQueue) ? NicenessOf(queued) : 0);
        }
    }

    private static void SetAll(int niceness)
    {
        if (niceness == current)
            return; // threads are as nice as whoever makes them
        foreach (int thread in ProcessFiles.NumbersIn(OwnThreads))
        {
            if (Priorities.SetNiceness(thread, niceness) is Errno.EACCES or Errno.EPERM)
                return;
        }

        current = niceness;
    }

    /// <summary>The calling thread is as nice as the process was given, for a moment in which nobody changes that.</summary>
    internal readonly ref struct Lull
    {
        private readonly Lock.Scope scope;

        internal Lull(Lock.Scope scope)
        {
            this.scope = scope;
            if (current != Given || slice != 0)
                _ = Priorities.Set(0, Given, 0);
        }

        public void Dispose()
        {
            if (current != Given || slice != 0)
                _ = Priorities.Set(0, current, slice);
            scope.Dispose();
        }
    }
}
