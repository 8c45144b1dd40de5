// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using AwesomeAssertions;
using Livewatcher.Live.Tests.Building;
using Xunit;

namespace Livewatcher.Live.Tests.Acting;

/// <summary>Signals at hits, judged by the program that gets them.</summary>
public sealed class SignalTests : ActingTest
{
    [Theory]
    [MemberData(nameof(Builds))]
    public async Task EachHitsThreadHasTheSignalBehindItsWrite(string compiler, string optimization, Linking linking, string backend, string scope)
    {
        var own = NewPath("page");
        var run = await RunAsync(
            await BuildAsync(compiler, optimization, linking), ["--watch", Field, "--on-hit", "signal USR1", .. Backend(backend, scope)], "100", own, "2");
        run.Status.Should().Be(0);
        var page = SharedPage.Read(own);
        page.Behind.Should().Be(200, "each write's thread gets it before its next instruction");
        page.Elsewhere.Should().Be(0);
        run.Report.Hits.Should().HaveCount(200).And.OnlyContain(hit => hit.Actions.Single().AtHit && hit.Actions.Single().Done);
        run.Report.Coverage.Actions.Should().ContainSingle().Which.Should().BeEquivalentTo(new { AtHit = 200L, Afterwards = 0L, Failed = 0L, Skipped = 0L });
    }

    [Theory]
    [MemberData(nameof(Builds))]
    public async Task WhatIsFilteredGetsNone(string compiler, string optimization, Linking linking, string backend, string scope)
    {
        var own = NewPath("page");
        var run = await RunAsync(
            await BuildAsync(compiler, optimization, linking),
            ["--watch", Field, "--if", "new % 10 == 7", "--after", "3", "--on-hit", "signal", "SIGUSR1", .. Backend(backend, scope)], "100", own);
        run.Status.Should().Be(0);
        SharedPage.Read(own).Should().BeEquivalentTo(new { Behind = 8L, Elsewhere = 0L }, "of the ten that are reported, the third is the first");
        run.Report.Hits.Select(hit => hit.Actions.Count).Should().Equal(0, 0, 1, 1, 1, 1, 1, 1, 1, 1);
    }

    /// <summary>Backend perf cannot, and names are known later: then it comes late, and the report says how late.</summary>
    [Theory]
    [InlineData("perf", "--if-changed")]
    [InlineData("bpf", "--only", "write_acted")]
    [InlineData("ptrace", "--ignore", "main")]
    public async Task WhatIsDecidedHereIsDoneFromHereAndSaysSo(string backend, params string[] filter)
    {
        var own = NewPath("page");
        var target = await StartTargetAsync(await BuildAsync("gcc", "-O2", Linking.Pie), "400000000", own);
        var attachment = await AttachAsync(target.Id, ["--watch", Field, .. filter, "--on-hit", "signal USR1", "--once", "--max-hits", "50", .. Backend(backend, "task")]);
        target.Open();
        var report = await attachment.EndAsync(Limit);
        var page = SharedPage.Read(own);
        target.Process.Kill();
        (page.Behind + page.Elsewhere).Should().Be(1);
        report.Notes.Should().Contain(note => note.Level == "warning" && note.Text.StartsWith("g_acted: 'signal USR1' is done from here", StringComparison.Ordinal));
        var action = report.Hits.SelectMany(hit => hit.Actions).Should().ContainSingle().Subject;
        action.Should().BeEquivalentTo(new { Done = true, AtHit = false, Signal = "SIGUSR1" });
        action.DelayUs.Should().BePositive();
        report.Coverage.Actions.Should().ContainSingle().Which.Should().BeEquivalentTo(new { AtHit = 0L, Afterwards = 1L, Failed = 0L });
    }
}
