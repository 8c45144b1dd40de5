// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using System.Runtime.InteropServices;

namespace Livewatcher.Linux.Interop;

/// <summary>Waits until every CPU has passed through the scheduler or a tick: a debug exception that was under way is over, for
/// its handler runs with interrupts off, and no interrupt comes between a store and its exception (Intel SDM vol. 3, 6.9).</summary>
internal static partial class ProcessorBarrier
{
    private const long SYS_membarrier = 324;
    private const int MEMBARRIER_CMD_GLOBAL = 1;

    /// <summary>For kernels without membarrier(2), or with nohz_full: several ticks.</summary>
    private static readonly TimeSpan InPlace = TimeSpan.FromMilliseconds(50);

    [LibraryImport("libc", EntryPoint = "syscall", SetLastError = true)]
    private static partial long MemoryBarrier(long number, int command, uint flags, int cpu);

    internal static void Wait()
    {
        if (MemoryBarrier(SYS_membarrier, MEMBARRIER_CMD_GLOBAL, 0, 0) != 0)
            Thread.Sleep(InPlace);
    }
}
