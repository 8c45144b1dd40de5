// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using System.Globalization;
using Livewatcher.Model;

namespace Livewatcher.Linux.ProcFs;

/// <summary>What a thread is doing (proc_pid_stat(5)), and how much it has done (/proc/PID/task/TID/schedstat, Documentation/scheduler/sched-stats.rst).</summary>
/// <param name="State">Its letter; Z also for one that is gone.</param>
/// <param name="Run">ns on a CPU so far.</param>
/// <param name="Turns">How often it was put on one.</param>
internal readonly record struct ThreadActivity(char State, long Run, long Turns)
{
    /// <summary>So long on a CPU that a clone(2) of before is over: creating a thread takes some 50 us of it.</summary>
    private const long CloneNanoseconds = 5_000_000;

    /// <summary>Put on a CPU so often since that it is over, too: what does not sleep is taken off only at the end of its share of milliseconds, or for somebody
    /// more urgent. A thread that yields again and again has run for microseconds each time, and would not come to the above in minutes.</summary>
    private const long CloneTurns = 256;

    /// <summary>USER_HZ.</summary>
    private const long TickNanoseconds = 10_000_000;

    internal bool HasEnded => State is 'Z' or 'X';

    internal static ThreadActivity Read(ProcessId process, int tid)
    {
        string folder = $"/proc/{process.Value}/task/{tid}";
        // The name, in parentheses, may hold anything.
        ReadOnlySpan<char> stat = ProcessFiles.TryReadText($"{folder}/stat");
        int name = stat.LastIndexOf(')');
        if (name < 0 || name + 2 >= stat.Length)
            return new ThreadActivity('Z', 0, 0);
        if (ProcessFiles.TryReadText($"{folder}/schedstat")?.Split(' ') is { } done)
            return new ThreadActivity(stat[name + 2], NumberIn(done, 0), NumberIn(done, 2));
        // A kernel without CONFIG_SCHED_INFO: ticks in user mode and in the kernel.
        string[] fields = stat[(name + 2)..].ToString().Split(' ');
        return new ThreadActivity(stat[name + 2], (NumberIn(fields, 11) + NumberIn(fields, 12)) * TickNanoseconds, 0);
    }

    /// <summary>True where the thread cannot be in the clone(2) that it was in, if in any, at an earlier look: it sleeps so
    /// that a signal would wake it, which copy_process() never does; or it is stopped or gone; or it has run long since, or often.</summary>
    internal bool HasLeftClone(ThreadActivity earlier) => State is not ('R' or 'D') || Run >= earlier.Run + CloneNanoseconds || Turns >= earlier.Turns + CloneTurns;

    private static long NumberIn(string[] fields, int at) =>
        at < fields.Length && long.TryParse(fields[at].AsSpan().Trim(), NumberStyles.None, CultureInfo.InvariantCulture, out long number) ? number : 0;
}
