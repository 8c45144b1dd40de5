// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using AwesomeAssertions;
using Livewatcher.Engine.Accounting;
using Livewatcher.Model;
using Xunit;

namespace Livewatcher.Engine.Tests.Accounting;

public sealed class LedgerTests
{
    private static readonly CoverageEvent Template = new(
        DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch, "over", "bpf", "task", Guard: true, new HitCounts(), 0, 0, 2, 0, [], []);

    private readonly Ledger ledger = new();

    [Fact]
    public void SumsTheAccountsOfAllSlots()
    {
        ledger.AddAccount(new SlotAccount(10, 7, 2, 1, 0), AccessMode.Write);
        ledger.AddAccount(new SlotAccount(100, 100, 0, 0, 0), AccessMode.Execute);
        ledger.Received = 107;
        ledger.Recovered = 3;
        ledger.Reported = 109;
        ledger.Threads = 4;
        ledger.Processes = 2;
        ledger.StacksCut = 5;
        ledger.Merged = 1;
        CoverageEvent coverage = ledger.Close(Template, new SessionCounts(9, 0, 6, 0, 0), 110, "at noon");
        coverage.Hits.Should().Be(new HitCounts
        {
            Counted = 110,
            Recorded = 107,
            Filtered = 2,
            Dropped = 1,
            Recovered = 3,
            Foreign = 9,
            Merged = 1,
            Reported = 109,
        });
        coverage.Threads.Should().Be(10, "those at arming and those that came");
        coverage.Processes.Should().Be(2);
        coverage.StacksCut.Should().Be(5);
    }

    [Fact]
    public void AnAccountThatAddsUpHasNoGap()
    {
        ledger.AddAccount(new SlotAccount(10, 8, 2, 0, 0), AccessMode.Write);
        ledger.Received = ledger.Reported = 8;
        CoverageEvent coverage = ledger.Close(Template, new SessionCounts(5, 0, 0, 0, 0), 15, "at noon");
        coverage.Gaps.Should().BeEmpty();
        coverage.Complete.Should().BeTrue();
    }

    [Fact]
    public void AReportThatIsMissingIsAGap()
    {
        ledger.AddAccount(new SlotAccount(10, 10, 0, 0, 0), AccessMode.Write);
        ledger.Received = 10;
        ledger.Recovered = 2;
        ledger.Merged = 3;
        ledger.Shared = 1;
        ledger.Spurious = 2;
        ledger.Withheld = 4;
        ledger.Reported = 4;
        ledger.Close(Template, default, 10, "at noon").Gaps.Should().BeEmpty();
        ledger.Reported = 3;
        ledger.Close(Template, default, 10, "at noon").Gaps.Should().Equal("3 hits were reported where the account says 4");
    }

    [Fact]
    public void DroppedHitsAreAGap()
    {
        ledger.AddAccount(new SlotAccount(10, 6, 0, 4, 0), AccessMode.Write);
        ledger.Received = ledger.Reported = 6;
        Gap().Should().StartWith("4 hits were dropped");
    }

    [Fact]
    public void ThrottlingIsAGap() => Gap(new SessionCounts(0, 0, 0, 0, 3)).Should().StartWith("the kernel throttled events 3 times");

    [Fact]
    public void EscapesAreAGap()
    {
        ledger.Escaped = 2;
        Gap().Should().StartWith("2 changes of watched memory came without a hit");
    }

    [Fact]
    public void ChildrenThatCouldNotBeFollowedAreAGap() =>
        Gap(new SessionCounts(0, 1234, 0, 0, 0)).Should().StartWith("1,234 children could not be followed");

    [Fact]
    public void LostNoticesAreAGap() =>
        Gap(new SessionCounts(0, 0, 0, 1, 0)).Should().StartWith("1 fork or exec notices were lost");

    [Fact]
    public void WhatTheKernelCountedAndNobodySawIsAGap()
    {
        ledger.AddAccount(new SlotAccount(10, 10, 0, 0, 0), AccessMode.Write);
        ledger.Received = ledger.Reported = 10;
        Gap(new SessionCounts(5, 0, 0, 0, 0), kernelCount: 18).Should().Be("the kernel counted 18 hits, of which 3 never arrived (noticed at noon)");
    }

    [Fact]
    public void MoreThanTheKernelCountedIsAGapToo()
    {
        ledger.AddAccount(new SlotAccount(10, 10, 0, 0, 0), AccessMode.Write);
        ledger.Received = ledger.Reported = 10;
        Gap(kernelCount: 7).Should().Be("the kernel counted 7 hits, 3 fewer than arrived: somebody else has reset an event (noticed at noon)");
    }

    [Fact]
    public void CountsThatNobodyCouldReadProveNothing()
    {
        ledger.AddAccount(new SlotAccount(10, 10, 0, 0, 0), AccessMode.Write);
        ledger.Received = ledger.Reported = 10;
        ledger.KernelCountIsPartial = true;
        ledger.Close(Template, default, 7, "at noon").Gaps.Should().BeEmpty();
    }

    [Fact]
    public void WhatARingHasLostLastIsDroppedToo()
    {
        ledger.AddAccount(new SlotAccount(10, 8, 0, 2, 0), AccessMode.Write);
        ledger.Received = ledger.Reported = 8;
        CoverageEvent coverage = ledger.Close(Template, default, kernelCount: 13, "at noon", countsInKernel: false);
        coverage.Hits.Should().BeEquivalentTo(new { Counted = 13L, Recorded = 8L, Dropped = 5L });
        coverage.Gaps.Should().Equal("5 hits were dropped: the buffer was full (--ring takes a larger one)");
    }

    [Fact]
    public void AnAccessWatchIsNotComparedWithTheKernelsCount()
    {
        ledger.AddAccount(new SlotAccount(10, 10, 0, 0, 0), AccessMode.Access);
        ledger.AddAccount(new SlotAccount(4, 4, 0, 0, 0), AccessMode.Write);
        ledger.Received = ledger.Reported = 14;
        ledger.Close(Template, default, kernelCount: 4, "at noon").Gaps.Should().BeEmpty();
        ledger.Close(Template, default, kernelCount: 5, "at noon").Gaps.Should().ContainSingle();
    }

    [Fact]
    public void ARunThatWasNeverArmedHasNoKernelCount() => ledger.Close(Template, default, null, "at noon").Gaps.Should().BeEmpty();

    [Fact]
    public void AnAccountThatDoesNotAddUpIsAGap()
    {
        ledger.AddAccount(new SlotAccount(10, 5, 1, 1, 0), AccessMode.Write);
        ledger.Received = ledger.Reported = 5;
        ledger.Close(Template, default, null, "at noon").Gaps.Should().Contain(gap => gap.StartsWith("the account does not add up"));
    }

    [Fact]
    public void RecordsThatWereNotReadAreAGap()
    {
        ledger.AddAccount(new SlotAccount(10, 10, 0, 0, 0), AccessMode.Write);
        ledger.Received = ledger.Reported = 8;
        Gap().Should().Be("2 recorded hits were not read");
    }

    [Fact]
    public void AReasonIsSaidOnce()
    {
        ledger.AddGap("why");
        ledger.AddGap("why");
        ledger.AddRemark("by the way");
        ledger.AddRemark("by the way");
        CoverageEvent coverage = ledger.Close(Template, default, null, "at noon");
        coverage.Gaps.Should().Equal("why");
        coverage.Remarks.Should().Equal("by the way");
        coverage.Complete.Should().BeFalse();
    }

    private string Gap(SessionCounts session = default, long? kernelCount = null) =>
        ledger.Close(Template, session, kernelCount, "at noon").Gaps.Should().ContainSingle().Subject;
}
