// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using AwesomeAssertions;
using Livewatcher.Engine.Examining;
using Livewatcher.Model;
using Xunit;

namespace Livewatcher.Doctor.Tests.Policy;

/// <summary>Where each write of a burst went: it must add up, or be told.</summary>
public sealed class HitTests
{
    private static readonly Observations Virtual = Seen.Healthy with { Machine = Seen.Root with { Hypervisor = true } };

    [Fact]
    public void StraysAreNotLostButDegrade()
    {
        var report = Examination.Of(Virtual with { Flood = Seen.Flood(counted: 19_997, recorded: 19_997, strays: 3) });
        report.Verdict.Should().Be(DoctorVerdict.Degraded);
        var strays = VerdictTests.Of(report, "stray_sigtraps");
        strays.Outcome.Should().Be(CheckOutcome.Degraded);
        strays.Finding.Should().StartWith("3 of 20,000 hits came as a SIGTRAP");
        strays.Remedies.Should().BeEmpty("the guard is on by itself");
        VerdictTests.Of(report, "lost_hits").Outcome.Should().Be(CheckOutcome.Works);
        VerdictTests.Of(report, "accounting").Outcome.Should().Be(CheckOutcome.Works);
    }

    [Fact]
    public void StraysWhereTheGuardIsNotOnByItselfNameTheOption()
    {
        var flood = Seen.Flood(counted: 19_999, recorded: 19_999, strays: 1);
        VerdictTests.Of(Examination.Of(Seen.Healthy with { Flood = flood }), "stray_sigtraps").Remedies
            .Should().ContainSingle().Which.Should().EndWith("--guard on");
    }

    [Fact]
    public void WritesThatNobodySawAreCounted()
    {
        var lost = VerdictTests.Of(Examination.Of(Virtual with { Flood = Seen.Flood(counted: 19_900, recorded: 19_900, strays: 1) }), "lost_hits");
        lost.Outcome.Should().Be(CheckOutcome.Degraded);
        lost.Finding.Should().Contain("99 writes went by unseen");
        lost.Figures.Should().Contain(new Figure("lost", 99));
    }

    [Fact]
    public void MoreHitsThanWritesAreNoLoss()
    {
        var lost = VerdictTests.Of(Examination.Of(Virtual with { Flood = Seen.Flood(counted: 20_002, recorded: 20_002) }), "lost_hits");
        lost.Outcome.Should().Be(CheckOutcome.Degraded);
        lost.Finding.Should().Contain("2 hits more than written").And.NotContain("unseen");
    }

    [Fact]
    public void DropsAreToldAndAccountedFor()
    {
        var report = Examination.Of(Seen.Healthy with { Flood = Seen.Flood(counted: 20_000, recorded: 19_000, dropped: 1_000) });
        report.Verdict.Should().Be(DoctorVerdict.Degraded);
        VerdictTests.Of(report, "ring_buffer").Finding.Should().StartWith("1,000 of 20,000 hits");
        VerdictTests.Of(report, "accounting").Outcome.Should().Be(CheckOutcome.Works);
    }

    [Fact]
    public void ACountThatDoesNotAddUpIsTold()
    {
        var accounting = VerdictTests.Of(
            Examination.Of(Seen.Healthy with { Flood = Seen.Flood(counted: 20_000, recorded: 19_000, dropped: 900) }), "accounting");
        accounting.Outcome.Should().Be(CheckOutcome.Degraded);
        accounting.Finding.Should().Contain("= 19,900");
    }

    [Fact]
    public void AnUnseenThreadIsTold()
    {
        var threads = VerdictTests.Of(Examination.Of(Seen.Healthy with { Chain = new Burst(200, 200, 198, 198, 0, 0, 1, 0) }), "new_threads");
        threads.Outcome.Should().Be(CheckOutcome.Degraded);
        threads.Finding.Should().EndWith("1 write went by unseen.");
    }

    [Fact]
    public void ABusyMachineIsNamed()
    {
        var flood = new Burst(20_000, 7_000, 7_000, 7_000, 0, 0, 0, 0);
        VerdictTests.Of(Examination.Of(Seen.Healthy with { Flood = flood }), "lost_hits").Finding.Should().Contain("too busy for the 20,000");
    }

    [Fact]
    public void RegistersThatCountNothingAreNoRegisters() =>
        VerdictTests.Of(Examination.Of(Seen.Healthy with { UserWrites = new CountTrial(null, 16, 0, 0) }), "perf_events").Outcome
            .Should().Be(CheckOutcome.Fails);

    /// <summary>A figure of 0 proves nothing where no write can be seen at all: one check says so, and none claims to work.</summary>
    [Fact]
    public void WithoutRegistersNothingThatCountsWithThemIsJudged()
    {
        var nothing = Seen.Flood(counted: 0, recorded: 0);
        var report = Examination.Of(Virtual with
        {
            UserWrites = new CountTrial(null, 16, 0, 0),
            KernelWrites = new CountTrial(null, 16, 0, 0),
            Chain = new Burst(200, 200, 0, 0, 0, 0, 0, 0),
            Flood = nothing,
            PerfBurst = new Burst(500, 500, 0, 0, 0, 0, 0, 0),
            CountedHitNanoseconds = null,
            RecordedHitNanoseconds = null,
        });
        report.Verdict.Should().Be(DoctorVerdict.CannotWatch);
        report.Checks.Where(check => check.Outcome != CheckOutcome.Works).Select(check => check.Name).Should().Equal(
            "perf_events", "kernel_writes", "ring_buffer", "new_threads", "accounting", "stray_sigtraps", "lost_hits", "hit_cost");
        report.Checks.Where(check => check.Outcome != CheckOutcome.Works).Skip(1).Should().AllSatisfy(
            check => check.Finding.Should().Be("Could not be tried: no debug register traps here (perf events, above)."));
        report.Outlooks.Should().AllSatisfy(outlook => outlook.Reasons.Should().Contain("refused: no debug register traps here (perf events, above)"));
    }

    [Fact]
    public void TakenRegistersNameTheirHolders()
    {
        var slots = Seen.Healthy.Slots! with { OnTask = 3, OnCpus = new Dictionary<int, int> { [0] = 3, [1] = 1 }, Holders = ["perf (pid 7)", "gdb (pid 8)"] };
        var check = VerdictTests.Of(Examination.Of(Seen.Healthy with { Slots = slots }), "slots");
        check.Outcome.Should().Be(CheckOutcome.Degraded);
        check.Finding.Should().Contain("3 on 0, 1 on 1").And.Contain("perf (pid 7) and gdb (pid 8)");
        check.Figures.Should().Contain([new Figure("free_for_a_thread", 3), new Figure("free_on_cpu_1", 1)]);
    }

    [Fact]
    public void TheCostIsAShareOfTime() =>
        VerdictTests.Of(Examination.Of(Seen.Healthy with { RecordedHitNanoseconds = 16_000 }), "hit_cost").Finding
            .Should().Contain("3.1 us").And.Contain("16.0 us").And.Contain("1.6%");
}
