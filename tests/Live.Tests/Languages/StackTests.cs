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

    private async Task<Report> RunModeAsync(string compiler, string mode)
    {
        var run = await RunAsync(await BuildAsync(compiler), ["--watch", "g_depth"], mode);
        run.Status.Should().Be(0);
        Honesty.Check(run.Report, ("g_depth", run.Facts["hits g_depth"]));
        Writers.AreAt(run.Report.Hits, "write_depth", "depths.c", "write_depth");
        return run.Report;
    }
}
