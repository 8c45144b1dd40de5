// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using Livewatcher.Model;

namespace Livewatcher.Engine.Examining;

/// <summary>Commands that mend things, for this user on this machine. The reasons are those that the machine gives.</summary>
/// <param name="machine">Whose.</param>
/// <param name="tracing">Whether CAP_SYS_PTRACE is among what lacks.</param>
internal sealed class Remedies(MachineFacts machine, bool tracing)
{
    private const string Container = "docker run --cap-add=BPF --cap-add=PERFMON --cap-add=SYS_PTRACE IMAGE";

    // Higher values forbid perf events altogether: 3 is Debian's and Android's addition.
    private const int MostParanoid = 2;
    private const int KernelVisible = 1;

    /// <summary>Room for some hundred hits with 16 KiB of stack.</summary>
    private const long ComfortableRing = 8 << 20;

    private const int HeaderPageKilobytes = 4;

    private readonly string sudo = machine.UserId == 0 ? "" : "sudo ";

    internal string Install(string package) => $"{sudo}apt-get install {package}";

    internal string Sysctl(string name, int value) => $"{sudo}sysctl -w {name}={value}";

    internal bool Has(string capability) => machine.Capabilities.Contains(capability);

    /// <summary>Which of these we lack.</summary>
    internal IReadOnlyList<string> Missing(params IReadOnlyList<string> capabilities) => [.. capabilities.Where(one => !Has(one))];

    /// <summary>Why perf events may be forbidden.</summary>
    internal string WhyNoEvents() =>
        machine.PerfEventParanoid > MostParanoid ? $"kernel.perf_event_paranoid is {machine.PerfEventParanoid}, which forbids them to users without CAP_PERFMON"
        : machine.Seccomp ? "a seccomp filter is on this process, as in most containers"
        : "a security module may forbid it";

    /// <summary>What lets perf events through.</summary>
    internal IReadOnlyList<string> AllowEvents() =>
        machine.PerfEventParanoid > MostParanoid && !Has("CAP_PERFMON") ? [Sysctl("kernel.perf_event_paranoid", MostParanoid), .. Capabilities()]
        : machine.Seccomp ? [Container]
        : [];

    /// <summary>What shows the kernel's own accesses.</summary>
    internal IReadOnlyList<string> AllowKernelEvents() => [Sysctl("kernel.perf_event_paranoid", KernelVisible), .. Capabilities()];

    /// <summary>What lets BPF programs through. Outside of a container root has all that it takes.</summary>
    internal IReadOnlyList<string> AllowBpf()
    {
        if (Missing("CAP_BPF", "CAP_PERFMON").Count > 0 && !Has("CAP_SYS_ADMIN"))
            return machine.UserId == 0 || machine.Seccomp ? [Container] : Capabilities();
        return machine.LockedMemoryLimit is not null && !Has("CAP_SYS_RESOURCE") ? ["ulimit -l unlimited"] : machine.Seccomp ? [Container] : [];
    }

    /// <summary>What lets a process be traced that the tracer has not started. Yama's 3 stays till the next boot.</summary>
    internal IReadOnlyList<string> AllowTracing() =>
        machine.PtraceScope is 1 or 2 ? [Sysctl("kernel.yama.ptrace_scope", 0), .. Capabilities()]
        : machine.Seccomp ? [Container]
        : [];

    /// <summary>More locked memory for perf's rings; the kernel grants this much for each CPU.</summary>
    /// <param name="ringBytes">What each ring shall have at least.</param>
    internal IReadOnlyList<string> AllowMemory(long ringBytes) =>
        [Sysctl("kernel.perf_event_mlock_kb", (int)(Math.Max(ComfortableRing, ringBytes) >> 10) + HeaderPageKilobytes)];

    /// <summary>The same command wherever one is due: setcap(8) replaces what a file has.</summary>
    private IReadOnlyList<string> Capabilities() =>
        machine.UserId == 0 ? [] : [$"sudo setcap cap_bpf,cap_perfmon{(tracing ? ",cap_sys_ptrace" : "")}+ep {machine.Executable}"];
}
