// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using Livewatcher.Linux.Interop;
using Livewatcher.Model;

namespace Livewatcher.Linux.Arming;

/// <summary>Finds out how many of our events a thread has inherited. The kernel tells nobody; but it keeps account of each
/// thread's debug registers, inherited ones too (kernel/events/hw_breakpoint.c, task_bp_pinned), and refuses one too many.
/// So we open until it refuses, on this thread and, before anything was armed, on another.</summary>
internal sealed class ScanArmingSlots(ScanArmingDelivery delivery, IReadOnlyList<ScanPosition> sequence)
{
    /// <summary>No processor has more; a kernel that went on granting would keep us for ever.</summary>
    private const int MostRegisters = 16;

    private readonly Dictionary<int, int> free = [];

    /// <summary>Measures what is free on a thread that has none of our events.</summary>
    /// <returns>False where the thread is gone.</returns>
    /// <exception cref="ArmingException">Less is free than will be needed.</exception>
    internal bool TryMeasureBefore(int tid)
    {
        foreach (int cpu in delivery.Cpus)
        {
            if (CountFree(tid, cpu) is not { } count)
                return false;
            List<ScanPosition> needed = [.. sequence.Where(position => position.Cpu == cpu)];
            if (count < needed.Count)
                throw new ArmingException(Errno.ENOSPC, Errno.Describe(Errno.ENOSPC), new ThreadId(tid), needed[count].Slot);
            free[cpu] = count;
        }

        return true;
    }

    /// <summary>How many of the sequence's events a thread has from its parent. Events are inherited all at once, under the
    /// parent's context lock (perf_event_init_context), and every thread gets them in the same order: so what is inherited
    /// is always the beginning of the sequence.</summary>
    /// <param name="tid">The thread.</param>
    /// <param name="own">How many of the sequence's events we have opened on it.</param>
    /// <param name="certain">False where the count fits no beginning of the sequence: somebody else's are among them.</param>
    /// <returns>Null where the thread is gone.</returns>
    internal int? CountInherited(int tid, int own, out bool certain)
    {
        certain = true;
        int first = sequence[0].Cpu;
        int last = sequence[^1].Cpu;
        // First what is quickest: a thread without anything may be about to start the next one and end.
        if (InheritedOn(tid, first, own) is not { } onFirst)
            return null;
        if (onFirst == 0)
            return 0;
        if (InheritedOn(tid, last, own) is not { } onLast)
            return null;
        if (onFirst == Needed(first, sequence.Count) && onLast == Needed(last, sequence.Count))
            return sequence.Count;

        Dictionary<int, int> inherited = new() { [first] = onFirst, [last] = onLast };
        foreach (int cpu in delivery.Cpus.Where(cpu => !inherited.ContainsKey(cpu)).ToList())
        {
            if (InheritedOn(tid, cpu, own) is not { } count)
                return null;
            inherited[cpu] = count;
        }

        int total = Math.Clamp(inherited.Values.Sum(), 0, sequence.Count);
        certain = inherited.All(pair => pair.Value == Needed(pair.Key, total));
        return total;
    }

    private int? InheritedOn(int tid, int cpu, int own) => CountFree(tid, cpu) is { } count ? free[cpu] - count - Needed(cpu, own) : null;

    /// <summary>How many of the first so many events are on this CPU.</summary>
    private int Needed(int cpu, int beginning) => sequence.Take(beginning).Count(position => position.Cpu == cpu);

    private int? CountFree(int tid, int cpu)
    {
        ScanPosition position = sequence[0] with { Cpu = cpu };
        List<PerfEvent> trials = [];
        try
        {
            while (trials.Count < MostRegisters)
            {
                PerfEvent? one = PerfEvent.TryOpen(delivery.Basic(position), tid, cpu, out int errno);
                if (one is not null)
                    trials.Add(one);
                else if (errno == Errno.ESRCH)
                    return null;
                else if (errno == Errno.ENOSPC)
                    break;
                else
                    throw new ArmingException(errno, Errno.Describe(errno), new ThreadId(tid), position.Slot);
            }

            return trials.Count;
        }
        finally
        {
            trials.ForEach(one => one.Dispose());
        }
    }
}
