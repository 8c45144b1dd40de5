// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using System.Globalization;
using System.Numerics;
using Livewatcher.Linux.Interop;
using Livewatcher.Linux.ProcFs;

namespace Livewatcher.Linux.Perf;

/// <summary>A ring for every online CPU, as large as the kernel grants.</summary>
internal sealed unsafe class PerfRings : IDisposable
{
    /// <summary>What one hit can hardly do without: some samples with the longest stack.</summary>
    private const int SmallestBytes = 64 << 10;

    private const int LargestBytes = 16 << 20;
    private const int LargestTotal = 64 << 20;
    private const int ComfortableHits = 256;
    private const int ENODEV = 19;

    private readonly Libc.PollDescriptor[] polled;

    private PerfRings(IReadOnlyList<PerfRing> rings, int bytes, PerfSampling sampling)
    {
        Rings = rings;
        RingBytes = bytes;
        Sampling = sampling;
        polled = [.. rings.Select(ring => new Libc.PollDescriptor { Descriptor = ring.Descriptor, Events = Libc.POLLIN })];
    }

    internal IReadOnlyList<PerfRing> Rings { get; }

    internal int RingBytes { get; }

    internal PerfSampling Sampling { get; }

    /// <summary>Why a burst may overrun the rings, and what to do; null where they are large.</summary>
    internal string? SmallRings
    {
        get
        {
            int hits = RingBytes / (Sampling.StackBytes + 256);
            return hits >= ComfortableHits
                ? null
                : string.Create(CultureInfo.InvariantCulture, $"a ring holds {hits} hits ({RingBytes >> 10} KiB for each CPU, {Sampling.StackBytes} bytes of stack a hit): faster bursts are dropped and counted; raise kernel.perf_event_mlock_kb or ulimit -l, or lower --stack-bytes");
        }
    }

    /// <summary>Takes the largest rings to be had. Locked memory is kernel.perf_event_mlock_kb for each CPU and user, then
    /// RLIMIT_MEMLOCK, without limit for CAP_IPC_LOCK (kernel/events/core.c, perf_mmap).</summary>
    /// <exception cref="PerfException">The kernel refuses even the smallest.</exception>
    internal static PerfRings Open(PerfSettings settings, bool excludeKernel)
    {
        IReadOnlyList<int> cpus = OnlineCpus.Read();
        int bytes = settings.RingBytes ?? Math.Min(LargestBytes, LargestTotal / cpus.Count);
        bytes = Math.Max(SmallestBytes, (int)(BitOperations.RoundUpToPowerOf2((uint)bytes + 1) >> 1));
        while (true)
        {
            PerfSampling sampling = new(settings.StackBytes, excludeKernel, (uint)bytes / 4);
            List<PerfRing> rings = [];
            int errno = 0;
            foreach (int cpu in cpus)
            {
                PerfRing? ring = PerfRing.TryOpen(cpu, bytes, sampling, out errno);
                // A CPU that has just gone offline runs nobody.
                if (ring is null && errno != ENODEV)
                    break;
                if (ring is not null)
                    rings.Add(ring);
                errno = 0;
            }

            if (errno == 0)
                return new PerfRings(rings, bytes, sampling);
            rings.ForEach(ring => ring.Dispose());
            if (errno is not (Errno.EPERM or Errno.ENOMEM) || bytes <= SmallestBytes)
                throw new PerfException("opening a ring for perf events", errno);
            bytes /= 2;
        }
    }

    /// <summary>Sleeps until a ring is a quarter full or the time is over.</summary>
    internal void Wait(TimeSpan atMost)
    {
        fixed (Libc.PollDescriptor* descriptors = polled)
            _ = Libc.Poll(descriptors, (ulong)polled.Length, (int)atMost.TotalMilliseconds);
    }

    public void Dispose()
    {
        foreach (PerfRing ring in Rings)
            ring.Dispose();
    }
}
