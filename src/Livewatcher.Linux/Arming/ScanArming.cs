// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using Livewatcher.Linux.Bpf;
using Livewatcher.Linux.Interop;
using Livewatcher.Linux.Perf;
using Livewatcher.Model;

namespace Livewatcher.Linux.Arming;

/// <summary>Scope task without a guard: events for every thread that /proc/PID/task shows, which new threads inherit.
/// How no thread is left out or armed twice: <see cref="ScanArmingPass"/>.</summary>
public sealed class ScanArming : IArming
{
    private readonly ScanArmingDelivery delivery;
    private readonly bool needsPrograms;
    private readonly Dictionary<ProcessId, List<ScannedEvent>> armed = [];
    private readonly List<string> gaps = [];

    private ScanArming(ScanArmingDelivery delivery, bool needsPrograms)
    {
        this.delivery = delivery;
        this.needsPrograms = needsPrograms;
        // Each thread takes a descriptor a slot, on backend perf a slot and CPU.
        ResourceLimits.RaiseDescriptorLimit();
    }

    public string Scope => "task";

    /// <summary>Reasons why a thread may be unarmed, so far.</summary>
    public IReadOnlyList<string> Gaps => gaps;

    public static ScanArming For(BpfHitSource source, bool followFork) => new(new ScanToProgram(source, followFork), needsPrograms: true);

    public static ScanArming For(PerfHitSource source, bool followFork) => new(new ScanToRings(source, followFork), needsPrograms: false);

    public int Arm(ProcessId process, IReadOnlyDictionary<int, HardwareSlot> slots)
    {
        using ScanArmingPass pass = ScanArmingPass.Begin(process, delivery.Sequence(slots), delivery);
        using ScanArmingCheck check = new(process, pass, needsPrograms);
        check.BeforeEnabling();
        ScanArmingSwitch.Enable(process, pass.Events);
        check.AfterEnabling();
        gaps.AddRange(pass.Gaps);
        gaps.AddRange(check.Gaps);
        if (!armed.TryGetValue(process, out List<ScannedEvent>? kept))
            armed[process] = kept = [];
        kept.AddRange(pass.Keep());
        return pass.Threads;
    }

    public IReadOnlyDictionary<int, EventCount> Disarm(ProcessId process, IReadOnlyCollection<int> slots)
    {
        Dictionary<int, EventCount> counts = slots.ToDictionary(slot => slot, _ => default(EventCount));
        if (!armed.TryGetValue(process, out List<ScannedEvent>? events))
            return counts;
        List<ScannedEvent> ending = [.. events.Where(one => counts.ContainsKey(one.Slot))];
        foreach (ScannedEvent one in ending)
            _ = one.Event.Disable();
        foreach (ScannedEvent one in ending)
        {
            counts[one.Slot] += one.Event.Count;
            one.Event.Dispose();
        }

        events.RemoveAll(one => counts.ContainsKey(one.Slot));
        if (events.TrueForAll(one => one.Slot == ScannedEvent.AnchorSlot))
        {
            events.ForEach(anchor => anchor.Event.Dispose());
            armed.Remove(process);
        }

        return counts;
    }

    public IReadOnlyDictionary<int, EventCount> Count(ProcessId process, IReadOnlyCollection<int> slots) =>
        EventsOf(process, slots).GroupBy(one => one.Slot).ToDictionary(slot => slot.Key, slot => PerfEvent.Sum(slot.Select(one => one.Event)));

    public bool CanSuspend => true;

    public void Suspend(ProcessId process, IReadOnlyCollection<int> slots)
    {
        foreach (ScannedEvent one in EventsOf(process, slots))
            _ = one.Event.Disable();
    }

    public void Resume(ProcessId process, IReadOnlyCollection<int> slots)
    {
        // Of a process that has ended the events are there still, but nothing to be enabled.
        List<ScannedEvent> events = EventsOf(process, slots);
        ScanArmingSwitch.Repeat(process, () => events.ForEach(one => _ = one.Event.Enable()));
    }

    public void Reload(ProcessId process)
    {
        IReadOnlyList<ScannedEvent> events = armed.GetValueOrDefault(process) ?? [];
        foreach (ScannedEvent one in events)
            one.Event.Reload();

        ScanArmingSwitch.Enable(process, events);
    }

    private List<ScannedEvent> EventsOf(ProcessId process, IReadOnlyCollection<int> slots) =>
        [.. (armed.GetValueOrDefault(process) ?? []).Where(one => slots.Contains(one.Slot))];

    public void Dispose()
    {
        foreach (ProcessId process in armed.Keys.ToList())
            Disarm(process, [0, 1, 2, 3]);
    }
}
