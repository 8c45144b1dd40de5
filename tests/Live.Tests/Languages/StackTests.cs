// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using AwesomeAssertions;
using Livewatcher.Live.Tests.Building;
using Livewatcher.Live.Tests.Reports;
using Livewatcher.Live.Tests.Running;
using Xunit;

namespace Livewatcher.Live.Tests.Languages;

/// <summary>Stacks through code that is unusual: signal frames, callbacks of libraries without debug information, frames too
/// large for the copy.</summary>
public sealed class StackTests : LiveTest
{
    [Theory]
    [InlineData("gcc", "signal", "interrupted")]
    [InlineData("clang", "signal", "interrupted")]
    [InlineData("gcc", "callback", "sort_two")]
    [InlineData("clang", "callback", "sort_two")]
    public async Task StacksGoThroughSignalFramesAndLibraries(string compiler, string mode, string beyond)
    {
        var report = await RunModeAsync(compiler, mode);
        Writers.HaveWholeStacks(report.Hits, "main");
        foreach (var hit in report.Hits)
        {
            var functions = hit.Stack.Select(frame => frame.Function).ToList();
            functions.Should().ContainInOrder([mode == "signal" ? "on_signal" : "compare", beyond, "main"], $"{hit}");
        }
    }

    [Fact]
    public async Task AStackLargerThanTheCopySaysSo()
    {
        var report = await RunModeAsync("gcc", "big");
        report.Hits.Should().NotBeEmpty().And.OnlyContain(hit => hit.StackCut != null);
        report.Coverage.StacksCut.Should().Be(report.Hits.Count);
    }

    /// <summary>Where a thread's stack begins is learned from a stack inside of it: copies are too short once, say so, and are as long as ever from then on.</summary>
    [Theory]
    [InlineData("gcc")]
    [InlineData("clang")]
    public async Task AStackInsideAStackIsCutShortOnce(string compiler)
    {
        var report = await RunModeAsync(compiler, "inside", $"{50_000 * Emulation.Slowness}");
        report.Hits.Should().HaveCount(40);
        report.Hits.Where(hit => hit.StackCut is not null).Should().HaveCountLessThan(10)
            .And.OnlyContain(hit => hit.StackCut!.Contains("was taken to begin here", StringComparison.Ordinal));
        Writers.HaveWholeStacks(report.Hits.Where(hit => hit.StackCut is null && hit.Stack.All(frame => frame.Function != "run_inside")), "main");
        Writers.HaveWholeStacks(report.Hits.Skip(30).Where(hit => hit.Stack.All(frame => frame.Function != "run_inside")), "main");
        Writers.HaveWholeStacks(report.Hits.Where(hit => hit.Stack.Any(frame => frame.Function == "run_inside")), "run_inside");
    }

    [Fact]
    public async Task StackBytesSetsTheLengthOfTheCopy()
    {
        var program = await BuildAsync("gcc");
        var shallow = await RunAsync(program, ["--watch", "g_depth", "--stack-bytes", "4096"], "big");
        var usual = await RunAsync(program, ["--watch", "g_depth"], "big");
        Honesty.Check(shallow.Report, ("g_depth", shallow.Facts["hits g_depth"]));
        shallow.Report.Hits.Max(hit => hit.Stack.Count).Should().BeLessThan(usual.Report.Hits.Max(hit => hit.Stack.Count));
    }

    private static Task<string> BuildAsync(string compiler) => Toolchain.BuildAsync(new Recipe("depths.c") { Compiler = compiler });

    private async Task<Report> RunModeAsync(string compiler, params string[] words)
    {
        var run = await RunAsync(await BuildAsync(compiler), ["--watch", "g_depth"], words);
        run.Status.Should().Be(0);
        Honesty.Check(run.Report, ("g_depth", run.Facts["hits g_depth"]));
        Writers.AreAt(run.Report.Hits, "write_depth", "depths.c", "write_depth");
        return run.Report;
    }
}
