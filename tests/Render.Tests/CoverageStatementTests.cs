// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using AwesomeAssertions;
using Livewatcher.Model;
using Xunit;

namespace Livewatcher.Render.Tests;

/// <summary>What a run claims. The worst failure is silence that looks like innocence.</summary>
public sealed class CoverageStatementTests
{
    private static readonly ArmedEvent Armed =
        Scenario.Armed(Scenario.Refcnt, Scenario.Integer(1), new HardwareSlot(Scenario.Refcnt.Address, 4, AccessMode.Write));

    private static readonly CoverageEvent Silent = Scenario.Coverage() with { Hits = new HitCounts(), StacksCut = 0 };

    [Fact]
    public void ZeroHitsWithFullCoverageIsAFinding() => Rendered.Text(Armed, Silent).Should()
        .Contain("coverage: complete")
        .And.Contain(
            "0 hits: no thread wrote g_table[3].refcnt between 14:02:10.001000 and 14:02:40.001000; all 12 threads were covered.")
        .And.Contain("0 hits counted by the kernel = 0 recorded + 0 filtered + 0 dropped.");

    [Fact]
    public void ZeroHitsWithAGapIsNone() => Rendered.Text(Armed, Silent with { Gaps = ["2 threads could not be covered."] }).Should()
        .Contain("coverage: NOT COMPLETE")
        .And.Contain("gap: 2 threads could not be covered.")
        .And.Contain("0 hits on g_table[3].refcnt, with a gap: a write of g_table[3].refcnt between")
        .And.NotContain("no thread wrote");

    [Fact]
    public void ZeroHitsBehindAFilterClaimNothing() =>
        Rendered.Text(Armed, Silent with { Hits = new HitCounts { Counted = 5, Filtered = 5 } }).Should()
            .Contain("5 hits of all watches").And.NotContain("no thread wrote");

    [Fact]
    public void ZeroHitsInAPartOfARecordingClaimNothing() =>
        Rendered.Text(Armed, Silent with { Hits = new HitCounts { Counted = 9, Recorded = 9, Reported = 9 }, Selection = new HitSelection("--filter 'new == 0'", 0, 9, 0) }).Should()
            .Contain("0 hits on g_table[3].refcnt are shown between").And.Contain("9 hits of all watches were set aside by this report")
            .And.Contain("Of the recording's 9 hits 0 are shown, 9 set aside by --filter 'new == 0'.").And.NotContain("no thread wrote");

    [Theory]
    [InlineData(AccessMode.Access, "no thread read or wrote x between")]
    [InlineData(AccessMode.Execute, "no thread executed x between")]
    public void TheFindingNamesTheAccess(AccessMode mode, string expected)
    {
        var watch = Scenario.Refcnt with { Request = new WatchRequest("x", mode) };
        Rendered.Text(Armed with { Watch = watch }, Silent).Should().Contain(expected);
    }

    [Fact]
    public void OnlyTheUntouchedWatchIsAFinding()
    {
        var other = Armed with { Watch = Scenario.Accept, Time = Scenario.At(7) };
        var text = Rendered.Text(Armed, other, Scenario.Hit(1, 1), Silent);
        text.Should().Contain("0 hits: no thread executed session.c:88 between 14:02:17.001000 and 14:02:40.001000")
            .And.NotContain("no thread wrote");
    }

    [Fact]
    public void AnEscapedWriteIsNoSilence() =>
        Rendered.Text(Armed, Scenario.Hit(1, 1) with { EscapedSince = Scenario.Start }, Silent with { Gaps = ["escaped"] })
            .Should().NotContain("0 hits on");

    [Fact]
    public void EveryStretchOfAFloodIsToldUpToTwenty()
    {
        var stretches = Enumerable.Range(0, 23).Select(i => new SkippedStretch(
            "x", new ProcessId(7), Scenario.At(10 + i), Scenario.At(10.5 + i), i % 2 == 0 ? 1000 + i : 0, i % 2 == 1));
        var flooded = Silent with { Hits = new HitCounts { Counted = 12_000, Skipped = 12_000 }, Gaps = ["g"], Skipped = [.. stretches] };
        Rendered.Text(Armed, flooded).Should()
            .Contain("12,000 hits counted by the kernel = 0 recorded + 0 filtered + 0 dropped + 12,000 skipped.")
            .And.MatchRegex(@"x \(process 7\) 14:02:20\.\d+ to 14:02:20\.\d+ \(0\.5\d* s\): 1,000 hits counted only\.")
            .And.MatchRegex(@"x \(process 7\) 14:02:21\.\d+ to 14:02:21\.\d+ \(0\.5\d* s\): off\.")
            .And.Contain("And 3 such stretches more; --format json has them all.")
            .And.NotContain("14:02:41.0");
        Rendered.Json(flooded).Should().Contain("\"hits\":1000,\"paused\":false}").And.Contain("\"hits\":0,\"paused\":true}");
    }

    [Fact]
    public void AnAccountThatDoesNotBalanceSaysSo()
    {
        Of(new HitCounts { Counted = 20_001, Recorded = 14_000, Dropped = 6_000 }).Should()
            .Contain("20,001 hits counted by the kernel, but 14,000 recorded + 0 filtered + 6,000 dropped = 20,000: 1 unaccounted for.");
        Of(new HitCounts { Counted = 1, Recorded = 3 }).Should()
            .Contain("1 hit counted by the kernel, but 3 recorded + 0 filtered + 0 dropped = 3: 2 more than counted.");
        Of(new HitCounts { Recorded = 3, Reported = 2 }).Should().Contain("2 reported, of 3 recorded + 0 recovered - 0 merged");
    }

    [Fact]
    public void NothingArmedIsNeverComplete()
    {
        var nothing = Silent with { From = null };
        Rendered.Text(nothing).Should().Contain("NOT COMPLETE").And.Contain("gap: nothing was armed");
        Rendered.Json(nothing).Should().Contain("\"complete\":false").And.Contain("\"gaps\":[\"nothing was armed\"]");
    }

    [Fact]
    public void TextAndJsonGiveTheSameVerdict()
    {
        Rendered.Json(Silent).Should().Contain("\"complete\":true,\"gaps\":[]");
        Rendered.Json(Silent with { Gaps = ["x"] }).Should().Contain("\"complete\":false,\"gaps\":[\"x\"]");
    }

    private static string Of(HitCounts hits) => Rendered.Text(Scenario.Coverage() with { Hits = hits });
}
