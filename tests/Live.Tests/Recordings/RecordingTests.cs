// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using System.Globalization;
using AwesomeAssertions;
using Livewatcher.Live.Tests.Building;
using Livewatcher.Live.Tests.Counting;
using Livewatcher.Live.Tests.Processes;
using Livewatcher.Live.Tests.Reports;
using Livewatcher.Live.Tests.Running;
using Xunit;

namespace Livewatcher.Live.Tests.Recordings;

/// <summary>Recordings of real runs: as many hits as the target itself counts, and shown as the run has shown them.</summary>
public sealed class RecordingTests : LiveTest
{
    private static readonly string[] Watches = ["--watch", "g_counter", "--watch", "g_atomic"];

    [Fact]
    public async Task ARecordingHasEveryHitAndIsReportedAsTheRunWas()
    {
        var program = await CounterAsync();
        var shown = NewPath("txt");
        var recording = NewPath("lwr");
        var run = StartLivewatcher(["run", "--output", shown, "--record", recording, .. Emulation.Options([]), .. Watches, "--", program, $"{Counters.Rounds}", $"{Counters.Threads}"]);
        var status = await run.ExitAsync(Limit);
        var json = NewPath("jsonl");
        (await Do("report", recording, "--format", "json", "--output", json)).Should().BeEmpty();
        var report = Report.Read(json);
        Consistency.Check(report);
        Counters.Check(new Run(status, report, new Facts(run.Output), run), "g_counter", "g_atomic");

        var text = await Do("report", recording, "--hits");
        text[(text.IndexOf("\n\n", StringComparison.Ordinal) + 2)..].Should().Be(await File.ReadAllTextAsync(shown, TestContext.Current.CancellationToken));
        (await Do("report", recording, "--format", "csv")).TrimEnd('\n').Split('\n').Should().HaveCount(report.AllHits.Count + 1);
        (await Do("report", recording, "--format", "folded")).TrimEnd('\n').Split('\n').Sum(line => long.Parse(line.Split(' ')[^1])).Should().Be(report.Hits.Count);
        (await Do("diff", recording, recording)).Should().Contain("0 writers are new, 0 gone, 0 changed");
    }

    /// <summary>A report tells what was done about a hit, and what a snapshot has read then, as the run has told it.</summary>
    [Fact]
    public async Task WhatWasDoneAboutHitsIsKept()
    {
        var shown = NewPath("jsonl");
        var recording = NewPath("lwr");
        var run = StartLivewatcher(
        [
            "run", "--format", "json", "--output", shown, "--record", recording, .. Emulation.Options([]), "--watch", "g_counter",
            "--on-hit", "snapshot g_atomic", "--on-hit", "signal CONT", "--", await CounterAsync(), "20", "2",
        ]);
        (await run.ExitAsync(Limit)).Should().Be(0, run.Describe("it ends well"));
        var json = NewPath("jsonl");
        await Do("report", recording, "--format", "json", "--output", json);
        var whole = await File.ReadAllLinesAsync(shown, TestContext.Current.CancellationToken);
        whole.Count(line => line.Contains("\"snapshot\":[{\"expression\":\"g_atomic\"", StringComparison.Ordinal)).Should().Be(40);
        (await File.ReadAllLinesAsync(json, TestContext.Current.CancellationToken)).Should().Equal(whole);
    }

    /// <summary>The register is free, the target lives, and what was recorded until then can be read.</summary>
    [Fact]
    public async Task AKilledLivewatcherLeavesARecording()
    {
        var recording = NewPath("lwr");
        var target = await StartTargetAsync(await CounterAsync(), "1000000", "2");
        var attachment = await AttachAsync(target.Id, "--watch", "g_counter", "--record", recording);
        target.Open();
        await Patience.UntilAsync(
            () => new FileInfo(attachment.OutputPath).Length > 200_000, Limit, () => attachment.Process.Describe("nothing was hit"));
        await Task.Delay(TimeSpan.FromSeconds(2), TestContext.Current.CancellationToken);
        attachment.Process.Kill();
        await attachment.Process.ExitAsync(Limit);
        target.IsAlive.Should().BeTrue();
        target.Process.Kill();

        var json = NewPath("jsonl");
        await Do("report", recording, "--format", "json", "--output", json);
        var report = Report.Read(json);
        report.LastLine.Should().BeNull("the run was killed");
        report.Notes[^1].Text.Should().StartWith("the recording has no end: livewatcher was killed");
        report.AllHits.Should().HaveCountGreaterThan(100);
        report.AllHits.Select(hit => hit.Seq).Should().Equal(Enumerable.Range(1, report.AllHits.Count).Select(i => (long)i));
        (await Do("report", recording)).Should().Contain("coverage: NOT COMPLETE").And.Contain("The account was never closed");
    }

    [Fact]
    public async Task AFlightRecorderHasTheNewestHits()
    {
        var recording = NewPath("lwr");
        var target = await StartTargetAsync(await CounterAsync(), $"{Counters.Rounds}", "2");
        var attachment = await AttachAsync(target.Id, "--watch", "g_counter", "--record", recording, "--last", "10");
        await attachment.Process.SignalAsync("USR1");
        await Patience.UntilAsync(
            () => attachment.Process.Errors.Contains("wrote the newest 0 hits to " + recording), Limit, () => attachment.Process.Describe("SIGUSR1 writes what is there"));
        target.Open();
        await target.EndAsync(Limit);
        var whole = await attachment.EndAsync(Limit);

        var json = NewPath("jsonl");
        await Do("report", recording, "--format", "json", "--output", json);
        var report = Report.Read(json);
        report.Hits.Select(hit => hit.Seq).Should().Equal(whole.Hits.TakeLast(10).Select(hit => hit.Seq));
        report.Coverage.Gaps.Should().Contain($"{whole.AllHits.Count - 10:N0} hits are not in the recording: older than those that --last keeps");
    }

    /// <summary>/dev/full is a disk that is full from the start.</summary>
    [Theory]
    [InlineData("/dev/full")]
    [InlineData("/proc/none/hits.lwr")]
    [InlineData("/etc/passwd")]
    public async Task WhatCannotBeWrittenIsAnErrorBeforeTheProgramRuns(string path)
    {
        (await RefusedAsync("run", "--record", path, "--watch", "g_counter", "--", await CounterAsync(), "1", "1")).Should().StartWith($"livewatcher: cannot write --record {path}: ");
    }

    /// <summary>A file system that fills up while the program runs: every hit is shown and counted, what the file lacks is a gap of its size, and
    /// the program does not notice.</summary>
    [Fact]
    public async Task ADiskThatFillsUpIsAGapAndNothingElse()
    {
        Assert.SkipUnless(Emulation.IsOn, "it mounts a file system, which is done in the emulated machine only");
        var disk = Directory.CreateDirectory(NewPath("disk")).FullName;
        (await Child.RunAsync("mount", ["-t", "tmpfs", "-o", "size=256k", "none", disk], Limit)).Should().BeEmpty();
        try
        {
            var recording = Path.Combine(disk, "hits.lwr");
            var run = await RunAsync(await CounterAsync(), ["--record", recording, .. Watches], "3000", "2");
            run.Status.Should().Be(0);
            run.Facts["hits g_counter"].Should().Be(6000, "the program did what it was written for");
            run.Report.Hits.Should().HaveCount(12_000);
            run.Report.Notes.Should().Contain(note => note.Text.StartsWith($"the recording {recording} cannot be written: database or disk is full; it is tried again every second"));
            var gap = run.Report.Coverage.Gaps.Should().ContainSingle().Subject;
            gap.Should().EndWith(" hits are not in the recording: writing the file failed");
            var lacking = int.Parse(gap.Split(' ')[0], NumberStyles.AllowThousands, CultureInfo.InvariantCulture);

            var json = NewPath("jsonl");
            (await Child.RunAsync("sh", ["-c", $"cp {disk}/hits.lwr* {Folder}"], Limit)).Should().BeEmpty();
            await Do("report", Path.Combine(Folder, "hits.lwr"), "--format", "json", "--output", json);
            var there = Report.Read(json).AllHits;
            (there.Count + lacking).Should().Be(12_000);
            there.Select(hit => hit.Seq).Should().Equal(Enumerable.Range(1, there.Count).Select(i => (long)i), "it ends where the disk was full");
        }
        finally
        {
            await Child.RunAsync("umount", [disk], Limit);
        }
    }

    private static async Task<string> CounterAsync() => await Toolchain.BuildAsync(Counters.Variant("counter", ".c", "gcc", "-O0", Linking.Pie));

    /// <summary>What livewatcher says on standard output; it must end well.</summary>
    private async Task<string> Do(params string[] arguments)
    {
        var child = StartLivewatcher(arguments);
        (await child.ExitAsync(Limit)).Should().Be(0, child.Describe("it ends well"));
        return child.Output;
    }
}
