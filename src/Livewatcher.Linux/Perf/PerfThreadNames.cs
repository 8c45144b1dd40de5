// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using System.Collections.Concurrent;
using Livewatcher.Linux.ProcFs;

namespace Livewatcher.Linux.Perf;

/// <summary>Names of threads (/proc/PID/task/TID/comm), remembered for a second: a sample carries none. A thread that is
/// gone before its hit is read has the name by which it was known last, or its process's, which is the one that most threads
/// have. Thread-safe.</summary>
internal sealed class PerfThreadNames
{
    private const string Unknown = "?";
    private const ulong FreshNanoseconds = 1_000_000_000;
    private const int Limit = 4096;

    private readonly ConcurrentDictionary<(int Pid, int Tid), (string Name, ulong ReadAt)> known = [];

    /// <summary>Takes down what the threads of a process are called now.</summary>
    internal void Learn(int pid)
    {
        foreach (int tid in ProcessFiles.NumbersIn($"/proc/{pid}/task").Take(Limit))
        {
            if (ProcessFiles.TryReadText($"/proc/{pid}/task/{tid}/comm") is { } name)
                known[(pid, tid)] = (name.TrimEnd('\n'), 0); // to be read again at its first hit
        }
    }

    internal string Of(int pid, int tid, ulong now)
    {
        bool seen = known.TryGetValue((pid, tid), out (string Name, ulong ReadAt) entry);
        if (seen && now < entry.ReadAt + FreshNanoseconds)
            return entry.Name;
        string? read = ProcessFiles.TryReadText($"/proc/{pid}/task/{tid}/comm");
        string name = read?.TrimEnd('\n') ?? (seen ? entry.Name : pid == tid ? Unknown : Of(pid, pid, now));
        if (known.Count >= Limit)
            known.Clear();
        known[(pid, tid)] = (name, now);
        return name;
    }
}
