// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

namespace Livewatcher.Linux.Perf;

/// <summary>The kernel refuses perf events altogether (kernel.perf_event_paranoid, seccomp, locked memory).</summary>
public sealed class PerfException(string operation, int errno)
    : Exception($"{operation}: {Interop.Errno.Describe(errno)}")
{
    /// <summary>errno of the refusal.</summary>
    public int Errno { get; } = errno;

    /// <summary>True where privilege is what lacks: CAP_PERFMON, or a lower kernel.perf_event_paranoid.</summary>
    public bool IsPermission => Errno is Interop.Errno.EPERM or Interop.Errno.EACCES;
}
