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
    private readonly Dictionary<int, List<PerfEvent>> events = [];

    public string Scope => "cpu";

    public int Arm(ProcessId process, IReadOnlyDictionary<int, HardwareSlot> slots)
    {
        List<int> done = [];
        try
        {
            foreach ((int slot, HardwareSlot content) in slots)
            {
                done.Add(slot);
                ArmSlot(slot, content);
            }
        }
        catch (ArmingException)
        {
            Disarm(process, done);
            throw;
        }

        return ProcessFiles.NumbersIn($"/proc/{process.Value}/task").Count();
    }

    public IReadOnlyDictionary<int, long> Disarm(ProcessId process, IReadOnlyCollection<int> slots)
    {
        Dictionary<int, long> counts = [];
        foreach (int slot in slots)
        {
            if (!events.Remove(slot, out List<PerfEvent>? opened))
                continue;
            counts[slot] = PerfEvent.End(opened);
        }

        return counts;
    }

    public void Reload(ProcessId process)
    {
        foreach (PerfEvent one in events.Values.SelectMany(opened => opened))
            one.Reload();
    }

    public void Dispose() => Disarm(default, [.. events.Keys]);

    private void ArmSlot(int slot, HardwareSlot content)
    {
        List<PerfEvent> opened = events[slot] = [];
        foreach (int cpu in OnlineCpus.Read())
        {
            PerfEvent? one = PerfEvent.TryOpen(PerfEvent.AttributesOf(content), -1, cpu, out int errno);
            if (one is not null)
            {
                opened.Add(one);
                errno = one.SetProgram(source.Program.SlotPrograms[slot]);
            }

            if (errno == 0)
                errno = one!.Enable();
            if (errno != 0)
                throw new ArmingException(errno, $"{Errno.Describe(errno)} on CPU {cpu}", null, slot);
        }
    }
}
