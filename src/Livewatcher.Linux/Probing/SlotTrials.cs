// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using Livewatcher.Linux.Arming;
using Livewatcher.Linux.Interop;
using Livewatcher.Linux.ProcFs;
using Livewatcher.Linux.Records;
using Livewatcher.Model;

namespace Livewatcher.Linux.Probing;

/// <summary>How many debug registers can be had: opens breakpoint events until the kernel refuses. They stay disabled, so
/// no register is ever loaded with them; but the kernel counts them as taken for the microseconds until they are closed
/// (kernel/events/hw_breakpoint.c, reserve_bp_slot), and somebody who arms in just that moment is refused.</summary>
internal static class SlotTrials
{
    private const string What = "perf_event_open(2)";

    /// <summary>More than any x86 processor has.</summary>
    private const int Enough = 16;

    internal static SlotTrial Run(ProbeTarget probe, bool excludeKernel)
    {
        PerfEventAttributes attributes = PerfEvent.AttributesOf(probe.Word);
        if (excludeKernel)
            attributes.Flags |= PerfEventAttributes.ExcludeKernel;
        int onTask = Count(attributes, probe.Process.Value, -1, out int taskErrno);

        Dictionary<int, int> onCpus = [];
        int cpuErrno = 0;
        foreach (int cpu in OnlineCpus.Read())
        {
            int free = Count(attributes, -1, cpu, out cpuErrno);
            if (cpuErrno is not (0 or Errno.ENOSPC))
                break;
            onCpus[cpu] = free;
            cpuErrno = 0;
        }

        bool taken = onTask < RecordLimits.LW_SLOTS || onCpus.Values.Any(free => free < RecordLimits.LW_SLOTS);
        return new SlotTrial(
            onTask, Refusals.Of(What, taskErrno), onCpus, Refusals.Of($"{What} of a whole CPU", cpuErrno), taken ? ProcessTable.PerfUsers() : []);
    }

    private static int Count(PerfEventAttributes attributes, int pid, int cpu, out int errno)
    {
        List<PerfEvent> opened = [];
        errno = 0;
        while (opened.Count < Enough && PerfEvent.TryOpen(attributes, pid, cpu, out errno) is { } one)
            opened.Add(one);
        opened.ForEach(one => one.Dispose());
        return opened.Count;
    }
}
