// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using System.Runtime.InteropServices;
using Livewatcher.Linux.Interop;

namespace Livewatcher.Linux.Bpf;

/// <summary>Receives a ring's records.</summary>
internal interface IRingConsumer
{
    /// <param name="record">Valid during the call only.</param>
    void Consume(ReadOnlySpan<byte> record);
}

/// <summary>Reads a BPF ring buffer where it lies (kernel/bpf/ringbuf.c): page 0 is the consumer's position, page 1 the
/// producer's, then the data, mapped twice over so that no record is ever split. One reader thread.</summary>
internal sealed unsafe class RingReader : IDisposable
{
    private const uint BusyBit = 1u << 31;
    private const uint DiscardBit = 1u << 30;
    private const int HeaderBytes = 8;

    private readonly SafeDescriptor epoll;
    private readonly SafeDescriptor bell;
    private readonly ulong mask;
    private readonly SharedMapping consumer;
    private readonly SharedMapping producer;
    private readonly ulong[] marks = new ulong[64];

    internal RingReader(int descriptor, int bytes)
    {
        mask = (ulong)bytes - 1;
        int page = Environment.SystemPageSize;
        consumer = SharedMapping.TryCreate(descriptor, (nuint)page, writable: true) ?? throw Refused();
        producer = SharedMapping.TryCreate(descriptor, (nuint)(page + (2L * bytes)), writable: false, page) ?? throw Refused();
        epoll = new SafeDescriptor(Libc.EpollCreate(Libc.EPOLL_CLOEXEC));
        // Edge-triggered: only the program's own wake-ups end the sleep, not every record that lies there.
        Libc.EpollEvent what = new() { Events = Libc.EPOLLIN | Libc.EPOLLET };
        bell = new SafeDescriptor(Libc.EventDescriptor(0, Libc.EFD_CLOEXEC | Libc.EFD_NONBLOCK));
        if (epoll.IsInvalid || Libc.EpollControl(epoll.Number, Libc.EPOLL_CTL_ADD, descriptor, &what) != 0
            || bell.IsInvalid || Libc.EpollControl(epoll.Number, Libc.EPOLL_CTL_ADD, bell.Number, &what) != 0)
        {
            throw Refused();
        }
    }

    /// <summary>Another descriptor that ends a sleep, once, as soon as it is readable.</summary>
    /// <param name="descriptor">Closing it takes it away.</param>
    /// <param name="mark">What <see cref="Wait"/> calls it; not 0.</param>
    internal void Attend(SafeDescriptor descriptor, ulong mark)
    {
        Libc.EpollEvent what = new() { Events = Libc.EPOLLIN | Libc.EPOLLET, Data = mark };
        _ = Libc.EpollControl(epoll.Number, Libc.EPOLL_CTL_ADD, descriptor.Number, &what);
    }

    /// <summary>Sleeps until the ring wakes us, or a descriptor that is attended to, or the time is over.</summary>
    /// <returns>The descriptors' marks. Valid until the next call.</returns>
    internal ReadOnlySpan<ulong> Wait(int milliseconds)
    {
        Libc.EpollEvent* events = stackalloc Libc.EpollEvent[marks.Length];
        int count = Libc.EpollWait(epoll.Number, events, marks.Length, milliseconds), found = 0;
        for (int i = 0; i < count; i++)
        {
            if (events[i].Data != 0)
                marks[found++] = events[i].Data;
        }

        return marks.AsSpan(0, found);
    }

    /// <summary>The same, but for <see cref="Rouse"/> and that it does not begin while records are there.</summary>
    /// <param name="milliseconds">At most.</param>
    /// <param name="asleep">Has the program wake us at the first record, while it is not 0.</param>
    internal ReadOnlySpan<ulong> WaitForFirst(int milliseconds, ref ulong asleep)
    {
        ReadOnlySpan<ulong> told = default;
        Volatile.Write(ref asleep, 1);
        Interlocked.MemoryBarrier(); // the program takes a record's room before it looks whether we sleep
        if (Volatile.Read(ref *(ulong*)producer.Pointer) == Volatile.Read(ref *(ulong*)consumer.Pointer))
            told = Wait(milliseconds);
        Volatile.Write(ref asleep, 0);
        return told;
    }

    /// <summary>Ends a sleep, or the next one where nobody sleeps. On any thread.</summary>
    internal void Rouse()
    {
        ulong one = 1;
        _ = Libc.Write(bell.Number, &one, sizeof(ulong));
    }

    /// <summary>False where the last drain stopped at a record that was still being written.</summary>
    internal bool DrainedAll { get; private set; } = true;

    /// <summary>Hands over the records up to the first that is still being written; returns how many.</summary>
    internal int Drain<TConsumer>(TConsumer into)
        where TConsumer : class, IRingConsumer
    {
        ulong* consumed = (ulong*)consumer.Pointer;
        byte* data = producer.Pointer + Environment.SystemPageSize;
        ulong position = Volatile.Read(ref *consumed);
        ulong end = Volatile.Read(ref *(ulong*)producer.Pointer);
        int records = 0;
        DrainedAll = true;
        while (position < end)
        {
            byte* header = data + (position & mask);
            uint length = Volatile.Read(ref *(uint*)header);
            if ((length & BusyBit) != 0)
            {
                DrainedAll = false;
                break;
            }

            uint size = length & ~(BusyBit | DiscardBit);
            if ((length & DiscardBit) == 0)
            {
                into.Consume(new ReadOnlySpan<byte>(header + HeaderBytes, (int)size));
                records++;
            }

            position += (size + HeaderBytes + 7u) & ~7u;
            Volatile.Write(ref *consumed, position);
        }

        return records;
    }

    public void Dispose()
    {
        epoll.Dispose();
        bell.Dispose();
        consumer.Dispose();
        producer.Dispose();
    }

    private static BpfException Refused() => new("mapping the BPF ring", Marshal.GetLastPInvokeError());
}
