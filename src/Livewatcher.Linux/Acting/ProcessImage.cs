// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using System.Runtime.InteropServices;
using Livewatcher.Linux.Guard;
using Livewatcher.Linux.Interop;
using Livewatcher.Linux.Scheduling;

namespace Livewatcher.Linux.Acting;

/// <summary>execve(2) of ourselves.</summary>
public static unsafe class ProcessImage
{
    private const int SIGPIPE = 13;

    /// <summary>Becomes another program. Comes back only where that fails.</summary>
    /// <param name="path">Of the program.</param>
    /// <param name="arguments">With its name first.</param>
    /// <returns>errno(3) by name.</returns>
    public static string Become(string path, IReadOnlyList<string> arguments)
    {
        using CStrings given = new(arguments);
        using CStrings variables = new(OwnEnvironment.Entries);
        byte* program = CStrings.Copy(path);
        Libc.Signal(SIGPIPE, 0); // SIG_DFL: the runtime ignores it, and that would survive
        using OwnNiceness.Lull lull = OwnNiceness.AsGiven();
        _ = Libc.Execute(program, given.Pointer, variables.Pointer);
        string failure = Errno.Describe(Marshal.GetLastPInvokeError());
        NativeMemory.Free(program);
        return failure;
    }
}
