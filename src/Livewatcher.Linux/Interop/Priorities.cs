// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using System.Runtime.InteropServices;

namespace Livewatcher.Linux.Interop;

/// <summary>getpriority(2), whose "process" is a thread on Linux; 0 is the calling one.</summary>
internal static partial class Priorities
{
    private const int PRIO_PROCESS = 0;

    /// <summary>From -20 to 19; -1 also where there is no such thread.</summary>
    internal static int NicenessOf(int thread) => GetPriority(PRIO_PROCESS, thread);

    /// <returns>0 or an errno: EACCES where that takes CAP_SYS_NICE (setpriority(2)).</returns>
    internal static int SetNiceness(int thread, int niceness) =>
        SetPriority(PRIO_PROCESS, thread, niceness) == 0 ? 0 : Marshal.GetLastPInvokeError();

    [LibraryImport("libc", EntryPoint = "gettid")]
    internal static partial int OwnThread();

    [LibraryImport("libc", EntryPoint = "getpriority")]
    private static partial int GetPriority(int which, int who);

    [LibraryImport("libc", EntryPoint = "setpriority", SetLastError = true)]
    private static partial int SetPriority(int which, int who, int niceness);
}
