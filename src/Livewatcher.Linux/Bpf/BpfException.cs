// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

namespace Livewatcher.Linux.Bpf;

/// <summary>The kernel or libbpf has refused; another backend may serve.</summary>
public sealed class BpfException(string operation, int errno)
    : Exception($"{operation}: {Interop.Errno.Describe(errno)}")
{
    /// <summary>errno of the refusal.</summary>
    public int Errno { get; } = errno;

    /// <summary>True where privilege is what lacks: CAP_BPF and CAP_PERFMON, or root.</summary>
    public bool IsPermission => Errno is Interop.Errno.EPERM or Interop.Errno.EACCES;
}
