// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using Livewatcher.Linux.Guard;
using Livewatcher.Model;

namespace Livewatcher.Linux.Arming;

/// <summary>Scope task under the guard: each thread is armed while the guard holds it, newcomers inherit or come in stopped.
/// The guard owns the events.</summary>
public sealed class GuardArming(GuardTracer guard) : IArming
{
    public string Scope => "task";

    public int Arm(ProcessId process, IReadOnlyDictionary<int, HardwareSlot> slots) =>
        guard.Arm(process, slots.ToDictionary(slot => slot.Key, slot => SlotSpecKinds.ToSpec(slot.Value)));

    public IReadOnlyDictionary<int, EventCount> Disarm(ProcessId process, IReadOnlyCollection<int> slots) =>
        BySlot(guard.Disarm(process, MaskOf(slots)), slots);

    public IReadOnlyDictionary<int, EventCount> Count(ProcessId process, IReadOnlyCollection<int> slots) =>
        guard.ArmsByEvents ? BySlot(guard.Count(process), slots) : new Dictionary<int, EventCount>();

    /// <summary>An event is switched off where its thread runs; what is poked, in a stop of every thread only.</summary>
    public bool CanSuspend => guard.ArmsByEvents;

    public void Suspend(ProcessId process, IReadOnlyCollection<int> slots) => guard.Switch(process, MaskOf(slots), on: false);

    public void Resume(ProcessId process, IReadOnlyCollection<int> slots) =>
        ScanArmingSwitch.Repeat(process, () => guard.Switch(process, MaskOf(slots), on: true));

    /// <summary>A thread that is stopped for a moment is switched in anew, and its registers with it.</summary>
    public void Reload(ProcessId process) => guard.Kick(process);

    public void Dispose()
    {
        // The guard frees everything when it detaches.
    }

    /// <summary>What is poked is counted by nobody but us.</summary>
    private Dictionary<int, EventCount> BySlot(GuardPacket counted, IReadOnlyCollection<int> slots) => !guard.ArmsByEvents ? [] : slots.ToDictionary(
        slot => slot, slot => new EventCount((long)counted.Value[slot], TimeSpan.FromMicroseconds(counted.Idle[slot] / 1000.0), (int)counted.Failed[slot]));

    private static uint MaskOf(IReadOnlyCollection<int> slots) => slots.Aggregate(0u, (sum, slot) => sum | (1u << slot));
}
