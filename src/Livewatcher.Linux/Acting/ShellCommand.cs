// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using Livewatcher.Linux.Interop;
using Microsoft.Win32.SafeHandles;

namespace Livewatcher.Linux.Acting;

/// <summary>A command of the shell that was started from here. Its standard output is our standard error: the report may be on ours.</summary>
public sealed class ShellCommand
{
    private static readonly SafeFileHandle StandardError = new(2, ownsHandle: false);

    private ShellCommand(int process, Stream input)
    {
        Process = process;
        Input = input;
    }

    public int Process { get; }

    /// <summary>Its standard input. Belongs to the caller.</summary>
    public Stream Input { get; }

    /// <summary>Asked once it has said yes, it would be another process's number: ask no more then.</summary>
    public bool HasEnded() => ChildStart.HasEnded(Process);

    /// <param name="command">As sh -c takes it.</param>
    /// <param name="environment">NAME=value, all of it.</param>
    /// <param name="failure">errno by name; null where it is started.</param>
    public static ShellCommand? Start(string command, IEnumerable<string> environment, out string? failure)
    {
        if (ChildStart.Pipe(out failure) is not (var theirs, var ours))
            return null;
        using (theirs)
        {
            int errno = ChildStart.Spawn("/bin/sh", ["sh", "-c", command], environment, [theirs, StandardError], ownGroup: false, out int process);
            failure = errno == 0 ? null : Errno.Describe(errno);
            if (errno == 0)
                return new ShellCommand(process, new FileStream(ours, FileAccess.Write, bufferSize: 0));
            ours.Dispose();
            return null;
        }
    }
}
