// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using System.Runtime.InteropServices;

namespace Livewatcher.Linux.Interop;

/// <summary>getpriority(2), whose "process" is a thread on Linux, and sched_setattr(2); 0 is the calling thread.</summary>
internal static unsafe partial class Priorities
{
    private const int PRIO_PROCESS = 0;
    private const int SYS_sched_setattr = 314;
    private const int SYS_sched_getattr = 315;
    private const ulong SCHED_FLAG_KEEP_POLICY = 8;

    /// <summary>From -20 to 19; -1 also where there is no such thread.</summary>
    internal static int NicenessOf(int thread) => GetPriority(PRIO_PROCESS, thread);

    /// <returns>0 or an errno: EACCES where that takes CAP_SYS_NICE (setpriority(2)).</returns>
    internal static int SetNiceness(int thread, int niceness) =>
        SetPriority(PRIO_PROCESS, thread, niceness) == 0 ? 0 : Marshal.GetLastPInvokeError();

    /// <summary>Sets both of a thread, which keeps its policy; a realtime policy has neither (EINVAL).</summary>
    /// <param name="thread">Whose.</param>
    /// <param name="niceness">From -20 to 19.</param>
    /// <param name="slice">Its time slice, ns, from 100,000 to 100,000,000; 0: the usual one. Kernels before 6.12 ignore it.</param>
    /// <returns>0 or an errno.</returns>
    internal static int Set(int thread, int niceness, ulong slice)
    {
        Attributes attributes = new() { Size = (uint)sizeof(Attributes), Flags = SCHED_FLAG_KEEP_POLICY, Niceness = niceness, Runtime = slice };
        return SetAttributes(SYS_sched_setattr, thread, &attributes, 0) == 0 ? 0 : Marshal.GetLastPInvokeError();
    }

    /// <summary>ns; 0 where the kernel does not tell (before 6.12), or there is no such thread.</summary>
    internal static ulong SliceOf(int thread)
    {
        Attributes attributes = default;
        return GetAttributes(SYS_sched_getattr, thread, &attributes, (uint)sizeof(Attributes), 0) == 0 ? attributes.Runtime : 0;
    }

    /// <summary>struct sched_attr, its first version (include/uapi/linux/sched/types.h).</summary>
    [StructLayout(LayoutKind.Sequential)]
    private struct Attributes
    {
        public uint Size;
        public uint Policy;
        public ulong Flags;
        public int Niceness;
        public uint Priority;
        public ulong Runtime;
        public ulong Deadline;
        public ulong Period;
    }

    [LibraryImport("libc", EntryPoint = "syscall", SetLastError = true)]
    private static partial long SetAttributes(long number, int thread, Attributes* attributes, uint flags);

    [LibraryImport("libc", EntryPoint = "syscall", SetLastError = true)]
    private static partial long GetAttributes(long number, int thread, Attributes* attributes, uint size, uint flags);

    [LibraryImport("libc", EntryPoint = "gettid")]
    internal static partial int OwnThread();

    [LibraryImport("libc", EntryPoint = "getpriority")]
    private static partial int GetPriority(int which, int who);

    [LibraryImport("libc", EntryPoint = "setpriority", SetLastError = true)]
    private static partial int SetPriority(int which, int who, int niceness);
}
