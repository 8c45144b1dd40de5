// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using AwesomeAssertions;
using Livewatcher.Engine.Examining;
using Livewatcher.Model;
using Xunit;

namespace Livewatcher.Doctor.Tests.Policy;

/// <summary>The command must fit the reason, the user and the machine.</summary>
public sealed class RemedyTests
{
    private const string SetCapabilities = "sudo setcap cap_bpf,cap_perfmon+ep /opt/lw/livewatcher";

    [Fact]
    public void AUserLearnsWhichCapabilitiesLack()
    {
        var bpf = Check(Seen.Unprivileged, "bpf");
        bpf.Finding.Should().Contain("CAP_BPF and CAP_PERFMON are what it takes");
        bpf.Remedies.Should().Equal(SetCapabilities);
    }

    [Fact]
    public void HiddenKernelWritesNameTheSysctl()
    {
        var check = Check(Seen.Unprivileged, "kernel_writes");
        check.Outcome.Should().Be(CheckOutcome.Degraded);
        check.Finding.Should().Contain("kernel.perf_event_paranoid is 2");
        check.Remedies.Should().Equal("sudo sysctl -w kernel.perf_event_paranoid=1", SetCapabilities);
    }

    [Fact]
    public void ForbiddenEventsNameTheSysctl()
    {
        var seen = Seen.Mute(null) with { Machine = Seen.User with { PerfEventParanoid = 3 }, UserWrites = new CountTrial(Seen.Denied, 0, 0, 0) };
        var check = Check(seen, "perf_events");
        check.Outcome.Should().Be(CheckOutcome.Fails);
        check.Finding.Should().Contain("kernel.perf_event_paranoid is 3");
        check.Remedies.Should().Equal("sudo sysctl -w kernel.perf_event_paranoid=2", SetCapabilities);
    }

    [Theory]
    [InlineData(1, "only descendants")]
    [InlineData(2, "takes CAP_SYS_PTRACE")]
    public void YamaNamesItsSysctlAndEveryCapabilityCommandIsTheSame(int scope, string reason)
    {
        var seen = Seen.Unprivileged with { Machine = Seen.User with { PtraceScope = scope }, TraceOther = Seen.Denied, ReadOther = Seen.Denied };
        var check = Check(seen, "ptrace");
        check.Finding.Should().Contain(reason);
        check.Remedies.Should().StartWith("sudo sysctl -w kernel.yama.ptrace_scope=0");
        Examination.Of(seen).Checks.SelectMany(one => one.Remedies).Where(remedy => remedy.Contains("setcap", StringComparison.Ordinal)).Distinct()
            .Should().Equal("sudo setcap cap_bpf,cap_perfmon,cap_sys_ptrace+ep /opt/lw/livewatcher");
    }

    [Fact]
    public void YamaThreeHasNoCommand()
    {
        var check = Check(Seen.Healthy with { Machine = Seen.Root with { PtraceScope = 3 }, TraceOwnChild = Seen.Denied, ReadOther = Seen.Denied }, "ptrace");
        check.Finding.Should().Contain("until the next boot");
        check.Remedies.Should().BeEmpty();
    }

    [Fact]
    public void InAContainerTheContainerIsTheReason()
    {
        var seen = Seen.Mute(null) with
        {
            Machine = Seen.Root with { Seccomp = true, Capabilities = [] },
            UserWrites = new CountTrial(Seen.Denied, 0, 0, 0),
            Bpf = Seen.Denied,
        };
        Check(seen, "perf_events").Remedies.Should().ContainSingle().Which.Should().StartWith("docker run --cap-add=BPF");
        Check(seen, "bpf").Remedies.Should().ContainSingle().Which.Should().StartWith("docker run --cap-add=BPF");
    }

    [Fact]
    public void LockedMemoryIsNamedWhereItIsTheReason()
    {
        var check = Check(Seen.Unprivileged with { SmallPerfRings = "a ring holds 15 hits", PerfRingBytes = 256 << 10 }, "perf_rings");
        check.Outcome.Should().Be(CheckOutcome.Degraded);
        check.Finding.Should().Be("A ring holds 15 hits.");
        check.Remedies.Should().Equal("sudo sysctl -w kernel.perf_event_mlock_kb=8196");
    }

    [Fact]
    public void ALockedDownKernelIsNamed() =>
        Check(Seen.Unprivileged with { Machine = Seen.Root with { Lockdown = "confidentiality" } }, "bpf").Finding.Should().Contain("locked down");

    [Fact]
    public void AKernelWithoutTypesIsNamed() =>
        Check(
                Seen.Unprivileged with
                {
                    Machine = Seen.Root with { TypeInformation = false },
                    Bpf = new Refusal("loading the BPF program (bpf(2))", "ENOENT (no such file or directory)", RefusalKind.Other),
                },
                "bpf").Finding
            .Should().Contain("CONFIG_DEBUG_INFO_BTF");

    [Fact]
    public void RootNeedsNoSudo() =>
        Check(Seen.Healthy with { Machine = Seen.Root with { PtraceScope = 1 }, TraceOther = Seen.Denied, ReadOther = Seen.Denied }, "ptrace").Remedies
            .Should().Equal("sysctl -w kernel.yama.ptrace_scope=0");

    private static Check Check(Observations seen, string name) => VerdictTests.Of(Examination.Of(seen), name);
}
