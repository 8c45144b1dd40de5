// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using Livewatcher.Linux.Interop;
using Livewatcher.Model;

namespace Livewatcher.Linux.Arming;

/// <summary>Enables events and all that has been inherited from them.</summary>
internal static class ScanArmingSwitch
{
    /// <summary>Each time can miss only the child of a child that is being created in those microseconds, see below; that a
    /// lineage is missed so often in turn does not happen.</summary>
    private const int MostTimes = 10;

    /// <summary>PERF_EVENT_IOC_ENABLE goes through all inherited events, but a thread that is just being created by one that
    /// has itself inherited takes over the state of before (inherit_event() holds the lock of its own parent, not of the
    /// root) and stays disabled, it and its offspring. So it is repeated until no thread has come meanwhile.</summary>
    /// <exception cref="ArmingException">The kernel refuses.</exception>
    internal static void Enable(ProcessId process, IReadOnlyList<ScannedEvent> events) => Repeat(process, () =>
    {
        foreach (ScannedEvent one in events)
        {
            int errno = one.Event.Enable();
            if (errno != 0)
                throw new ArmingException(errno, Errno.Describe(errno), new ThreadId(one.Tid), one.Slot);
        }
    });

    /// <summary>Enables events, by whatever means, until no thread has come meanwhile.</summary>
    internal static void Repeat(ProcessId process, Action enable)
    {
        using ScanArmingThreads? threads = ScanArmingThreads.TryOpen(process);
        for (int times = 0; times < MostTimes; times++)
        {
            HashSet<int> before = [.. threads?.List() ?? []];
            enable();
            Thread.Sleep(1);
            if (before.IsSupersetOf(threads?.List() ?? []))
                return;
        }
    }
}
