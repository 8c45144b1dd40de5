// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using System.Runtime.InteropServices;

namespace Livewatcher.Linux.Interop;

/// <summary>ptrace(2) as far as a thread is held by it, and rt_tgsigqueueinfo(2).</summary>
internal static unsafe partial class ThreadControl
{
    internal const long PTRACE_PEEKUSER = 3;
    internal const long PTRACE_DETACH = 17;
    internal const long PTRACE_SEIZE = 0x4206;
    internal const long PTRACE_INTERRUPT = 0x4207;

    /// <summary>Waits for threads too that are nobody's children (__WALL).</summary>
    internal const int WaitForAll = 0x40000000;

    internal const int SI_QUEUE = -1;

    private const long SYS_rt_tgsigqueueinfo = 297;
    private const long SYS_ptrace = 101;

    /// <summary>siginfo_t of a queued signal, 128 bytes (include/uapi/asm-generic/siginfo.h).</summary>
    [StructLayout(LayoutKind.Sequential, Size = 128)]
    internal struct QueuedSignal
    {
        public int Number;
        public int Error;
        public int Code;
        public int Padding;
        public int Sender;
        public uint User;
        public long Value;
    }

    /// <returns>0 or an errno.</returns>
    internal static int Queue(int process, int thread, in QueuedSignal signal)
    {
        fixed (QueuedSignal* info = &signal)
            return SystemCall(SYS_rt_tgsigqueueinfo, process, thread, signal.Number, (nint)info) == 0 ? 0 : Marshal.GetLastPInvokeError();
    }

    /// <summary>The system call itself, whose PEEK requests store what they read at <paramref name="data"/>.</summary>
    /// <returns>0 or an errno.</returns>
    internal static int Trace(long request, int thread, nint address, nint data) =>
        SystemCall(SYS_ptrace, request, thread, address, data) == 0 ? 0 : Marshal.GetLastPInvokeError();

    [LibraryImport("libc", EntryPoint = "syscall", SetLastError = true)]
    private static partial long SystemCall(long number, long first, long second, long third, nint fourth);
}
