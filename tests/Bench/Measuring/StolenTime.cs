// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using System.Diagnostics;
using System.Globalization;

namespace Livewatcher.Bench.Measuring;

/// <summary>Time of a processor that the hypervisor has given to others.</summary>
/// <param name="Processor">Which.</param>
/// <param name="Noticed">CLOCK_MONOTONIC, ns: just after it.</param>
/// <param name="Nanoseconds">How long.</param>
public readonly record struct Theft(int Processor, long Noticed, long Nanoseconds)
{
    /// <summary>ns of it that lie between two times.</summary>
    public long Within(long from, long to) => Math.Max(0, Math.Min(Noticed, to) - Math.Max(Noticed - Nanoseconds, from));
}

/// <summary>Watches the machine's thefts for as long as it lives: what a kernel with paravirtual time accounting takes off the clock of a run queue (prev_steal_time_rq,
/// kernel/sched/core.c), looked at by bpftrace(8) whenever threads are switched.</summary>
public sealed class StolenTime : IDisposable
{
    private const string Script =
        "tracepoint:sched:sched_switch { $stolen = ((struct task_struct *)curtask)->se.cfs_rq->rq->prev_steal_time_rq; "
        + "if ($stolen - @before[cpu] > 100000 && @before[cpu] != 0) { printf(\"%d %llu %llu\\n\", cpu, nsecs, $stolen - @before[cpu]); } @before[cpu] = $stolen; } END { clear(@before); }";

    /// <summary>For compiling and attaching, and for ending.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    /// <summary>How long a word of bpftrace is on its way, or what it says is not yet so.</summary>
    private static readonly TimeSpan Delay = TimeSpan.FromMilliseconds(150);

    private readonly Process? process;
    private readonly List<Theft> thefts = [];

    public StolenTime()
    {
        try
        {
            process = Tool.Start("bpftrace", ["-e", Script]);
        }
        catch (MeasuringException)
        {
            return; // nothing is known to be stolen
        }

        bool attached = false;
        process.OutputDataReceived += (_, told) =>
        {
            Volatile.Write(ref attached, true); // "Attaching 2 probes..."
            if (Read(told.Data ?? "") is { } theft)
            {
                lock (thefts)
                    thefts.Add(theft);
            }
        };
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        SpinWait.SpinUntil(() => Volatile.Read(ref attached) || process.HasExited, Patience);
        Thread.Sleep(Delay);
    }

    /// <summary>Whether this machine tells; on bare metal nothing is stolen.</summary>
    public bool IsKnown => process is { HasExited: false };

    /// <summary>ns that were stolen between two times of CLOCK_MONOTONIC, of the processor that most was stolen of; what is known of it by now (<see cref="CatchUp"/>).</summary>
    public long Within(long from, long to)
    {
        lock (thefts)
            return MostWithin(thefts, from, to);
    }

    /// <summary>Until all that has happened so far is known.</summary>
    public void CatchUp()
    {
        if (IsKnown)
            Thread.Sleep(Delay);
    }

    public void Dispose()
    {
        if (process is null)
            return;
        if (!process.HasExited)
            Tool.Try("kill", ["-INT", process.Id.ToString(CultureInfo.InvariantCulture)]);
        if (!process.WaitForExit(Patience))
            process.Kill();
        process.Dispose();
    }

    /// <summary>A line of bpftrace's output; null where it is no theft.</summary>
    public static Theft? Read(string line) =>
        line.Split(' ') is [var processor, var noticed, var ns] && int.TryParse(processor, CultureInfo.InvariantCulture, out int number)
            ? new Theft(number, long.Parse(noticed, CultureInfo.InvariantCulture), long.Parse(ns, CultureInfo.InvariantCulture))
            : null;

    public static long MostWithin(IReadOnlyList<Theft> thefts, long from, long to) =>
        thefts.GroupBy(theft => theft.Processor).Select(its => its.Sum(theft => theft.Within(from, to))).DefaultIfEmpty().Max();
}
