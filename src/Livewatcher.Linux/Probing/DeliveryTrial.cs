// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using Livewatcher.Linux.Arming;
using Livewatcher.Linux.Bpf;
using Livewatcher.Linux.Perf;
using Livewatcher.Model;

namespace Livewatcher.Linux.Probing;

/// <summary>The probe watched by a whole backend, armed as attach arms without a guard: what is written is counted by the
/// kernel, recorded, drained. One after the other, on one thread.</summary>
internal sealed class DeliveryTrial : IHitReceiver
{
    private const int Slot = 0;

    /// <summary>As run and attach drain: a drainer that never sleeps makes the writers wait for the ring's cache lines, and
    /// a hit looks dearer than it is.</summary>
    private static readonly TimeSpan DrainInterval = TimeSpan.FromMilliseconds(3);

    private static readonly TimeSpan RestPatience = TimeSpan.FromMilliseconds(500);

    private readonly ProbeTarget probe;
    private readonly IHitSource source;
    private readonly Func<ScanArming> arm;
    private long received;

    private DeliveryTrial(ProbeTarget probe, IHitSource source, Func<ScanArming> arm)
    {
        this.probe = probe;
        this.source = source;
        this.arm = arm;
    }

    internal static DeliveryTrial Of(ProbeTarget probe, BpfHitSource source) =>
        new(probe, source, () => ScanArming.For(source, followFork: false));

    internal static DeliveryTrial Of(ProbeTarget probe, PerfHitSource source) =>
        new(probe, source, () => ScanArming.For(source, followFork: false));

    /// <summary>Arms, lets the probe work, disarms; and says where each write went.</summary>
    /// <exception cref="ArmingException">The kernel refuses a debug register.</exception>
    /// <exception cref="ProbeException">The probe is dead or stuck.</exception>
    internal Burst Run(ProbeOrder order)
    {
        received = 0;
        source.AddProcess(probe.Process);
        source.SetSlot(probe.Process, Slot, probe.Word, probe.WordValue, siblings: 0);
        try
        {
            using ScanArming arming = arm();
            arming.Arm(probe.Process, new Dictionary<int, HardwareSlot> { [Slot] = probe.Word });
            probe.Do(order, DrainOnce);
            long counted = arming.Disarm(probe.Process, [Slot])[Slot].Hits;
            DrainRest();
            SlotAccount account = source.ReadAccount(probe.Process, Slot) ?? default;
            return new Burst(
                order.Count, probe.Writes, counted, received, (long)account.Dropped, (long)account.Filtered, probe.Strays, probe.OtherTraps);
        }
        finally
        {
            source.ClearSlot(probe.Process, Slot);
            source.RemoveProcess(probe.Process);
        }
    }

    void IHitReceiver.OnHit(RawHit hit)
    {
        if (hit.Process == probe.Process && hit.Address == probe.Word.Address)
            received++;
    }

    void IHitReceiver.OnForked(ulong time, ProcessId parent, ProcessId child)
    {
        // The probe's children are its own affair.
    }

    void IHitReceiver.OnExec(ulong time, ProcessId process)
    {
        // The probe never does.
    }

    void IHitReceiver.OnExit(ulong time, ProcessId process)
    {
        // Then the next order finds its socket closed.
    }

    /// <summary>Until nothing is left: no event can add to it any more. A source may hold the newest back for a moment.</summary>
    private void DrainRest()
    {
        long end = Environment.TickCount64 + (long)RestPatience.TotalMilliseconds;
        for (int idle = 0; idle < 2 && Environment.TickCount64 < end;)
            idle = source.Drain(this) == 0 && source.DrainedAll ? idle + 1 : 0;
    }

    private void DrainOnce()
    {
        source.Drain(this);
        source.Wait(DrainInterval);
    }
}
