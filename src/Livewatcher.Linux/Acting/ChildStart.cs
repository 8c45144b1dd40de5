// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using System.Runtime.InteropServices;
using Livewatcher.Linux.Guard;
using Livewatcher.Linux.Interop;
using Livewatcher.Linux.Scheduling;
using Microsoft.Win32.SafeHandles;

namespace Livewatcher.Linux.Acting;

/// <summary>Starts a child process by posix_spawn(3), with signals as a fresh process has them. Not by System.Diagnostics.Process, whose
/// reaper waits for children of all kinds.</summary>
internal static unsafe class ChildStart
{
    private const int SIGPIPE = 13;
    private const int O_CLOEXEC = 0x80000;
    private const int WNOHANG = 1;
    private const int SignalWords = 16; // sigset_t

    /// <returns>Reading end, writing end; null where there are no descriptors left (the failure is errno by name).</returns>
    internal static (SafeFileHandle Read, SafeFileHandle Write)? Pipe(out string? failure)
    {
        int* ends = stackalloc int[2];
        failure = PosixSpawn.Pipe(ends, O_CLOEXEC) == 0 ? null : Errno.Describe(Marshal.GetLastPInvokeError());
        return failure is null ? (new SafeFileHandle(ends[0], ownsHandle: true), new SafeFileHandle(ends[1], ownsHandle: true)) : null;
    }

    /// <param name="path">Of the program.</param>
    /// <param name="arguments">With its name first.</param>
    /// <param name="environment">NAME=value, all of it.</param>
    /// <param name="descriptors">What become its descriptors 0, 1, 2; what is missing is our own.</param>
    /// <param name="ownGroup">Ctrl-C at our terminal is not for it.</param>
    /// <param name="process">Its number, where it is started.</param>
    /// <returns>errno; 0 where it is started.</returns>
    internal static int Spawn(string path, IEnumerable<string> arguments, IEnumerable<string> environment, IReadOnlyList<SafeHandle> descriptors, bool ownGroup, out int process)
    {
        byte* actions = stackalloc byte[PosixSpawn.FileActionsBytes];
        byte* attributes = stackalloc byte[PosixSpawn.AttributesBytes];
        ulong* none = stackalloc ulong[SignalWords];
        ulong* defaults = stackalloc ulong[SignalWords];
        new Span<ulong>(none, SignalWords).Clear();
        new Span<ulong>(defaults, SignalWords).Clear();
        defaults[0] = 1ul << (SIGPIPE - 1); // the runtime ignores it, which a child would inherit
        using CStrings given = new([.. arguments]);
        using CStrings variables = new([.. environment]);
        int errno = First(
            PosixSpawn.InitializeActions(actions),
            PosixSpawn.InitializeAttributes(attributes),
            PosixSpawn.SetFlags(attributes, (short)(PosixSpawn.POSIX_SPAWN_SETSIGDEF | PosixSpawn.POSIX_SPAWN_SETSIGMASK | (ownGroup ? PosixSpawn.POSIX_SPAWN_SETPGROUP : 0))),
            PosixSpawn.SetDefaults(attributes, defaults),
            PosixSpawn.SetMask(attributes, none));
        for (int i = 0; i < descriptors.Count && errno == 0; i++)
            errno = PosixSpawn.AddDuplicate(actions, (int)descriptors[i].DangerousGetHandle(), i);
        int pid = 0;
        if (errno == 0)
        {
            byte* program = CStrings.Copy(path);
            using OwnNiceness.Lull lull = OwnNiceness.AsGiven();
            errno = PosixSpawn.Spawn(&pid, program, actions, attributes, given.Pointer, variables.Pointer);
            NativeMemory.Free(program);
        }

        _ = PosixSpawn.DestroyAttributes(attributes);
        _ = PosixSpawn.DestroyActions(actions);
        process = pid;
        return errno;
    }

    /// <summary>Asked once it has said yes, it would be another process's number: ask no more then.</summary>
    internal static bool HasEnded(int process) => HasEnded(process, out _);

    /// <summary>As above.</summary>
    /// <param name="process">The child.</param>
    /// <param name="status">As wait(2) gives it; 0 where it runs.</param>
    internal static bool HasEnded(int process, out int status)
    {
        int given = 0;
        bool ended = Libc.WaitPid(process, &given, WNOHANG) != 0;
        status = given;
        return ended;
    }

    /// <returns>As wait(2) gives it.</returns>
    internal static int AwaitEnd(int process)
    {
        int status = 0;
        while (Libc.WaitPid(process, &status, 0) < 0 && Marshal.GetLastPInvokeError() == Errno.EINTR)
        {
        }

        return status;
    }

    /// <summary>The first that is an error; 0 for none.</summary>
    private static int First(params ReadOnlySpan<int> errors)
    {
        int at = errors.IndexOfAnyExcept(0);
        return at < 0 ? 0 : errors[at];
    }
}
