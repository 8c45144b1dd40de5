// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using Livewatcher.Linux.Bpf;
using Livewatcher.Linux.Interop;
using Livewatcher.Linux.Perf;
using Livewatcher.Model;

namespace Livewatcher.Linux.Arming;

/// <summary>Scope task without a guard: events for every thread that /proc/PID/task shows, which new threads inherit.
/// How no thread is left out or armed twice: <see cref="ScanArmingPass"/>.</summary>
public sealed unsafe class ScanArming : IArming
{
    private const ulong PERF_EVENT_IOC_ID = 0x80082407;

    /// <summary>How often a pass is mended; each time only threads created within a few microseconds can fail again.</summary>
    private const int MostRepairs = 10;

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
        if (needsPrograms)
            EnsurePrograms(process, pass);
        foreach (ScannedEvent one in pass.Events)
        {
            // Inherited ones too: perf_event_for_each_child().
            int errno = one.Event.Enable();
            if (errno != 0)
                throw new ArmingException(errno, Errno.Describe(errno), new ThreadId(one.Tid), one.Slot);
        }

        gaps.AddRange(pass.Gaps);
        if (!armed.TryGetValue(process, out List<ScannedEvent>? kept))
            armed[process] = kept = [];
        kept.AddRange(pass.Keep());
        return pass.Threads;
    }

    public IReadOnlyDictionary<int, long> Disarm(ProcessId process, IReadOnlyCollection<int> slots)
    {
        Dictionary<int, long> counts = slots.ToDictionary(slot => slot, _ => 0L);
        if (!armed.TryGetValue(process, out List<ScannedEvent>? events))
            return counts;
        foreach (ScannedEvent one in events.Where(one => counts.ContainsKey(one.Slot)))
            _ = one.Event.Disable();
        foreach (ScannedEvent one in events.Where(one => counts.ContainsKey(one.Slot)))
        {
            counts[one.Slot] += one.Event.Count;
            one.Event.Dispose();
        }

        events.RemoveAll(one => counts.ContainsKey(one.Slot));
        return counts;
    }

    /// <summary>Disabling and enabling an event writes the debug registers of the threads that run
    /// (arch_install_hw_breakpoint).</summary>
    public void Reload(ProcessId process)
    {
        foreach (ScannedEvent one in armed.GetValueOrDefault(process) ?? [])
        {
            _ = one.Event.Disable();
            _ = one.Event.Enable();
        }
    }

    public void Dispose()
    {
        foreach (ProcessId process in armed.Keys)
            Disarm(process, [0, 1, 2, 3]);
        armed.Clear();
    }

    /// <summary>An event inherits the BPF program that its parent has at that moment. A thread that is created between our
    /// perf_event_open(2) and our PERF_EVENT_IOC_SET_BPF has an event without: its hits would reach nobody, nor would those
    /// of all its offspring. So we look, and open anew what has led to such.</summary>
    private void EnsurePrograms(ProcessId process, ScanArmingPass pass)
    {
        try
        {
            using ScanArmingEvents kernel = ScanArmingEvents.Load();
            for (int repairs = 0; repairs < MostRepairs; repairs++)
            {
                HashSet<ulong> barren = [.. kernel.Read(process).Where(one => one.HasProgram == 0).Select(one => one.Root)];
                if (barren.Count == 0)
                    return;
                HashSet<int> tids = [.. pass.Events.Where(one => barren.Contains(IdOf(one.Event))).Select(one => one.Tid)];
                if (tids.Count == 0)
                    return;
                pass.Reopen(tids);
            }

            gaps.Add($"new threads of process {process} may have inherited events without a BPF program");
        }
        catch (BpfException e)
        {
            gaps.Add($"whether new threads of process {process} have inherited the BPF program cannot be looked up: {e.Message}");
        }
    }

    private static ulong IdOf(PerfEvent one)
    {
        ulong id;
        return Libc.IoControl(one.Descriptor, PERF_EVENT_IOC_ID, (long)&id) == 0 ? id : 0;
    }
}
