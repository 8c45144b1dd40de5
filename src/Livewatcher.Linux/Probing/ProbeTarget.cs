// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using Livewatcher.Linux.Interop;
using Livewatcher.Model;

namespace Livewatcher.Linux.Probing;

/// <summary>The probe process (native/probe/probe.h): a target of our own that does as it is told and counts. The thread
/// that starts it must outlive it.</summary>
internal sealed unsafe class ProbeTarget : IDisposable
{
    /// <summary>Writes between two looks at the clock: far shorter than a time slice, so that most batches are undisturbed
    /// on a busy machine too, and long enough for the clock's own 30 ns to vanish.</summary>
    internal const int BatchWrites = 20;

    /// <summary>What an order may take beyond its own patience, on a machine that is busy.</summary>
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(1);

    private ProbeHandle handle;
    private bool disposed;

    private ProbeTarget(ProbeHandle handle) => this.handle = handle;

    internal ProcessId Process => new(handle.Pid);

    /// <summary>What to watch: 8 bytes.</summary>
    internal HardwareSlot Word => new(new Address((ulong)handle.Page), sizeof(ulong), AccessMode.Write);

    internal ulong WordValue => Volatile.Read(ref handle.Page->Word);

    internal long Writes => (long)Volatile.Read(ref handle.Page->Writes);

    internal long Strays => (long)Volatile.Read(ref handle.Page->Strays);

    internal long OtherTraps => (long)Volatile.Read(ref handle.Page->Others);

    /// <summary>errno of what the last order could not do; 0.</summary>
    internal int Error => Volatile.Read(ref handle.Page->Error);

    /// <summary>Median time of a write in the last burst, of its first thread; null where there was none.</summary>
    internal long? MedianNanoseconds
    {
        get
        {
            int batches = (int)Math.Min(handle.Page->Batches, ProbeNative.LW_PROBE_BATCHES);
            if (batches == 0)
                return null;
            ulong[] sorted = ((ReadOnlySpan<ulong>)handle.Page->BatchNanoseconds)[..batches].ToArray();
            Array.Sort(sorted);
            return (long)sorted[batches / 2] / BatchWrites;
        }
    }

    /// <summary>Null with errno where it cannot be forked.</summary>
    internal static ProbeTarget? TryStart(out int errno)
    {
        ProbeHandle started;
        errno = -ProbeNative.Start(&started);
        return errno == 0 ? new ProbeTarget(started) : null;
    }

    internal static ProbeOrder Burst(int writes, int threads, int patienceMilliseconds) => new()
    {
        Kind = ProbeKind.LW_PROBE_BURST,
        Count = (uint)writes,
        Threads = (uint)threads,
        Batch = BatchWrites,
        PatienceMilliseconds = (uint)patienceMilliseconds,
    };

    internal static ProbeOrder Few(ProbeKind kind, int count, int patienceMilliseconds) =>
        new() { Kind = kind, Count = (uint)count, PatienceMilliseconds = (uint)patienceMilliseconds };

    /// <summary>Gives an order and waits until it is done.</summary>
    /// <param name="order">The order.</param>
    /// <param name="meanwhile">Called over and over while the probe works; null to sleep. It must not take long.</param>
    /// <exception cref="ProbeException">The probe is dead or stuck.</exception>
    internal void Do(ProbeOrder order, Action? meanwhile = null)
    {
        if (Libc.Send(handle.Socket, &order, (nuint)sizeof(ProbeOrder), Libc.MSG_NOSIGNAL) != sizeof(ProbeOrder))
            throw new ProbeException("the probe process has ended");
        long end = Environment.TickCount64 + order.PatienceMilliseconds + (long)Grace.TotalMilliseconds;
        while (true)
        {
            long left = end - Environment.TickCount64;
            if (left <= 0)
                throw new ProbeException($"the probe process has not answered for {order.PatienceMilliseconds + Grace.TotalMilliseconds:0} ms ({order.Kind})");
            Libc.PollDescriptor polled = new() { Descriptor = handle.Socket, Events = Libc.POLLIN };
            if (Libc.Poll(&polled, 1, meanwhile is null ? (int)left : 0) > 0)
                break;
            meanwhile?.Invoke();
        }

        uint answer;
        if (Libc.Receive(handle.Socket, &answer, sizeof(uint), 0) != sizeof(uint))
            throw new ProbeException("the probe process has ended");
    }

    public void Dispose()
    {
        if (disposed)
            return;
        disposed = true;
        fixed (ProbeHandle* ending = &handle)
            _ = ProbeNative.End(ending);
    }
}

/// <summary>The probe is dead or stuck: what was being tried has no result.</summary>
internal sealed class ProbeException(string message) : Exception(message);
