// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using Livewatcher.Linux.Interop;
using Livewatcher.Model;

namespace Livewatcher.Linux.Perf;

/// <summary>Turns the rings' records into hits in the order of time, and into accounts. Belongs to the draining thread.</summary>
internal sealed class PerfSampleReader(PerfAccounts accounts, PerfSampling sampling) : IPerfRecordConsumer
{
    /// <summary>A sample is stamped some microseconds before it can be read. One that is older than this has no elder
    /// brother still on its way on another CPU.</summary>
    private const ulong WritingNanoseconds = 100_000;

    private readonly MonotonicClock clock = new();
    private readonly List<RawHit> pending = [];
    private ulong foreign;

    /// <summary>The kernel tells of a loss right before the next sample that finds room, in that sample's name, whosever the
    /// lost ones were (perf_output_begin): the sum is exact, the slot that it is booked on a guess.</summary>
    private ulong lost;

    private readonly PerfLossTimes losses = new();

    /// <summary>The CPU whose ring is being read.</summary>
    private int reading;

    internal PerfThreadNames Names { get; } = new();

    private ulong throttled;
    private ulong threads;

    /// <summary>Each event of the thread that clones tells of the clone, one after the other.</summary>
    private int lastClone;

    internal ulong Foreign => Volatile.Read(ref foreign);

    internal ulong Throttled => Volatile.Read(ref throttled);

    /// <summary>Threads and followed processes created under watch.</summary>
    internal ulong Threads => Volatile.Read(ref threads);

    /// <summary>Hands over what was there when it was called; what came meanwhile waits for the next call.</summary>
    internal int Drain(IReadOnlyList<PerfRing> rings, IHitReceiver receiver)
    {
        if (pending.Count == 0 && !rings.Any(ring => ring.HasRecords))
            return 0;
        ulong horizon = clock.Now;
        Collect(rings);
        while (clock.Now < horizon + WritingNanoseconds)
            Thread.SpinWait(20);
        Collect(rings);

        // OrderBy is stable: samples of one instant stay as their ring has them.
        List<RawHit> ordered = [.. pending.OrderBy(hit => hit.Time)];
        int ready = ordered.FindLastIndex(hit => hit.Time <= horizon) + 1;
        pending.Clear();
        pending.AddRange(ordered.Skip(ready));
        for (int i = 0; i < ready; i++)
        {
            ordered[i].AfterLoss = losses.MayHaveLostBefore(ordered[i].Time);
            receiver.OnHit(ordered[i]);
        }

        losses.Forget(horizon);
        return ready;
    }

    private void Collect(IReadOnlyList<PerfRing> rings)
    {
        foreach (PerfRing ring in rings)
        {
            reading = ring.Cpu;
            losses.OnRead(ring.Cpu, ring.Read(this, sampling.LargestRecord));
        }
    }

    void IPerfRecordConsumer.Consume(PerfRecordHeader header, ReadOnlySpan<byte> body)
    {
        switch (header.Type)
        {
            case PerfRecordType.PERF_RECORD_SAMPLE when PerfSample.TryDecode(body, out PerfSample sample):
                Take(header, sample);
                break;
            case PerfRecordType.PERF_RECORD_LOST or PerfRecordType.PERF_RECORD_LOST_SAMPLES:
                lost += PerfLoss.Read(header.Type, body);
                break;
            case PerfRecordType.PERF_RECORD_FORK when PerfFork.TryDecode(body, out PerfFork fork):
                Take(fork);
                break;
            case PerfRecordType.PERF_RECORD_THROTTLE:
                Interlocked.Increment(ref throttled);
                break;
        }
    }

    private void Take(PerfFork fork)
    {
        bool watched = accounts.Watches(new ProcessId(fork.ParentPid)) && (fork.Pid == fork.ParentPid || accounts.FollowFork);
        if (watched && fork.Tid != lastClone)
            Interlocked.Increment(ref threads);
        lastClone = fork.Tid;
    }

    private void Take(PerfRecordHeader header, in PerfSample sample)
    {
        losses.OnSample(reading, sample.Time, afterLoss: lost > 0);
        ProcessId process = new(sample.Pid);
        Address address = new(sample.Address);
        (int index, PerfSlot? slot) = accounts.Locate(process, address, sampling.SlotOf(sample.StackAsked));
        if (slot is null)
        {
            Interlocked.Increment(ref foreign);
            return;
        }

        Interlocked.Add(ref slot.Dropped, lost);
        lost = 0;
        if (!slot.Armed)
        {
            Interlocked.Increment(ref slot.Filtered);
            return;
        }

        Interlocked.Increment(ref slot.Recorded);
        pending.Add(new RawHit
        {
            Time = sample.Time,
            Process = process,
            Thread = new ThreadId(sample.Tid),
            ThreadName = Names.Of(sample.Pid, sample.Tid, sample.Time),
            Cpu = sample.Cpu,
            Slot = index,
            Address = address,
            Length = slot.Content.Mode == AccessMode.Execute ? 0 : slot.Content.Length,
            Origin = header.IsKernel ? HitOrigin.Kernel : HitOrigin.User,
            Registers = sample.Registers,
            Kernel = header.IsKernel ? new KernelContext(sample.InstructionPointer, sample.Interrupted.Rdi, sample.Interrupted.Rcx) : null,
            Stack = sample.Stack.ToArray(),
            StackCut = CutOf(sample),
        });
    }

    private StackCut CutOf(in PerfSample sample)
    {
        if (sample.Stack.Length >= sampling.StackBytes)
            return StackCut.None;
        return sample.Stack.IsEmpty ? StackCut.Unreadable : StackCut.EndOfMapping;
    }
}
