// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using Livewatcher.Engine.Watching;
using Livewatcher.Model;

namespace Livewatcher.MicroBench.Stage;

/// <summary>A platform on which nothing happens but what a benchmark hands over: a source that tracks values, as backend bpf does.</summary>
internal sealed class StillPlatform : IHitSource, IArming, IClock
{
    internal static SessionPlatform For(ITargetProcess process, ITargetSymbols symbols)
    {
        StillPlatform still = new();
        return new SessionPlatform(still, still, null, GuardOn: false, _ => process, _ => symbols, _ => true, _ => null, still);
    }

    public string Name => "bpf";

    public string Scope => "task";

    public bool TracksValues => true;

    public bool SeesKernel => true;

    public SessionCounts Session => default;

    public ulong Now => 2_000_000_000;

    public DateTimeOffset ToWallClock(ulong monotonic) => DateTimeOffset.UnixEpoch.AddTicks((long)(monotonic / 100));

    public bool AddProcess(ProcessId process) => true;

    public void RemoveProcess(ProcessId process)
    {
    }

    public void SetSlot(ProcessId process, int slot, HardwareSlot content, ulong initial, uint siblings)
    {
    }

    public void ClearSlot(ProcessId process, int slot)
    {
    }

    public void Skip(ProcessId process, int slot)
    {
    }

    public SlotAccount? ReadAccount(ProcessId process, int slot) => null;

    public bool CorrectLastValue(ProcessId process, int slot, ulong expected, ulong value) => true;

    public void Wait(TimeSpan atMost)
    {
    }

    public int Drain(IHitReceiver receiver) => 0;

    public int Arm(ProcessId process, IReadOnlyDictionary<int, HardwareSlot> slots) => 1;

    public IReadOnlyDictionary<int, EventCount> Disarm(ProcessId process, IReadOnlyCollection<int> slots) => new Dictionary<int, EventCount>();

    public IReadOnlyDictionary<int, EventCount> Count(ProcessId process, IReadOnlyCollection<int> slots) => new Dictionary<int, EventCount>();

    public void Reload(ProcessId process)
    {
    }

    public void Dispose()
    {
    }
}
