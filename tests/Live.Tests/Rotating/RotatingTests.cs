// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using AwesomeAssertions;
using Livewatcher.Live.Tests.Building;
using Livewatcher.Live.Tests.Processes;
using Livewatcher.Live.Tests.Reports;
using Livewatcher.Live.Tests.Running;
using Xunit;

namespace Livewatcher.Live.Tests.Rotating;

/// <summary>Eight watches, four debug registers: whose turn it is, every write is reported with its writer and value, and what was watched for how long is told.</summary>
public sealed class RotatingTests : LiveTest
{
    private const int Fields = 8;
    private const long Step = 1_000_000;

    private static readonly string[] Watches = [.. Enumerable.Range(0, Fields).Select(i => $"g_fields.f{i}")];

    public static TheoryData<string, string, Linking, string, string, string> Builds => new()
    {
        { "gcc", "-O2 -fomit-frame-pointer", Linking.Pie, "bpf", "task", "on" },
        { "clang", "-O0", Linking.NoPie, "bpf", "cpu", "off" },
        { "gcc", "-O0", Linking.NoPie, "bpf", "task", "off" },
        { "clang", "-O2 -fomit-frame-pointer", Linking.Pie, "perf", "task", "on" },
        { "gcc", "-O2 -fomit-frame-pointer", Linking.NoPie, "ptrace", "task", "on" },
    };

    private static string Length => $"{Emulation.Choose(2500, 8000)}";

    private static string Turn => $"--rotate={Emulation.Choose(200, 400)}ms";

    private static string[] Options => [Turn, .. Watches.SelectMany(watch => new[] { "--watch", watch })];

    [Theory]
    [MemberData(nameof(Builds))]
    public async Task EachHasItsShareAndEveryHitOfItsTurnsIsReported(string compiler, string optimization, Linking linking, string backend, string scope, string guard)
    {
        var run = await RunAsync(await BuildAsync(compiler, optimization, linking), [.. Options, "--backend", backend, "--scope", scope, "--guard", guard], Length);
        run.Status.Should().Be(0);
        Check(run, backend, isScan: guard == "off" && scope == "task");
        run.Report.Coverage.Turns.Sum(turn => turn.ChangedUnarmed).Should().BeGreaterThan(3, "they were written while others had their turn");
        run.Report.Notes.Should().Contain(note => note.Text.StartsWith("g_fields.f4 changed while it was not armed: ", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("bpf", "on")]
    [InlineData("perf", "on")]
    [InlineData("ptrace", "on")]
    public async Task ThreadsThatComeMeanwhileHaveWhoseTurnItIs(string backend, string guard)
    {
        var run = await RunAsync(await BuildAsync("gcc", "-O2", Linking.Pie), [.. Options, "--backend", backend, "--scope", "task", "--guard", guard], Length, "threads");
        run.Status.Should().Be(0);
        Check(run, backend);
        var brief = run.Report.Hits.Where(hit => hit.NewNumber / Step >= 4).ToList();
        brief.Select(hit => hit.Tid).Distinct().Should().HaveCount(brief.Count, "each is another thread's");
    }

    [Theory]
    [InlineData("task")]
    [InlineData("cpu")]
    public async Task ChildrenAreLeftAlone(string scope)
    {
        string[] guard = scope == "cpu" ? ["--guard", "off"] : [];
        var run = await RunAsync(await BuildAsync("clang", "-O2", Linking.Pie), [.. Options, "--backend", "bpf", "--scope", scope, .. guard], Length, "forks");
        run.Status.Should().Be(0, "each child ended as it should");
        Check(run, "bpf");
        run.Report.Hits.Select(hit => hit.Pid).Distinct().Should().ContainSingle();
    }

    [Theory]
    [InlineData("bpf")]
    [InlineData("perf")]
    public async Task WhatAHitMustSatisfyItMustInEachTurn(string backend)
    {
        var run = await RunAsync(await BuildAsync("gcc", "-O0", Linking.Pie), ["--if", "new % 2 == 0", "--if-changed", .. Options, "--backend", backend], Length);
        run.Report.Hits.Should().NotBeEmpty().And.OnlyContain(hit => hit.NewNumber % 2 == 0);
        run.Report.Hits.Select(hit => hit.Watch).Distinct().Should().HaveCountGreaterThan(4, "more than one turn had hits");
        var hits = run.Report.Coverage.Hits;
        (hits.Recorded + hits.Filtered).Should().Be(hits.Counted).And.Be(run.Report.Coverage.Turns.Sum(turn => turn.Counted));
        hits.Filtered.Should().BeCloseTo(hits.Recorded, (ulong)((hits.Counted / 4) + Fields), "every other one");
        NothingElseIsMissing(run.Report, backend);
    }

    [Fact]
    public async Task AfterAnExecTheyTakeTurnsInTheNewProgram()
    {
        var run = await RunAsync(await BuildAsync("gcc", "-O2", Linking.Pie), [.. Options, "--follow-exec", "--backend", "bpf", "--scope", "task"], Length, "exec");
        run.Status.Should().Be(0);
        foreach (var i in Enumerable.Range(0, Fields))
        {
            var values = run.Report.HitsOn(Watches[i]).Select(hit => hit.NewNumber).ToList();
            values.Zip(values.Skip(1)).Count(pair => pair.Second < pair.First).Should().BeLessThanOrEqualTo(1, "its count has begun anew once");
            run.Report.HitsOn(Watches[i]).Should().OnlyContain(hit => hit.Stack[0].Function == $"write_{i}");
        }

        run.Report.Notes.Should().Contain(note => note.Text.EndsWith("has executed another program: its watches are resolved anew", StringComparison.Ordinal));
        run.Report.AllHits.Should().OnlyContain(hit => !hit.Escaped);
        NothingElseIsMissing(run.Report, "bpf");
    }

    /// <summary>Whoever comes next finds all four; after ptrace by ptrace, for the kernel keeps the reservation (docs/guarantees.md).</summary>
    [Theory]
    [InlineData("INT", "bpf")]
    [InlineData("KILL", "bpf")]
    [InlineData("INT", "ptrace")]
    [InlineData("KILL", "ptrace")]
    public async Task AnEndInTheMidstOfATurnLeavesNoRegisterArmed(string signal, string backend)
    {
        var target = await StartTargetAsync(await BuildAsync("clang", "-O0", Linking.Pie), "600000");
        var first = await AttachAsync(target.Id, [Turn, .. Watches.SelectMany(watch => new[] { "--watch", watch }), "--backend", backend, "--scope", "task", "--guard", "on"]);
        target.Open();
        await first.SaysAsync("changed while it was not armed", Limit);
        await first.Process.SignalAsync(signal);
        await first.Process.ExitAsync(Limit);
        await Patience.UntilAsync(() => ProcFile.Status(target.Id, "TracerPid") == "0", Limit, () => "the guard has not let it go");
        var second = await AttachAsync(target.Id, [.. Watches[4..].SelectMany(watch => new[] { "--watch", watch }), "--max-hits", "40", "--backend", backend, "--scope", "task"]);
        var report = await second.EndAsync(Limit);
        report.Hits.Should().HaveCount(40).And.OnlyContain(hit => hit.Stack[0].Function!.StartsWith("write_"));
        target.IsAlive.Should().BeTrue("it has come to no harm");
    }

    private static Task<string> BuildAsync(string compiler, string optimization, Linking linking) =>
        Toolchain.BuildAsync(new Recipe("rotating.c") { Compiler = compiler, Optimization = optimization, Linking = linking });

    /// <summary>An emulated machine may have time for a turn or two only, and a scan of threads may take longer there than a turn.</summary>
    private static void Check(Run run, string backend, bool isScan = false)
    {
        var report = run.Report;
        foreach (var i in Enumerable.Range(0, Fields))
        {
            var hits = report.HitsOn(Watches[i]);
            var turn = report.Coverage.Turns[i];
            turn.Watch.Should().Be(Watches[i]);
            turn.Turns.Should().BeGreaterThan(Emulation.Choose(1, 0), "each had its turn");
            hits.Should().HaveCount((int)turn.Counted, "what was counted in its turns is reported");
            hits.Count.Should().BeLessThan((int)run.Facts[$"f{i}"], "for a part of the time it was not watched");
            Writers.AreAt(hits, $"write_{i}", "rotating.c", $"write_{i}");
            hits.Select(hit => hit.NewNumber).Should().BeInAscendingOrder().And.OnlyHaveUniqueItems().And.OnlyContain(value => value > i * Step && value <= (i * Step) + run.Facts[$"f{i}"]);
            hits.Where(hit => hit.Old is not null).Should().OnlyContain(hit => hit.OldNumber == hit.NewNumber - 1 || hit.OldNumber == 0, "a turn begins with what memory holds");
            hits.Count(hit => hit.Old is null).Should().BeLessThanOrEqualTo(backend == "perf" ? hits.Count : turn.Turns, "but for the first of a turn");
        }

        report.AllHits.Should().OnlyContain(hit => !hit.Escaped, "what is written between two turns is no escape");
        report.Coverage.Turns.Sum(turn => turn.Counted).Should().Be(report.Coverage.Hits.Counted);
        report.Coverage.Turns.Sum(turn => turn.Share).Should().BeInRange(Emulation.IsOn ? 0.2 : 2.2, 4.0, "as many as there are registers, and some time for changes");
        report.Coverage.Turns.Should().OnlyContain(turn => turn.Share > 0 && turn.Share < (Emulation.IsOn ? 0.99 : 0.65), "four of eight have registers");
        report.Hits.Select(hit => hit.Watch).Distinct().Should().HaveCountGreaterThan(isScan && Emulation.IsOn ? 0 : 4, "more than one turn had hits");
        NothingElseIsMissing(report, backend);
    }

    /// <summary>Not even one that the kernel has counted.</summary>
    private static void NothingElseIsMissing(Report report, string backend)
    {
        report.Coverage.Complete.Should().BeFalse();
        report.Coverage.Gaps.Where(gap => !(backend == "ptrace" && gap.StartsWith("the kernel's own accesses", StringComparison.Ordinal)))
            .Should().HaveCount(Fields).And.AllSatisfy(gap => gap.Should().Match("g_fields.f* was watched * % of the time: * s, in * turn* (--rotate)*"));
    }
}
