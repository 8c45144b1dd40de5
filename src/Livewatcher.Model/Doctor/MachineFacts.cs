// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

namespace Livewatcher.Model;

/// <summary>What the machine says of itself. Reasons and remedies are drawn from this; never whether something works.</summary>
public sealed record MachineFacts
{
    /// <summary>uname -r, for whoever reads the report.</summary>
    public required string Kernel { get; init; }

    /// <summary>The processor's model, as /proc/cpuinfo names it; null where it does not.</summary>
    public string? Processor { get; init; }

    /// <summary>CPUs online.</summary>
    public required int Cpus { get; init; }

    /// <summary>Whether the processor says that it is virtual.</summary>
    public required bool Hypervisor { get; init; }

    /// <summary>Effective user id; 0 is root.</summary>
    public required long UserId { get; init; }

    /// <summary>Effective capabilities among those that matter, such as CAP_BPF (capabilities(7)).</summary>
    public required IReadOnlyList<string> Capabilities { get; init; }

    /// <summary>Our own executable, for setcap(8).</summary>
    public required string Executable { get; init; }

    /// <summary>A seccomp filter is on us (/proc/self/status, Seccomp: 2), as in most containers.</summary>
    public bool Seccomp { get; init; }

    /// <summary>kernel.perf_event_paranoid; null where there is none.</summary>
    public int? PerfEventParanoid { get; init; }

    /// <summary>kernel.perf_event_mlock_kb.</summary>
    public int? PerfEventMlockKilobytes { get; init; }

    /// <summary>kernel.yama.ptrace_scope; null where Yama is not built in.</summary>
    public int? PtraceScope { get; init; }

    /// <summary>What the kernel locks down: none, integrity, confidentiality (kernel_lockdown(7)); null where it does not say.</summary>
    public string? Lockdown { get; init; }

    /// <summary>Whether the kernel describes its types (/sys/kernel/btf/vmlinux, CONFIG_DEBUG_INFO_BTF).</summary>
    public bool TypeInformation { get; init; }

    /// <summary>RLIMIT_MEMLOCK in bytes; null where there is no limit.</summary>
    public long? LockedMemoryLimit { get; init; }
}
