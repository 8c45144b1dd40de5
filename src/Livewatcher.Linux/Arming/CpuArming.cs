// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using Livewatcher.Linux.Bpf;
using Livewatcher.Linux.Interop;
using Livewatcher.Linux.ProcFs;
using Livewatcher.Model;

namespace Livewatcher.Linux.Arming;

/// <summary>Scope cpu: one event per online CPU and slot. Every thread, existing or new, is covered at once, and so is every
/// other process that has this virtual address; the BPF program tells them apart.</summary>
public sealed class CpuArming(BpfHitSource source) : IArming
{
    private readonly Dictionary<int, ArmedSlot> armed = [];
    private readonly Dictionary<int, CpuCanary> canaries = [];
    private readonly List<string> gaps = [];

    public string Scope => "cpu";

    public IReadOnlyList<string> Gaps => gaps;

    public bool CanSuspend => true;

    public int Arm(ProcessId process, IReadOnlyDictionary<int, HardwareSlot> slots)
    {
        List<int> done = [];
        try
        {
            foreach ((int slot, HardwareSlot content) in slots)
            {
                done.Add(slot);
                armed[slot] = new ArmedSlot(content);
                foreach (int cpu in OnlineCpus.Read())
                {
                    if (!canaries.ContainsKey(cpu))
                        canaries[cpu] = new CpuCanary(cpu);
                    ArmOn(cpu, slot);
                }
            }
        }
        catch (ArmingException)
        {
            Disarm(process, done);
            throw;
        }

        return ProcessTable.ThreadsOf(process) ?? 0;
    }

    public IReadOnlyDictionary<int, EventCount> Disarm(ProcessId process, IReadOnlyCollection<int> slots)
    {
        Dictionary<int, EventCount> counts = [];
        foreach (int slot in slots)
        {
            if (armed.Remove(slot, out ArmedSlot? ending))
                counts[slot] = ending.Counted + PerfEvent.End(ending.Events.Values);
        }

        return counts;
    }

    public IReadOnlyDictionary<int, EventCount> Count(ProcessId process, IReadOnlyCollection<int> slots) =>
        slots.Where(armed.ContainsKey).ToDictionary(slot => slot, slot => armed[slot].Counted + PerfEvent.Sum(armed[slot].Events.Values));

    public void Suspend(ProcessId process, IReadOnlyCollection<int> slots) => Switch(slots, on: false);

    public void Resume(ProcessId process, IReadOnlyCollection<int> slots) => Switch(slots, on: true);

    public void Reload(ProcessId process)
    {
        foreach (PerfEvent one in armed.Values.SelectMany(slot => slot.Events.Values))
            one.Reload();
    }

    /// <summary>A CPU that has come online, or was offline for a moment, has none of our events.</summary>
    public void Mend()
    {
        if (armed.Count == 0)
            return;
        foreach (int cpu in OnlineCpus.Read())
        {
            if (canaries.TryGetValue(cpu, out CpuCanary? canary) && canary.Lives())
                continue;
            canary?.Dispose();
            canaries[cpu] = new CpuCanary(cpu);
            TakeUp(cpu);
        }
    }

    public void Dispose()
    {
        Disarm(default, [.. armed.Keys]);
        foreach (CpuCanary canary in canaries.Values)
            canary.Dispose();
    }

    private void TakeUp(int cpu)
    {
        string gap = $"CPU {cpu} came online while it was watched: what ran there before it was armed was not seen";
        try
        {
            foreach ((int slot, ArmedSlot content) in armed)
            {
                if (content.Events.Remove(cpu, out PerfEvent? lost))
                    content.Counted += PerfEvent.End([lost]);
                ArmOn(cpu, slot);
            }
        }
        catch (ArmingException e)
        {
            gap = $"CPU {cpu} came online while it was watched and could not be armed: {e.Message}";
        }

        if (!gaps.Contains(gap))
            gaps.Add(gap);
    }

    private void ArmOn(int cpu, int slot)
    {
        ArmedSlot content = armed[slot];
        PerfEvent? one = PerfEvent.TryOpen(PerfEvent.AttributesOf(content.Content), -1, cpu, out int errno);
        if (one is not null)
        {
            content.Events[cpu] = one;
            errno = one.SetProgram(source.Program.SlotPrograms[slot]);
        }

        if (errno == 0 && content.IsOn)
            errno = one!.Enable();
        if (errno != 0)
            throw new ArmingException(errno, $"{Errno.Describe(errno)} on CPU {cpu}", null, slot);
    }

    private void Switch(IReadOnlyCollection<int> slots, bool on)
    {
        foreach (ArmedSlot slot in slots.Where(armed.ContainsKey).Select(slot => armed[slot]))
        {
            slot.IsOn = on;
            foreach (PerfEvent one in slot.Events.Values)
                _ = on ? one.Enable() : one.Disable();
        }
    }

    private sealed class ArmedSlot(HardwareSlot content)
    {
        internal HardwareSlot Content { get; } = content;

        internal Dictionary<int, PerfEvent> Events { get; } = [];

        /// <summary>By events that are closed.</summary>
        internal EventCount Counted { get; set; }

        internal bool IsOn { get; set; } = true;
    }
}
