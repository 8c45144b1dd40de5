// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using Livewatcher.Model;

namespace Livewatcher.Render.Tests.Doctor;

/// <summary>An examination with every outcome, several remedies, two outlooks that differ, and text that a process has
/// chosen.</summary>
internal static class DoctorScenario
{
    public static DoctorReport Mixed { get; } = new(
        DoctorVerdict.Degraded,
        new MachineFacts
        {
            Kernel = "6.1.0-31-amd64",
            Cpus = 8,
            Hypervisor = true,
            UserId = 1000,
            Capabilities = ["CAP_PERFMON", "CAP_BPF"],
            Executable = "/usr/local/bin/livewatcher",
            Seccomp = false,
            PerfEventParanoid = 3,
            PerfEventMlockKilobytes = 516,
            PtraceScope = 1,
            Lockdown = "integrity",
            TypeInformation = true,
            LockedMemoryLimit = 8 << 20,
        },
        [
            new Check("libraries", "libraries", CheckOutcome.Works, "libdw.so.1, libelf.so.1 and libbpf.so.1 load.", [], []),
            new Check(
                "slots",
                "debug registers",
                CheckOutcome.Degraded,
                "3 of 4 can be had for a thread, 3 on each of 8 CPUs. Perf events are open in evil\u001b[31m (pid 4242).",
                [],
                [new Figure("free_for_a_thread", 3), new Figure("free_on_cpu_0", 3)]),
            new Check(
                "ptrace",
                "ptrace",
                CheckOutcome.Fails,
                "A tracer cannot even seize its own child: ptrace(PTRACE_SEIZE): EPERM (operation not permitted).",
                ["sudo sysctl -w kernel.yama.ptrace_scope=0", "sudo setcap cap_sys_ptrace+ep /usr/local/bin/livewatcher"],
                []),
        ],
        [
            new VerbOutlook("run", Possible: false, "bpf", "task", Guard: true, ["backend bpf: its programs load", "refused: no ptrace(2)"]),
            new VerbOutlook("attach", Possible: true, "bpf", "task", Guard: true, ["backend bpf: its programs load"]),
        ]);

    public static DoctorReport Healthy { get; } = Mixed with
    {
        Verdict = DoctorVerdict.Works,
        Machine = new MachineFacts
        {
            Kernel = "6.1.0-31-amd64",
            Cpus = 1,
            Hypervisor = false,
            UserId = 0,
            Capabilities = [],
            Executable = "/usr/local/bin/livewatcher",
        },
        Checks = [Mixed.Checks[0]],
        Outlooks =
        [
            new VerbOutlook("run", Possible: true, "bpf", "cpu", Guard: false, ["backend bpf: its programs load"]),
            new VerbOutlook("attach", Possible: true, "bpf", "cpu", Guard: false, ["backend bpf: its programs load"]),
        ],
    };
}
