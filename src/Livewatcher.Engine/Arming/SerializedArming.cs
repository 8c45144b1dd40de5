// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using Livewatcher.Model;

namespace Livewatcher.Engine.Arming;

/// <summary>One call at a time: the session arms and disarms, the drain's thread switches off what is flooded.</summary>
internal sealed class SerializedArming(IArming inner) : IArming
{
    private readonly Lock gate = new();

    public string Scope => inner.Scope;

    public IReadOnlyList<string> Gaps => inner.Gaps;

    public SyncTally Tally => inner.Tally;

    public bool CanSuspend => inner.CanSuspend;

    public string? WhyNot(SyncMethod method) => inner.WhyNot(method);

    public int Arm(ProcessId process, IReadOnlyDictionary<int, HardwareSlot> slots)
    {
        lock (gate)
            return inner.Arm(process, slots);
    }

    public IReadOnlyDictionary<int, EventCount> Disarm(ProcessId process, IReadOnlyCollection<int> slots)
    {
        lock (gate)
            return inner.Disarm(process, slots);
    }

    public IReadOnlyDictionary<int, EventCount> Count(ProcessId process, IReadOnlyCollection<int> slots)
    {
        lock (gate)
            return inner.Count(process, slots);
    }

    public void Suspend(ProcessId process, IReadOnlyCollection<int> slots)
    {
        lock (gate)
            inner.Suspend(process, slots);
    }

    public void Resume(ProcessId process, IReadOnlyCollection<int> slots)
    {
        lock (gate)
            inner.Resume(process, slots);
    }

    public void Mend()
    {
        lock (gate)
            inner.Mend();
    }

    public void Reload(ProcessId process)
    {
        lock (gate)
            inner.Reload(process);
    }

    public void Dispose() => inner.Dispose();
}
