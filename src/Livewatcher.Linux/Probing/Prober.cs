// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using Livewatcher.Linux.Bpf;
using Livewatcher.Linux.Perf;
using Livewatcher.Model;

namespace Livewatcher.Linux.Probing;

/// <summary>Tries everything that watching needs, on a probe process of our own and on nobody else, and says how it came
/// off. Takes about a second, on a busy machine up to five; leaves nothing behind. To be called on a thread that lives
/// till the end.</summary>
public static class Prober
{
    private const int FloodWrites = 20_000;
    private const int CostWrites = 4_000;
    private const int PerfWrites = 500;
    private const int ChainThreads = 200;

    public static Observations Observe()
    {
        Observations seen = new() { Machine = MachineReader.Read(), Libraries = LibraryTrials.Run() };

        // First of all: a child inherits whatever descriptors are open when it is forked.
        using ProbeTarget? probe = ProbeTarget.TryStart(out int errno);
        return probe is null ? seen with { Probe = Refusals.Of("fork(2) of the probe", errno) } : Observe(probe, seen);
    }

    private static Observations Observe(ProbeTarget probe, Observations seen)
    {
        seen = seen with
        {
            TraceOwnChild = TraceTrials.OwnChild(probe),
            TraceOther = TraceTrials.Other(probe),
            ReadOther = TraceTrials.ReadOther(probe),
            Pokes = TraceTrials.Pokes(probe),
        };
        Refusal? broken = Refusals.Try("the probe", () => seen = TryEvents(probe, seen));
        if (broken is not null)
            return seen with { Probe = broken };

        BpfHitSource? bpf = null;
        PerfHitSource? perf = null;
        try
        {
            seen = seen with
            {
                Bpf = Refusals.Try("bpf(2)", () => bpf = BpfHitSource.Open(new WatchProgramSettings())),
                PerfRings = Refusals.Try("perf rings", () => perf = PerfHitSource.Open(new PerfSettings())),
            };
            if (perf is not null)
                seen = seen with { PerfRingBytes = perf.RingBytes, SmallPerfRings = perf.SmallRings };
            return TryDelivery(probe, bpf, perf, seen);
        }
        finally
        {
            bpf?.Dispose();
            perf?.Dispose();
        }
    }

    private static Observations TryEvents(ProbeTarget probe, Observations seen)
    {
        CountTrial user = EventTrials.UserWrites(probe);
        CountTrial kernel = EventTrials.KernelWrites(probe);
        return seen with
        {
            UserWrites = user,
            KernelWrites = kernel,
            Slots = SlotTrials.Run(probe, excludeKernel: kernel.Refusal is not null),
            CountedHitNanoseconds = user.Refusal is null ? EventTrials.CountedCost(probe) : null,
        };
    }

    private static Observations TryDelivery(ProbeTarget probe, BpfHitSource? bpf, PerfHitSource? perf, Observations seen)
    {
        if (bpf is null && perf is null)
            return seen;
        DeliveryTrial first = bpf is not null ? DeliveryTrial.Of(probe, bpf) : DeliveryTrial.Of(probe, perf!);
        seen = seen with { Backend = bpf is not null ? "bpf" : "perf", StackBytes = Records.RecordLimits.LW_STACK_MAX };
        Refusal? refusal = Refusals.Try($"backend {seen.Backend}", () =>
        {
            seen = seen with { Chain = first.Run(ProbeTarget.Few(ProbeKind.LW_PROBE_CHAIN, ChainThreads, patienceMilliseconds: 500)) };
            Burst cost = first.Run(ProbeTarget.Burst(CostWrites, threads: 1, patienceMilliseconds: 400));
            seen = seen with { RecordedHitNanoseconds = cost.Recorded > 0 ? probe.MedianNanoseconds : null };
            seen = seen with { Flood = first.Run(ProbeTarget.Burst(FloodWrites, threads: 2, patienceMilliseconds: 2000)) };
            if (bpf is not null && perf is not null)
                seen = seen with { PerfBurst = DeliveryTrial.Of(probe, perf).Run(ProbeTarget.Burst(PerfWrites, threads: 1, patienceMilliseconds: 200)) };
        });
        return seen with { Delivery = refusal };
    }
}
