// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using System.Runtime.InteropServices;
using Livewatcher.Linux.Interop;

namespace Livewatcher.Linux.Ptrace;

/// <summary>Holds threads by ptrace(2), one after the other, each for as long as it takes to do something. The tracer is a thread of our
/// own: a target that does not stop keeps it waiting, and nobody else. When we are killed, the kernel lets go what is held.</summary>
internal sealed class ThreadHold
{
    private const int SmallStack = 128 << 10;

    private readonly object gate = new();
    private readonly Queue<int> waiting;
    private readonly Action<int> inTheStop;
    private bool abandoned;
    private bool finished;
    private int begun;

    private ThreadHold(IEnumerable<int> tids, Action<int> inTheStop)
    {
        waiting = new Queue<int>(tids);
        this.inTheStop = inTheStop;
    }

    /// <summary>Stops threads and does something in each one's stop.</summary>
    /// <param name="tids">Which.</param>
    /// <param name="atMost">How long to wait for a stop. A thread that takes longer, or may not be traced, is left out, and goes on as soon
    /// as it has stopped.</param>
    /// <param name="inTheStop">What. Done by the tracer, who alone may ask more of ptrace(2), while the caller waits.</param>
    internal static void ForEach(IEnumerable<int> tids, TimeSpan atMost, Action<int> inTheStop)
    {
        ThreadHold hold = new(tids, inTheStop);
        while (hold.waiting.Count > 0 && !hold.RunOrAbandon(atMost))
            hold = new ThreadHold(hold.waiting, inTheStop);
    }

    /// <returns>False where a thread does not stop: the others are still waiting, and the tracer looks after that one.</returns>
    private bool RunOrAbandon(TimeSpan atMost)
    {
        lock (gate)
        {
            new Thread(Run, SmallStack) { Name = "lw-hold", IsBackground = true }.Start();
            while (!finished && !abandoned)
            {
                int before = begun;
                Monitor.Wait(gate, atMost);
                abandoned = begun == before;
            }

            return finished;
        }
    }

    private void Run()
    {
        while (Next() is { } tid)
        {
            if (ThreadControl.Trace(ThreadControl.PTRACE_SEIZE, tid, 0, 0) == 0)
                Hold(tid);
        }
    }

    private int? Next()
    {
        lock (gate)
        {
            begun++;
            finished = waiting.Count == 0;
            Monitor.PulseAll(gate);
            return finished || abandoned ? null : waiting.Dequeue();
        }
    }

    private void Hold(int tid)
    {
        _ = ThreadControl.Trace(ThreadControl.PTRACE_INTERRUPT, tid, 0, 0);
        int status = WaitForStop(tid);
        if ((status & 0xff) != 0x7f) // WIFSTOPPED
            return;
        lock (gate)
        {
            if (!abandoned)
                inTheStop(tid);
        }

        // A signal that has stopped it before our interrupt did is still to be delivered.
        bool bySignal = status >> 16 == 0;
        _ = ThreadControl.Trace(ThreadControl.PTRACE_DETACH, tid, 0, bySignal ? (status >> 8) & 0xff : 0);
    }

    private static unsafe int WaitForStop(int tid)
    {
        int status;
        while (Libc.WaitPid(tid, &status, ThreadControl.WaitForAll) < 0)
        {
            if (Marshal.GetLastPInvokeError() != Errno.EINTR)
                return 0;
        }

        return status;
    }
}
