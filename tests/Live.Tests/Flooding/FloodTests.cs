// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using System.Globalization;
using AwesomeAssertions;
using Livewatcher.Live.Tests.Building;
using Livewatcher.Live.Tests.Processes;
using Livewatcher.Live.Tests.Reports;
using Livewatcher.Live.Tests.Running;
using Xunit;

namespace Livewatcher.Live.Tests.Flooding;

/// <summary>A watch on a variable that is written as fast as the processors can.</summary>
public sealed class FloodTests : LiveTest
{
    private const string Rate = "200";

    [Theory]
    [InlineData("gcc", "-O2 -fomit-frame-pointer", Linking.Pie, "bpf", "cpu", "off", 200)]
    [InlineData("clang", "-O0", Linking.NoPie, "bpf", "task", "on", 200)]
    [InlineData("clang", "-O2 -fomit-frame-pointer", Linking.Pie, "bpf", "task", "off", 200)]
    [InlineData("gcc", "-O0", Linking.NoPie, "ptrace", "task", "on", 20)]
    public async Task WhatIsBeyondTheLimitIsCountedToTheLastHit(
        string compiler, string optimization, Linking linking, string backend, string scope, string guard, int rate)
    {
        var target = await StartTargetAsync(await BuildAsync(compiler, optimization, linking), "2", "0", "3");
        var (report, own) = await WatchAsync(target, ["--watch", "g_flood", "--max-rate", $"{rate}", "--backend", backend, "--scope", scope, "--guard", guard]);
        var hits = report.Coverage.Hits;
        hits.Skipped.Should().BePositive();
        // A second's worth in advance, and as much for each second.
        hits.Recorded.Should().BeInRange(rate, rate * 12);
        CheckCount(report, own["written"]);
        report.Hits.TakeLast(3).Select(hit => hit.NewNumber).Should().Equal(1_000_000_001, 1_000_000_002, 1_000_000_003);
        report.Hits[^2].OldNumber.Should().Be(1_000_000_001);
        report.Notes.Should().ContainSingle(note => note.Text.Contains("is hit more often than --max-rate ", StringComparison.Ordinal));
        report.Coverage.Skipped.Should().ContainSingle().Which.Paused.Should().BeFalse();
    }

    [Theory]
    [InlineData("gcc", "bpf", "cpu", "off")]
    [InlineData("clang", "bpf", "task", "on")]
    [InlineData("gcc", "bpf", "task", "off")]
    [InlineData("clang", "perf", "task", "on")]
    public async Task APauseSwitchesTheRegistersOffInEveryThreadAndOnAgain(string compiler, string backend, string scope, string guard)
    {
        var target = await StartTargetAsync(await BuildAsync(compiler, "-O2 -fomit-frame-pointer", Linking.Pie), "2", "0", "4");
        var (report, own) = await WatchAsync(
            target, ["--watch", "g_flood", "--max-rate", Rate, "--flood", "pause", "--backend", backend, "--scope", scope, "--guard", guard]);
        report.Coverage.Skipped.Should().Contain(stretch => stretch.Paused && stretch.Length >= TimeSpan.FromSeconds(1));
        report.Coverage.Hits.Counted.Should().BeLessThan(own["written"]);
        report.Hits.Count(hit => hit.Instruction is not null && hit.Stack[0].Function == "write_flood" && hit.Tid == target.Id).Should().Be(3, "the slow writes at the end are the first thread's");
        report.Coverage.Hits.Escaped.Should().Be(0, "what was written in a pause is no escaped write");
        report.Coverage.Complete.Should().BeFalse();
    }

    [Fact]
    public async Task StoppingLeavesTheProgramAlone()
    {
        var target = await StartTargetAsync(await BuildAsync("gcc", "-O2", Linking.Pie), "2", "0", "3");
        var attachment = await AttachAsync(target.Id, "--watch", "g_flood", "--max-rate", Rate, "--flood", "stop");
        target.Open();
        var report = await attachment.EndAsync(Limit);
        report.Coverage.Why.Should().StartWith("--flood stop: g_flood was hit more often than --max-rate 200");
        target.IsAlive.Should().BeTrue();
        await target.EndAsync(Limit);
    }

    /// <summary>With the limits as they are without options; Ctrl-C ends it in the midst. An emulated machine has a tenth of the threads, or
    /// all of them with LW_SLOW=1.</summary>
    [Fact]
    public async Task AThrongOfThreadsCanBeWatchedAndLeft()
    {
        var threads = Emulation.Choose(4000, Slow.Choose(400, 4000));
        var target = await StartTargetAsync(await BuildAsync("gcc", "-O2", Linking.Pie), $"{threads}", "100", "10");
        var attachment = await AttachAsync(target.Id, "--watch", "g_flood", "--max-cpu", "100");
        target.Open();
        await Patience.PauseAsync(3000);
        var holder = ProcFile.TracerOf(target.Id) is var tracer and > 0 ? tracer : attachment.Process.Id;
        var asked = DateTime.UtcNow;
        await attachment.InterruptAsync();
        await Patience.UntilAsync(() => attachment.Process.HasExited || !ProcFile.HoldsPerfEvents(holder), Limit, () => "still armed");
        var free = DateTime.UtcNow;
        await attachment.InterruptAsync();
        var report = await attachment.EndAsync(Limit);
        Console.WriteLine($"Live: Ctrl-C amid {threads} threads with 100 writes a second each: disarmed after {(free - asked).TotalSeconds:0.00} s, over "
            + $"{(DateTime.UtcNow - free).TotalSeconds:0.00} s after Ctrl-C again, {report.Coverage.Hits}");
        report.Coverage.Hits.Counted.Should().BePositive();
        report.Coverage.Threads.Should().Be(threads + 1);
        await target.EndAsync(Limit);
    }

    /// <summary>How long disarming takes is the machine's business; Ctrl-C has its effect, or is answered with a line that says what goes on.</summary>
    [Fact]
    public async Task CtrlCIsAnsweredAmidAThrong()
    {
        Assert.SkipUnless(Emulation.IsOn, "only an emulated machine takes long enough to let go");
        var threads = Slow.Choose(400, 4000);
        var target = await StartTargetAsync(await BuildAsync("gcc", "-O2", Linking.Pie), $"{threads}", "100", "10");
        var shown = NewPath("txt");
        var typescript = NewPath("typescript");
        string[] attach = [Repository.Livewatcher, "attach", $"{target.Id}", "--watch", "g_flood", "--max-cpu", "100", "--output", shown, .. Emulation.Options(["--max-cpu"])];
        var terminal = StartOnTerminal(attach, typescript);
        await Patience.UntilAsync(() => File.Exists(shown) && File.ReadAllText(shown).Contains("armed", StringComparison.Ordinal), Limit, () => terminal.Describe("it is armed"));
        target.Open();
        await Patience.PauseAsync(3000);
        var livewatcher = int.Parse(await File.ReadAllTextAsync($"/proc/{terminal.Id}/task/{terminal.Id}/children", TestContext.Current.CancellationToken), CultureInfo.InvariantCulture);
        var holder = ProcFile.TracerOf(target.Id) is var tracer and > 0 ? tracer : livewatcher;
        var asked = DateTime.UtcNow;
        await Child.RunAsync("kill", ["-INT", $"{livewatcher}"], Limit);
        await Patience.UntilAsync(() => IsAnswered() || !ProcFile.HoldsPerfEvents(holder), Limit, () => terminal.Describe("it says that it goes, or has gone"), pause: 20);
        var answered = DateTime.UtcNow - asked;
        await Child.RunAsync("sh", ["-c", $"kill -INT {livewatcher} || true"], Limit);
        (await terminal.ExitAsync(Limit)).Should().Be(0, terminal.Describe("it ends well"));
        Console.WriteLine($"Live: Ctrl-C amid {threads} threads with 100 writes a second each: {(IsAnswered() ? "answered" : "disarmed")} after {answered.TotalSeconds:0.00} s");
        await target.EndAsync(Limit);

        bool IsAnswered() => File.ReadAllText(typescript).Contains($"letting go of {threads + 1:N0} threads", StringComparison.Ordinal);
    }

    /// <summary>Exact but for what the run itself says is missing.</summary>
    private static void CheckCount(Report report, long own)
    {
        var hits = report.Coverage.Hits;
        (hits.Counted + hits.Recovered).Should().BeLessThanOrEqualTo(own);
        if (hits.Escaped + hits.Throttled == 0)
        {
            (hits.Counted + hits.Recovered).Should().Be(own, $"every write is counted: {hits}");
        }
    }

    private static Task<string> BuildAsync(string compiler, string optimization, Linking linking) =>
        Toolchain.BuildAsync(new Recipe("flood.c") { Compiler = compiler, Optimization = optimization, Linking = linking, Extra = "-pthread" });
}
