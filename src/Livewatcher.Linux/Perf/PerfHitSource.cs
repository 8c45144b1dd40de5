// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using Livewatcher.Linux.Arming;
using Livewatcher.Linux.Guard;
using Livewatcher.Linux.Interop;
using Livewatcher.Model;

namespace Livewatcher.Linux.Perf;

/// <summary>Hits from the kernel's own samples in a ring for each CPU. Knows no values: the kernel does not sample memory.
/// The events are opened by the guard or by <see cref="ScanArming"/>.</summary>
public sealed class PerfHitSource : IHitSource
{
    private readonly PerfRings rings;
    private readonly PerfAccounts accounts;
    private readonly PerfSampleReader reader;

    private PerfHitSource(PerfRings rings, bool followFork)
    {
        this.rings = rings;
        accounts = new PerfAccounts(followFork);
        reader = new PerfSampleReader(accounts, rings.Sampling);
    }

    public string Name => "perf";

    public bool TracksValues => false;

    public bool SeesKernel => !rings.Sampling.ExcludeKernel;

    /// <summary>Bytes of each CPU's ring.</summary>
    public int RingBytes => rings.RingBytes;

    /// <summary>Why a burst of hits may overrun the rings, and what to do about it; null where they are large.</summary>
    public string? SmallRings => rings.SmallRings;

    public SessionCounts Session => new(reader.Foreign, 0, reader.Threads, 0, reader.Throttled);

    internal PerfSampling Sampling => rings.Sampling;

    internal IReadOnlyList<PerfRing> Rings => rings.Rings;

    /// <exception cref="PerfException">The kernel refuses; another backend may serve.</exception>
    public static PerfHitSource Open(PerfSettings settings) =>
        new(PerfRings.Open(settings, settings.ExcludeKernel || !KernelVisible(settings)), settings.FollowFork);

    public bool AddProcess(ProcessId process)
    {
        accounts.Add(process);
        reader.Names.Learn(process.Value);
        return true;
    }

    public bool AddChild(ProcessId parent, ProcessId child)
    {
        accounts.AddChild(parent, child);
        reader.Names.Learn(child.Value);
        return true;
    }

    public void RemoveProcess(ProcessId process) => accounts.Remove(process);

    public void SetSlot(ProcessId process, int slot, HardwareSlot content, ulong initial, uint siblings) =>
        accounts.Set(process, slot, content, initial);

    public void ClearSlot(ProcessId process, int slot)
    {
        if (accounts.Find(process, slot) is { } found)
            found.Armed = false;
    }

    public void Skip(ProcessId process, int slot) => accounts.Find(process, slot)?.Skip();

    public SlotAccount? ReadAccount(ProcessId process, int slot) => accounts.Find(process, slot)?.Account;

    public bool CorrectLastValue(ProcessId process, int slot, ulong expected, ulong value) =>
        accounts.Find(process, slot) is { } found && Interlocked.CompareExchange(ref found.LastValue, value, expected) == expected;

    public void Wait(TimeSpan atMost) => rings.Wait(atMost);

    public int Drain(IHitReceiver receiver) => reader.Drain(rings.Rings, receiver);

    public bool Settle()
    {
        ProcessorBarrier.Wait();
        return true;
    }

    public void Dispose() => rings.Dispose();

    /// <summary>What the guard needs to open its events into our rings (native/guard/guard.h).</summary>
    internal void FillGuardConfig(ref GuardConfig config)
    {
        config.Rings = rings.Rings.Max(ring => ring.Cpu) + 1;
        for (int cpu = 0; cpu < config.Rings; cpu++)
            config.RingFds[cpu] = -1;
        foreach (PerfRing ring in rings.Rings)
            config.RingFds[ring.Cpu] = ring.Descriptor;
        config.RingWatermark = rings.Sampling.Watermark;
        config.StackBytes = (uint)rings.Sampling.StackBytes;
        config.ExcludeKernel = rings.Sampling.ExcludeKernel ? 1 : 0;
    }

    /// <summary>By trying, on ourselves: the answer depends on kernel.perf_event_paranoid, on capabilities and on security
    /// modules.</summary>
    private static bool KernelVisible(PerfSettings settings)
    {
        PerfSampling all = new(settings.StackBytes, ExcludeKernel: false, Watermark: 0);
        using PerfEvent? probe = PerfEvent.TryOpen(all.RingAttributes(), Environment.ProcessId, -1, out int errno);
        if (probe is null && errno is not (Errno.EACCES or Errno.EPERM))
            throw new PerfException("perf_event_open(2)", errno);
        return probe is not null;
    }
}
