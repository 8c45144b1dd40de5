// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using System.Globalization;
using AwesomeAssertions;
using Livewatcher.Doctor.Tests.Running;
using Xunit;

namespace Livewatcher.Doctor.Tests;

/// <summary>The binary, on this machine, for root and for nobody; compared with what the machine itself says.</summary>
public sealed class LiveDoctorTests : DoctorTest
{
    private static readonly string[] AsNobody = ["--reuid", "65534", "--regid", "65534", "--clear-groups"];

    [Fact]
    public async Task RootCanWatchHereAndEveryWriteIsAccountedFor()
    {
        NeedsRoot();
        await NeedsRegistersAsync();
        var outcome = await RunAsync(Repository.Livewatcher, "doctor", "--format", "json");
        var report = Report.Of(outcome);
        report.ExitStatus.Should().BeOneOf([0, 1], report.ToString());
        foreach (var name in (string[])["libraries", "perf_events", "kernel_writes", "bpf", "ptrace"])
        {
            report.OutcomeOf(name).Should().Be("works", report.Finding(name));
        }

        long lost = report.Figure("lost_hits", "lost");
        (report.Figure("lost_hits", "counted") + report.Figure("lost_hits", "stray_sigtraps") + lost).Should().Be(report.Figure("lost_hits", "writes"));
        report.OutcomeOf("lost_hits").Should().Be(lost == 0 ? "works" : "degraded");
        report.Figure("accounting", "counted").Should().Be(
            report.Figure("accounting", "recorded") + report.Figure("accounting", "dropped") + report.Figure("accounting", "filtered"));
        report.Figure("hit_cost", "counted_ns").Should().BeInRange(500, 1_000_000);
        report.Figure("hit_cost", "recorded_ns").Should().BeGreaterThan(report.Figure("hit_cost", "counted_ns") / 2);
        report.Machine.GetProperty("kernel").GetString().Should().Be((await RunAsync("uname", "-r")).Output.Trim());
        report.Machine.GetProperty("cpus").GetInt32().Should().Be(int.Parse((await RunAsync("getconf", "_NPROCESSORS_ONLN")).Output, CultureInfo.InvariantCulture));
        report.Machine.GetProperty("hypervisor").GetBoolean().Should().Be((await RunAsync("grep", "-qw", "hypervisor", "/proc/cpuinfo")).Status == 0);
    }

    /// <summary>On every machine: what doctor says of the registers is what a program without livewatcher sees of them.</summary>
    [Fact]
    public async Task WhetherRegistersTrapIsToldAsItIs()
    {
        NeedsRoot();
        bool trap = await RegistersTrapAsync();
        var report = Report.Of(await RunAsync(Repository.Livewatcher, "doctor", "--format", "json"));
        (report.OutcomeOf("perf_events") != "fails").Should().Be(trap, report.ToString());
        (report.ExitStatus != 2).Should().Be(trap, report.ToString());
        report.Possible("run").Should().Be(trap);
        foreach (var name in (string[])["kernel_writes", "ring_buffer", "new_threads", "accounting", "stray_sigtraps", "lost_hits", "hit_cost"])
        {
            report.Finding(name).Contains("no debug register traps here", StringComparison.Ordinal).Should().Be(!trap, report.Finding(name));
        }
    }

    [Fact]
    public async Task TextSaysTheSameAndNothingToATerminalThatIsNone()
    {
        NeedsRoot();
        var outcome = await RunAsync(Repository.Livewatcher, "doctor");
        outcome.Status.Should().BeOneOf(await RegistersTrapAsync() ? [0, 1] : [2]);
        outcome.Output.Should().StartWith("Linux ").And.EndWith($"(exit status {outcome.Status})\n").And.NotContain("\e");
        foreach (var title in (string[])["perf events", "BPF", "ring buffer", "ptrace", "debug registers", "writes by the kernel", "new threads", "stray SIGTRAPs", "lost hits", "cost of a hit"])
        {
            outcome.Output.Should().Contain(title);
        }

        (await RunAsync(Repository.Livewatcher, "doctor", "--color", "always")).Output.Should().Contain("\e[");
    }

    [Fact]
    public async Task NobodyCanWatchTheirOwnAndLearnsWhatLacks()
    {
        NeedsRoot();
        await NeedsRegistersAsync();
        var paranoid = int.Parse(await File.ReadAllTextAsync("/proc/sys/kernel/perf_event_paranoid", TestContext.Current.CancellationToken), CultureInfo.InvariantCulture);
        Assert.SkipUnless(paranoid == 2, $"kernel.perf_event_paranoid is {paranoid}; this test is about 2");
        var copy = CopyForEverybody();
        var report = Report.Of(await RunAsync("setpriv", [.. AsNobody, copy, "doctor", "--format", "json"]));
        report.ExitStatus.Should().Be(1, report.ToString());
        report.OutcomeOf("perf_events").Should().Be("works");
        report.OutcomeOf("kernel_writes").Should().Be("degraded");
        report.OutcomeOf("bpf").Should().Be("fails");
        report.Finding("bpf").Should().Contain("CAP_BPF and CAP_PERFMON");
        report.Remedies.Should().Contain("sudo sysctl -w kernel.perf_event_paranoid=1").And.Contain(remedy => remedy.StartsWith("sudo setcap cap_bpf,cap_perfmon", StringComparison.Ordinal));
        report.Outlooks.Should().AllSatisfy(outlook => outlook.GetProperty("backend").GetString().Should().Be("perf"));
        report.Figure("accounting", "recorded").Should().BePositive();
    }

    [Fact]
    public async Task TheCapabilitiesThatItNamesMendIt()
    {
        NeedsRoot();
        await NeedsRegistersAsync();
        var copy = CopyForEverybody();
        var mended = Report.Of(await RunAsync("setpriv", [.. AsNobody, copy, "doctor", "--format", "json"])).Remedies
            .First(remedy => remedy.StartsWith("sudo setcap ", StringComparison.Ordinal))["sudo ".Length..];
        Assert.SkipUnless(File.Exists("/usr/sbin/setcap") || File.Exists("/sbin/setcap"), "setcap is not installed (libcap2-bin)");
        (await RunAsync("sh", "-c", $"PATH=$PATH:/usr/sbin:/sbin {mended}")).Status.Should().Be(0, mended);
        var report = Report.Of(await RunAsync("setpriv", [.. AsNobody, copy, "doctor", "--format", "json"]));
        report.OutcomeOf("bpf").Should().Be("works", report.Finding("bpf"));
        report.OutcomeOf("kernel_writes").Should().Be("works", report.Finding("kernel_writes"));
        report.OutcomeOf("ptrace").Should().Be("works", report.Finding("ptrace"));
        report.Outlooks.Should().AllSatisfy(outlook => outlook.GetProperty("backend").GetString().Should().Be("bpf"));
    }

    [Fact]
    public async Task RegistersThatSomebodyHoldsAreMissingAndTheHolderIsNamed()
    {
        NeedsRoot();
        var holder = Start(await CompileAsync("hold.c"), "1");
        (await holder.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken)).Should().Be("ready");
        var report = Report.Of(await RunAsync(Repository.Livewatcher, "doctor", "--format", "json"));
        report.OutcomeOf("slots").Should().Be("degraded");
        report.Figure("slots", "free_for_a_thread").Should().BeLessThanOrEqualTo(3);
        report.Figure("slots", "free_on_cpu_0").Should().BeLessThanOrEqualTo(3);
        report.Finding("slots").Should().Contain($"hold (pid {holder.Id})");
    }

    [Fact]
    public async Task TheOutputFileIsWrittenAndAnUnwritableOneIsAnErrorOfOneLine()
    {
        var file = Path.Combine(Folder, "report.json");
        var outcome = await RunAsync(Repository.Livewatcher, "doctor", "--format", "json", "--output", file);
        outcome.Output.Should().BeEmpty();
        Report.Of(outcome with { Output = await File.ReadAllTextAsync(file, TestContext.Current.CancellationToken) });

        var refused = await RunAsync(Repository.Livewatcher, "doctor", "--output", Path.Combine(Folder, "no", "such", "folder"));
        refused.Status.Should().Be(2);
        refused.Errors.Should().StartWith("livewatcher: cannot write --output").And.EndWith("\n");
        refused.Errors.TrimEnd('\n').Should().NotContain("\n");
    }

    [Fact]
    public async Task AUnknownFormatIsRefused() =>
        (await RunAsync(Repository.Livewatcher, "doctor", "--format", "yaml")).Status.Should().Be(2);

    [Fact]
    public async Task KilledItTakesItsProbeAlong()
    {
        var doctor = Start(Repository.Livewatcher, "doctor");
        for (var end = DateTime.UtcNow + Limit; !Marked().Any(pid => NameOf(pid) == "lw-probe"); await Task.Delay(1, TestContext.Current.CancellationToken))
        {
            (DateTime.UtcNow < end && !doctor.HasExited).Should().BeTrue("there is a probe while it works");
        }

        doctor.Kill();
        await doctor.WaitForExitAsync(TestContext.Current.CancellationToken);

        // DisposeAsync waits until no process with the mark is left, and fails where one stays.
    }
}
