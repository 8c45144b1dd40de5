// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using AwesomeAssertions;
using Livewatcher.Doctor.Tests.Running;
using Xunit;

namespace Livewatcher.Doctor.Tests;

/// <summary>Machines that lack something: made by a seccomp filter, or by a mount namespace that hides a library.</summary>
public sealed class LackingTests : DoctorTest
{
    // arch/x86/entry/syscalls/syscall_64.tbl
    private const string Ptrace = "101";
    private const string PerfEventOpen = "298";
    private const string ReadMemory = "310";
    private const string Bpf = "321";

    [Fact]
    public async Task WithoutPerfEventsItCannotWatch()
    {
        var report = await DeniedAsync(PerfEventOpen);
        report.ExitStatus.Should().Be(2);
        report.OutcomeOf("perf_events").Should().Be("fails");
        report.Finding("perf_events").Should().Contain("EPERM").And.Contain("seccomp");
        report.Possible("run").Should().BeFalse();
        report.Possible("attach").Should().BeFalse();
    }

    [Fact]
    public async Task WithoutBpfPerfIsLeft()
    {
        NeedsRoot();
        await NeedsRegistersAsync();
        var report = await DeniedAsync(Bpf);
        report.ExitStatus.Should().Be(1);
        report.OutcomeOf("bpf").Should().Be("fails");
        report.Finding("bpf").Should().Contain("EPERM");
        report.Figure("accounting", "recorded").Should().BePositive();
        report.Outlooks.Should().AllSatisfy(outlook => outlook.GetProperty("backend").GetString().Should().Be("perf"));
    }

    [Fact]
    public async Task WithoutPtraceThereIsNoRun()
    {
        NeedsRoot();
        await NeedsRegistersAsync();
        var report = await DeniedAsync(Ptrace);
        report.ExitStatus.Should().Be(1);
        report.OutcomeOf("ptrace").Should().Be("fails");
        report.Possible("run").Should().BeFalse();
        report.Finding("ptrace").Should().Contain("seccomp");
    }

    [Fact]
    public async Task WithoutPtraceAndWithoutMemoryThereIsNothing()
    {
        var report = await DeniedAsync($"{Ptrace},{ReadMemory}");
        report.ExitStatus.Should().Be(2);
        report.Possible("attach").Should().BeFalse();
    }

    [Fact]
    public async Task WithoutLibbpfPerfIsLeftAndThePackageIsNamed()
    {
        NeedsRoot();
        await NeedsRegistersAsync();
        var report = await HiddenAsync("libbpf.so.1");
        report.ExitStatus.Should().Be(1);
        report.OutcomeOf("libraries").Should().Be("degraded");
        report.OutcomeOf("bpf").Should().Be("fails");
        report.Remedies.Should().Contain("apt-get install libbpf1");
    }

    [Fact]
    public async Task WithoutLibdwItCannotWatchAndThePackageIsNamed()
    {
        NeedsRoot();
        var report = await HiddenAsync("libdw.so.1");
        report.ExitStatus.Should().Be(2);
        report.OutcomeOf("libraries").Should().Be("fails");
        report.Remedies.Should().Contain("apt-get install libdw1");
    }

    private async Task<Report> DeniedAsync(string systemCalls)
    {
        NeedsRoot();
        return Report.Of(await RunAsync(await CompileAsync("deny.c"), systemCalls, Repository.Livewatcher, "doctor", "--format", "json"));
    }

    // Where the loader looks, there is an empty file now, in a mount namespace of doctor's own.
    private async Task<Report> HiddenAsync(string library)
    {
        const string Script = "set -e; path=$(readlink -f \"$(ldconfig -p | awk -v name=\"$1\" '$1 == name { print $NF; exit }')\"); "
            + "mount --bind /dev/null \"$path\"; shift; exec \"$@\"";
        return Report.Of(await RunAsync(
            "unshare", "--mount", "sh", "-c", $"PATH=$PATH:/usr/sbin:/sbin; {Script}", "hide", library, Repository.Livewatcher, "doctor", "--format", "json"));
    }
}
