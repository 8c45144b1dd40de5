// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using System.Runtime.InteropServices;
using Livewatcher.Linux.Guard;
using Livewatcher.Linux.Interop;
using Microsoft.Win32.SafeHandles;

namespace Livewatcher.Linux.Acting;

/// <summary>A command of the shell that was started from here. Not by System.Diagnostics.Process, whose reaper waits for children of all
/// kinds. Its standard output is our standard error: the report may be on ours.</summary>
public sealed unsafe class ShellCommand
{
    private const int SIGPIPE = 13;
    private const int O_CLOEXEC = 0x80000;
    private const int WNOHANG = 1;
    private const int SignalWords = 16; // sigset_t

    private ShellCommand(int process, Stream input)
    {
        Process = process;
        Input = input;
    }

    public int Process { get; }

    /// <summary>Its standard input. Belongs to the caller.</summary>
    public Stream Input { get; }

    /// <summary>Asked once it has said yes, it would be another process's number: ask no more then.</summary>
    public bool HasEnded()
    {
        int status;
        return Libc.WaitPid(Process, &status, WNOHANG) != 0;
    }

    /// <param name="command">As sh -c takes it.</param>
    /// <param name="environment">NAME=value, all of it.</param>
    /// <param name="failure">errno by name; null where it is started.</param>
    public static ShellCommand? Start(string command, IEnumerable<string> environment, out string? failure)
    {
        int* ends = stackalloc int[2];
        if (PosixSpawn.Pipe(ends, O_CLOEXEC) != 0)
        {
            failure = Errno.Describe(Marshal.GetLastPInvokeError());
            return null;
        }

        using SafeDescriptor theirs = new(ends[0]);
        SafeFileHandle ours = new(ends[1], ownsHandle: true);
        int errno = Spawn(command, environment, theirs.Number, out int process);
        failure = errno == 0 ? null : Errno.Describe(errno);
        if (errno == 0)
            return new ShellCommand(process, new FileStream(ours, FileAccess.Write, bufferSize: 0));
        ours.Dispose();
        return null;
    }

    private static int Spawn(string command, IEnumerable<string> environment, int input, out int process)
    {
        byte* actions = stackalloc byte[PosixSpawn.FileActionsBytes];
        byte* attributes = stackalloc byte[PosixSpawn.AttributesBytes];
        ulong* none = stackalloc ulong[SignalWords];
        ulong* defaults = stackalloc ulong[SignalWords];
        new Span<ulong>(none, SignalWords).Clear();
        new Span<ulong>(defaults, SignalWords).Clear();
        defaults[0] = 1ul << (SIGPIPE - 1); // the runtime ignores it, which a child would inherit
        using CStrings arguments = new(["sh", "-c", command]);
        using CStrings variables = new([.. environment]);
        int errno = First(
            PosixSpawn.InitializeActions(actions),
            PosixSpawn.InitializeAttributes(attributes),
            PosixSpawn.AddDuplicate(actions, input, 0),
            PosixSpawn.AddDuplicate(actions, 2, 1),
            PosixSpawn.SetFlags(attributes, PosixSpawn.POSIX_SPAWN_SETSIGDEF | PosixSpawn.POSIX_SPAWN_SETSIGMASK),
            PosixSpawn.SetDefaults(attributes, defaults),
            PosixSpawn.SetMask(attributes, none));
        int pid = 0;
        if (errno == 0)
        {
            fixed (byte* shell = "/bin/sh"u8)
                errno = PosixSpawn.Spawn(&pid, shell, actions, attributes, arguments.Pointer, variables.Pointer);
        }

        _ = PosixSpawn.DestroyAttributes(attributes);
        _ = PosixSpawn.DestroyActions(actions);
        process = pid;
        return errno;
    }

    /// <summary>The first that is an error; 0 for none.</summary>
    private static int First(params ReadOnlySpan<int> errors)
    {
        int at = errors.IndexOfAnyExcept(0);
        return at < 0 ? 0 : errors[at];
    }
}
