// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using Livewatcher.Model;

namespace Livewatcher.Linux.Guard;

/// <summary>PTRACE_SEIZE was refused: no permission, another tracer, or a process that is gone.</summary>
public sealed class TraceRefusedException(int errno, ThreadId thread)
    : Exception($"ptrace(PTRACE_SEIZE) of thread {thread}: {Interop.Errno.Describe(errno)}")
{
    public int Errno { get; } = errno;

    public bool IsGone => Errno == Interop.Errno.ESRCH;
}
