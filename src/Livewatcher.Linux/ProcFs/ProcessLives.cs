// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using Livewatcher.Linux.Interop;
using Livewatcher.Model;

namespace Livewatcher.Linux.ProcFs;

/// <summary>The processes that a watching has to do with.</summary>
public sealed class ProcessLives : IDisposable
{
    private readonly Lock gate = new();
    private const int FirstSweep = 64;

    /// <summary>Of those that have ended so many are remembered; each is asked about long before.</summary>
    private const int Remembered = 4096;

    private readonly Dictionary<ProcessId, ProcessLife> lives = [];
    private readonly Queue<ProcessLife> byAge = new();

    /// <summary>Those whose descriptors may still be open.</summary>
    private readonly List<ProcessLife> open = [];
    private int nextSweep = FirstSweep;

    /// <summary>Takes over who is known already.</summary>
    public void Add(ProcessLife life)
    {
        lock (gate)
            Keep(life);
    }

    /// <summary>The process of that number that is known, or, where that has ended, whoever has the number now.</summary>
    public ProcessLife Of(ProcessId process)
    {
        lock (gate)
        {
            if (!lives.TryGetValue(process, out ProcessLife? life) || life.IsOver)
                Keep(life = ProcessLife.Open(process));
            return life;
        }
    }

    /// <summary>Whether the known process of that number lives.</summary>
    public bool IsAlive(ProcessId process)
    {
        lock (gate)
            return lives.TryGetValue(process, out ProcessLife? life) ? !life.IsOver : ProcessTable.IsAlive(process);
    }

    /// <summary>Sends a signal to the known process of that number, or to a thread of it.</summary>
    /// <returns>errno; 0 where it is sent.</returns>
    internal int Signal(ProcessId process, ThreadId? thread, int signal)
    {
        lock (gate)
            return lives.TryGetValue(process, out ProcessLife? life) ? life.Signal(thread, signal) : Errno.ESRCH;
    }

    public void Dispose()
    {
        foreach (ProcessLife life in lives.Values)
            life.Dispose();
    }

    private void Keep(ProcessLife life)
    {
        lives[life.Process] = life;
        byAge.Enqueue(life);
        open.Add(life);
        if (open.Count >= nextSweep)
        {
            open.RemoveAll(one => one.IsOver); // which closes its descriptor
            nextSweep = Math.Max(FirstSweep, 2 * open.Count);
        }

        if (byAge.Count <= Remembered)
            return;
        ProcessLife oldest = byAge.Dequeue();
        if (!oldest.IsOver)
            byAge.Enqueue(oldest);
        else if (lives.GetValueOrDefault(oldest.Process) == oldest)
            lives.Remove(oldest.Process);
    }
}
