// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using AwesomeAssertions;
using Livewatcher.Live.Tests.Building;
using Livewatcher.Live.Tests.Reports;
using Livewatcher.Live.Tests.Running;
using Xunit;

namespace Livewatcher.Live.Tests.Families;

/// <summary>Children: followed without a gap where that is asked for, else neither reported nor harmed.</summary>
public sealed class ForkTests : LiveTest
{
    [Fact]
    public async Task ChildrenThatAreNotFollowedAreNeitherReportedNorHarmed()
    {
        var run = await RunAsync(await BuildFamilyAsync(), ["--watch", "g_family"], "1000");
        run.Status.Should().Be(0);
        var children = run.Facts["children"];
        run.Facts["harmed"].Should().Be(0);
        Honesty.Check(run.Report, ("g_family", children));
        run.Report.Hits.Should().OnlyContain(hit => hit.NewNumber < 0, "only the parent writes negative numbers");
        run.Report.Hits.Select(hit => hit.Pid).Distinct().Should().HaveCount(1);
        run.Report.Coverage.Processes.Should().Be(1);
    }

    [Fact]
    public async Task AChildEveryMillisecondIsFollowed()
    {
        var run = await RunAsync(await BuildFamilyAsync(), ["--watch", "g_family", "--follow-fork"], "5000");
        run.Status.Should().Be(0);
        CheckFollowed(run.Report, run.Facts);
    }

    [Fact]
    public async Task ChildrenOfAnAttachedProgramAreFollowed()
    {
        var target = await StartTargetAsync(await BuildFamilyAsync(), "1000");
        var (report, own) = await WatchAsync(target, "--watch", "g_family", "--follow-fork");
        CheckFollowed(report, own);
    }

    /// <summary>The buffer is full and nobody empties it while children are born, write and end: of most of them no word has room.</summary>
    [Fact]
    public async Task ChildrenOfWhomNoWordArrivesAreCounted()
    {
        var target = await StartTargetAsync(await BuildFamilyAsync(), "2000");
        var attachment = await AttachAsync(
            target.Id, "--watch", "g_family", "--follow-fork", "--backend", "bpf", "--scope", "cpu", "--guard", "off", "--ring", "64K", "--max-rate", "off", "--max-cpu", "off");
        await attachment.Process.SignalAsync("STOP");
        target.Open();
        var own = await target.EndAsync(Limit);
        await attachment.Process.SignalAsync("CONT");
        var report = await attachment.EndAsync(Limit);
        own["children"].Should().BeGreaterThan(100);
        report.Coverage.Gaps.Should().Contain(gap => gap.EndsWith("fork or exec notices were lost", StringComparison.Ordinal))
            .And.NotContain(gap => gap.Contains("never arrived", StringComparison.Ordinal));
        var hits = report.Coverage.Hits;
        hits.Counted.Should().Be(2 * own["children"]);
        hits.Dropped.Should().Be(hits.Counted - hits.Recorded);
    }

    [Fact]
    [Trait(Slow.Category, Slow.Name)]
    public async Task AForkedSiblingAtFullSpeedIsNotKilledAndNotReported()
    {
        var seconds = Slow.Choose(10, 60);
        var target = await StartTargetAsync(await Toolchain.BuildAsync(new Recipe("sibling.c")), $"{seconds}");
        var attachment = await AttachAsync(target.Id, "--watch", "g_twin");
        target.Open();
        var own = await target.EndAsync(Limit + TimeSpan.FromSeconds(seconds));
        var report = await attachment.EndAsync(Limit);
        own["child status"].Should().Be(0, "the sibling was not killed");
        own["child writes"].Should().BeGreaterThan(1000 * seconds);
        report.Hits.Should().OnlyContain(hit => hit.Pid == target.Id);
        if (Honesty.Check(report, ("g_twin", own["hits g_twin"])))
        {
            Writers.CountUp(report.Hits);
        }

        if (report.Coverage.Scope == "task")
        {
            report.Coverage.Hits.Foreign.Should().Be(0, "nobody else traps at scope task");
        }
    }

    private static Task<string> BuildFamilyAsync() => Toolchain.BuildAsync(new Recipe("family.c"));

    private static void CheckFollowed(Report report, Facts own)
    {
        var children = own["children"];
        own["harmed"].Should().Be(0);
        if (Honesty.Check(report, ("g_family", 2 * children)))
        {
            report.Hits.Where(hit => hit.NewNumber > 0).Select(hit => hit.NewNumber).Order().Should().Equal(
                Enumerable.Range(1, (int)children).Select(i => (long)i), "each child wrote its number");
            report.Hits.Where(hit => hit.NewNumber > 0).Should().OnlyContain(hit => hit.OldNumber == -hit.NewNumber, "it had its parent's value");
            report.Hits.Select(hit => hit.Pid).Distinct().Should().HaveCount(1 + (int)children);
            report.Coverage.Processes.Should().Be(1 + (int)children);
        }

        Writers.AreAt(report.Hits, "write_family", "family.c", "write_family");
    }
}
