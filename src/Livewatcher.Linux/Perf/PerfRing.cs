// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using System.Runtime.InteropServices;
using Livewatcher.Linux.Arming;
using Livewatcher.Linux.Interop;

namespace Livewatcher.Linux.Perf;

/// <summary>Receives a ring's records.</summary>
internal interface IPerfRecordConsumer
{
    /// <param name="header">Of the record.</param>
    /// <param name="body">What follows the header; valid during the call only.</param>
    void Consume(PerfRecordHeader header, ReadOnlySpan<byte> body);
}

/// <summary>One CPU's ring and the event that owns it. The breakpoint events that write here are never mapped themselves:
/// a mapped event keeps its debug register until munmap. One reader thread.</summary>
internal sealed unsafe class PerfRing : IDisposable
{
    // struct perf_event_mmap_page, include/uapi/linux/perf_event.h.
    private const int DataHeadOffset = 1024;
    private const int DataTailOffset = 1032;

    private readonly PerfEvent owner;
    private readonly SharedMapping mapping;
    private readonly byte* data;
    private readonly ulong size;
    private readonly byte[] joined = new byte[ushort.MaxValue + 1];

    private PerfRing(int cpu, PerfEvent owner, SharedMapping mapping, int bytes)
    {
        Cpu = cpu;
        this.owner = owner;
        this.mapping = mapping;
        data = mapping.Pointer + Environment.SystemPageSize;
        size = (ulong)bytes;
    }

    internal int Cpu { get; }

    internal int Descriptor => owner.Descriptor;

    internal bool HasRecords => Volatile.Read(ref *Head) != *Tail;

    private ulong* Head => (ulong*)(mapping.Pointer + DataHeadOffset);

    private ulong* Tail => (ulong*)(mapping.Pointer + DataTailOffset);

    /// <summary>Null with errno where the kernel refuses the event or the locked memory.</summary>
    /// <param name="bytes">Power of two, multiple of the page size.</param>
    internal static PerfRing? TryOpen(int cpu, int bytes, in PerfSampling sampling, out int errno)
    {
        // On our main thread, which lives as long as we do: the ring of a task that is gone only ever says POLLHUP. For
        // a CPU as a whole (pid -1) CAP_PERFMON would be needed.
        PerfEvent? dummy = PerfEvent.TryOpen(sampling.RingAttributes(), Environment.ProcessId, cpu, out errno);
        if (dummy is null)
            return null;
        SharedMapping? shared = SharedMapping.TryCreate(dummy.Descriptor, (nuint)(Environment.SystemPageSize + bytes), writable: true);
        if (shared is not null)
            return new PerfRing(cpu, dummy, shared, bytes);
        errno = Marshal.GetLastPInvokeError();
        dummy.Dispose();
        return null;
    }

    /// <summary>Hands over the records that are there now, each one's room given back at once.</summary>
    /// <param name="into">Takes them.</param>
    /// <param name="largest">Bytes of the largest record.</param>
    /// <returns>Whether there was no room for another of that size.</returns>
    internal bool Read(IPerfRecordConsumer into, int largest)
    {
        ulong tail = *Tail;
        ulong head = Volatile.Read(ref *Head); // before any of the data: perf_event_open(2), data_head
        bool wasFull = head - tail + (ulong)largest > size;
        while (tail < head)
        {
            PerfRecordHeader header = *(PerfRecordHeader*)(data + (tail & (size - 1)));
            if (header.Size < sizeof(PerfRecordHeader))
                break; // the kernel writes no such thing; to go on would be to loop for ever
            into.Consume(header, Bytes(tail, header.Size)[sizeof(PerfRecordHeader)..]);
            tail += header.Size;
            Volatile.Write(ref *Tail, tail);
        }

        return wasFull;
    }

    public void Dispose()
    {
        mapping.Dispose();
        owner.Dispose();
    }

    /// <summary>A record's bytes, joined where they go over the ring's end. Headers never do: records are multiples of 8.</summary>
    private ReadOnlySpan<byte> Bytes(ulong position, int length)
    {
        int offset = (int)(position & (size - 1));
        int first = Math.Min(length, (int)size - offset);
        if (first == length)
            return new ReadOnlySpan<byte>(data + offset, length);
        new ReadOnlySpan<byte>(data + offset, first).CopyTo(joined);
        new ReadOnlySpan<byte>(data, length - first).CopyTo(joined.AsSpan(first));
        return joined.AsSpan(0, length);
    }
}
