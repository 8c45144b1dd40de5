// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using Livewatcher.Linux.Arming;
using Livewatcher.Linux.Bpf;
using Livewatcher.Linux.Perf;
using Livewatcher.Model;

namespace Livewatcher.Linux.Tests.Support;

/// <summary>A source, scan arming and a drainer for one target's g_watched; slots 1 to 3, where used, watch unused memory
/// beside it.</summary>
internal sealed class Watching : IDisposable
{
    private readonly Target target;
    private readonly Recorder recorder;

    public Watching(Target target, string backend, int slots = 1, bool followFork = false)
    {
        this.target = target;
        if (backend == "bpf")
        {
            BpfHitSource bpf = BpfHitSource.Open(new WatchProgramSettings(StackBytes: 0, FollowFork: followFork));
            Source = bpf;
            Arming = ScanArming.For(bpf, followFork);
        }
        else
        {
            PerfHitSource perf = PerfHitSource.Open(new PerfSettings { StackBytes = 0, FollowFork = followFork });
            Source = perf;
            Arming = ScanArming.For(perf, followFork);
        }

        Slots = Enumerable.Range(0, slots).ToDictionary(slot => slot, slot => new HardwareSlot(target.Watched + (8 * (ulong)slot), 8, AccessMode.Write));
        Source.AddProcess(target.Id);
        foreach ((int slot, HardwareSlot content) in Slots)
            Source.SetSlot(target.Id, slot, content, 0, 0);
        recorder = new Recorder(Source);
    }

    public IHitSource Source { get; }

    public ScanArming Arming { get; }

    public Dictionary<int, HardwareSlot> Slots { get; }

    public int Arm() => Arming.Arm(target.Id, Slots);

    /// <summary>Disarms and drains. The kernel's count of slot 0, the hits, and its account.</summary>
    public (long Counted, RawHit[] Hits, SlotAccount Account) Finish()
    {
        long counted = Arming.Disarm(target.Id, [.. Slots.Keys])[0].Hits;
        RawHit[] hits = recorder.Finish();
        return (counted, hits, Source.ReadAccount(target.Id, 0)!.Value);
    }

    public void Dispose()
    {
        Arming.Dispose();
        recorder.Dispose();
        Source.Dispose();
    }
}
