// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using Livewatcher.Linux.Bpf;
using Livewatcher.Model;

namespace Livewatcher.Linux.Arming;

/// <summary>Looks into the kernel, where privilege allows, at what a pass has done, and mends it. Needed with a BPF program:
/// an event inherits the program that its parent has at that moment, so a thread that is created between our
/// perf_event_open(2) and our PERF_EVENT_IOC_SET_BPF has an event without one; its hits would reach nobody, nor would those
/// of its offspring. And on kernels where a newcomer's inheritance is doubtful.</summary>
internal sealed class ScanArmingCheck : IDisposable
{
    /// <summary>Each time only threads created within a few microseconds can fail again.</summary>
    private const int MostRepairs = 10;

    private readonly ProcessId process;
    private readonly ScanArmingPass pass;
    private readonly bool needsPrograms;
    private readonly ScanArmingEvents? kernel;
    private readonly List<string> gaps = [];

    internal ScanArmingCheck(ProcessId process, ScanArmingPass pass, bool needsPrograms)
    {
        this.process = process;
        this.pass = pass;
        this.needsPrograms = needsPrograms;
        if (!needsPrograms && !pass.Doubtful)
            return;
        try
        {
            kernel = ScanArmingEvents.Load();
        }
        catch (BpfException e)
        {
            gaps.Add(needsPrograms
                ? $"whether new threads of process {process} have inherited the BPF program cannot be looked up: {e.Message}"
                : $"threads of process {process} that came while it was armed may be armed twice, as this kernel does not tell what they have inherited: {e.Message}");
        }
    }

    internal IReadOnlyList<string> Gaps => gaps;

    /// <summary>Ends what has no program or is there twice.</summary>
    internal void BeforeEnabling()
    {
        for (int repairs = 0; kernel is not null; repairs++)
        {
            Dictionary<ulong, ScannedEvent> roots = Roots();
            List<ThreadEvent> ours = [.. kernel.Read(process).Where(one => roots.ContainsKey(one.Root))];
            HashSet<int> barren = [.. ours.Where(one => needsPrograms && !one.Flags.HasFlag(ThreadEventFlags.LW_EVENT_PROGRAM)).Select(one => roots[one.Root].Tid)];
            List<ScannedEvent> twice = [.. ours.GroupBy(one => (one.Tid, one.Cpu, roots[one.Root].Slot)).Where(group => group.Count() > 1).Select(group => roots[group.Max(one => one.Root)])];
            if (barren.Count == 0 && twice.Count == 0)
                return;
            if (repairs == MostRepairs)
            {
                gaps.Add($"new threads of process {process} go on inheriting events without a BPF program, or twice");
                return;
            }

            pass.Close(twice);
            if (barren.Count > 0)
                pass.Reopen(barren);
        }
    }

    /// <summary>Enables what was created disabled in the moment of enabling.</summary>
    internal void AfterEnabling()
    {
        for (int repairs = 0; kernel is not null; repairs++)
        {
            Dictionary<ulong, ScannedEvent> roots = Roots();
            if (kernel.Read(process).Where(one => roots.ContainsKey(one.Root)).All(one => one.Flags.HasFlag(ThreadEventFlags.LW_EVENT_ENABLED)))
                return;
            if (repairs == MostRepairs)
            {
                gaps.Add($"new threads of process {process} go on inheriting events that are not enabled");
                return;
            }

            ScanArmingSwitch.Enable(process, pass.Events);
        }
    }

    public void Dispose() => kernel?.Dispose();

    private Dictionary<ulong, ScannedEvent> Roots()
    {
        Dictionary<ulong, ScannedEvent> roots = [];
        foreach (ScannedEvent one in pass.Events.Where(one => one.Slot != ScannedEvent.AnchorSlot))
        {
            if (one.Event.Id is { } id)
                roots[id] = one;
        }

        return roots;
    }
}
