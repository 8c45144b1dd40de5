// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using AwesomeAssertions;
using Livewatcher.Live.Tests.Building;
using Livewatcher.Live.Tests.Reports;
using Livewatcher.Live.Tests.Running;
using Xunit;

namespace Livewatcher.Live.Tests.Watching;

/// <summary>Reads, executions, one instruction on two watches, writes that change nothing.</summary>
public sealed class AccessTests : LiveTest
{
    public static TheoryData<string, string> Compilers => new()
    {
        { "gcc", "-O0" },
        { "gcc", "-O2 -fomit-frame-pointer" },
        { "clang", "-O0" },
        { "clang", "-O2 -fomit-frame-pointer" },
    };

    [Theory]
    [MemberData(nameof(Compilers))]
    public async Task ReadsAndWritesAreSeenAsTheyAre(string compiler, string optimization)
    {
        var run = await RunAccessAsync(compiler, optimization, "--awatch", "g_both");
        var rounds = (int)run.Facts["rounds"];
        var complete = Honesty.Check(run.Report, ("g_both", 3 * rounds));
        var reads = run.Report.Hits.Where(hit => hit.Stack[0].Function == "read_both").ToList();
        var writes = run.Report.Hits.Where(hit => hit.Stack[0].Function == "write_both").ToList();
        Writers.AreAt(reads, "read_both", "access.c", "read");
        Writers.AreAt(writes, "write_both", "access.c", "write");
        reads.Should().OnlyContain(hit => hit.Changed == false && hit.Access == "access");
        writes.Should().OnlyContain(hit => hit.Changed == true);
        if (complete)
        {
            reads.Should().HaveCount(2 * rounds);
            writes.Should().HaveCount(rounds);
        }
    }

    [Theory]
    [MemberData(nameof(Compilers))]
    public async Task AFunctionAndALineAreWatchedForExecution(string compiler, string optimization)
    {
        var line = $"access.c:{Source.Line("access.c", "line")}";
        var run = await RunAccessAsync(compiler, optimization, "--hbreak", "step", "--hbreak", line);
        Honesty.Check(run.Report, ("step", run.Facts["rounds"]), (line, run.Facts["rounds"]));
        run.Report.Hits.Should().OnlyContain(hit => hit.Access == "execute" && hit.Stack[0].Function == "step" && hit.Old == null && hit.Changed == null);
        Writers.AreAt(run.Report.HitsOn(line), "step", "access.c", "line");
        run.Report.HitsOn("step").Should().OnlyContain(hit => hit.Stack[0].Address == hit.Address, "execution traps before the instruction");
    }

    [Fact]
    public async Task OneInstructionOnTwoWatchesIsReportedOnBoth()
    {
        var run = await RunAccessAsync("gcc", "-O2", "--awatch", "g_from[0]", "--watch", "g_to[0]", "--watch", "g_to[1]");
        var rounds = run.Facts["rounds"];
        Honesty.Check(run.Report, ("g_from[0]", 2 * rounds), ("g_to[0]", 2 * rounds), ("g_to[1]", rounds));
        Writers.AreAt(run.Report.HitsOn("g_to[1]"), "store_pair", "access.c", "pair");
        Writers.AreAt(run.Report.HitsOn("g_from[0]").Where(hit => hit.Changed == false), "copy_one", "access.c", "copy");
    }

    [Fact]
    public async Task AWriteOfTheSameValueIsAHitAndNoChange()
    {
        var run = await RunAccessAsync("gcc", "-O2", "--watch", "g_same");
        Honesty.Check(run.Report, ("g_same", run.Facts["rounds"]));
        run.Report.Hits.Should().OnlyContain(hit => hit.Changed == false && hit.NewNumber == 7 && hit.OldNumber == 7);
        Writers.AreAt(run.Report.Hits, "write_same", "access.c", "same");
        run.Report.Writers.Single().Changes.Should().Be(0);
    }

    private async Task<Run> RunAccessAsync(string compiler, string optimization, params string[] options)
    {
        var program = await Toolchain.BuildAsync(new Recipe("access.c") { Compiler = compiler, Optimization = optimization });
        var run = await RunAsync(program, options);
        run.Status.Should().Be(0);
        return run;
    }
}
