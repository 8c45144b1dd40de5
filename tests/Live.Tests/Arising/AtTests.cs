// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using AwesomeAssertions;
using Livewatcher.Live.Tests.Building;
using Livewatcher.Live.Tests.Running;
using Xunit;

namespace Livewatcher.Live.Tests.Arising;

/// <summary>Objects that are named at an instruction, whoever writes to them until their end.</summary>
public sealed class AtTests : ArisingTest
{
    private const int Rounds = 12;

    [Theory]
    [MemberData(nameof(Builds))]
    public async Task UntilTheReturnOfTheOutermostFrameAnyThreadsWritesAreReported(string compiler, string optimization, Linking linking)
    {
        var run = await WatchAsync(compiler, optimization, linking, "return", "--at", "enter", "--watch", "p->len", "--until", "return");
        AreAt(run.Report, "set", "objects.c", "set", run.Facts["seen"]);
        run.Report.Hits.Select(hit => hit.Tid).Distinct().Should().HaveCount(4);
        run.Report.Coverage.Complete.Should().BeTrue(string.Join(" | ", run.Report.Coverage.Gaps));
        run.Report.Coverage.Arisings.Single().Should().BeEquivalentTo(
            new { Watch = "p->len", Candidates = (long)Rounds, Armed = (long)Rounds, Skipped = 0L, Failed = 0L, Displaced = 0L, Ended = (long)Rounds });
        run.Report.Hits.Should().OnlyContain(hit => hit.SetAt!.Stack[0].Function == "enter", "where it was named is told");
    }

    /// <summary>C++, the member behind those of a base class with virtual functions.</summary>
    [Theory]
    [MemberData(nameof(Builds))]
    public async Task TheObjectOfAMethod(string compiler, string optimization, Linking linking)
    {
        var run = await RunAsync(
            await BuildAsync("gauges.cpp", compiler, optimization, linking), ["--at", "plant::Gauge::take", "--watch", "this->reading_", "--until", "return"], $"{Rounds}");
        run.Status.Should().Be(0);
        run.Facts["seen"].Should().BeGreaterThan(Rounds, "or nothing is shown");
        AreAt(run.Report, "plant::Gauge::set(long)", "gauges.cpp", "set", run.Facts["seen"]);
        run.Report.Hits.Select(hit => hit.Tid).Distinct().Should().HaveCount(4);
        run.Report.Coverage.Complete.Should().BeTrue(string.Join(" | ", run.Report.Coverage.Gaps));
        run.Report.Coverage.Arisings.Single().Should().BeEquivalentTo(
            new { Watch = "this->reading_", Candidates = (long)Rounds, Armed = (long)Rounds, Skipped = 0L, Failed = 0L, Displaced = 0L, Ended = (long)Rounds });
        run.Report.Hits.Should().OnlyContain(hit => hit.SetAt!.Stack[0].Function == "plant::Gauge::take(void (*)(plant::Gauge&))");
    }

    [Theory]
    [MemberData(nameof(Builds))]
    public async Task ThroughFurtherPointersAndMembers(string compiler, string optimization, Linking linking)
    {
        var run = await WatchAsync(compiler, optimization, linking, "return", "--at", "enter", "--watch", "p->next->a.b", "--until", "return");
        AreAt(run.Report, "set", "objects.c", "inner", run.Facts["seen"]);
    }

    [Theory]
    [MemberData(nameof(Builds))]
    public async Task TheLastOfSeveralThreadsEndsIt(string compiler, string optimization, Linking linking)
    {
        var run = await WatchAsync(compiler, optimization, linking, "overlap", "--at", "enter", "--watch", "p->len", "--until", "return");
        AreAt(run.Report, "set", "objects.c", "set", run.Facts["seen"]);
        run.Report.Coverage.Arisings.Single().Should().BeEquivalentTo(new { Candidates = (long)Rounds, Armed = (long)Rounds, Ended = (long)Rounds });
    }

    [Theory]
    [MemberData(nameof(Builds))]
    public async Task AFrameThatLongjmpHasLeftEndsWhenTheFunctionIsEnteredAgain(string compiler, string optimization, Linking linking)
    {
        var run = await WatchAsync(compiler, optimization, linking, "leap", "--at", "enter", "--watch", "p->len", "--until", "return");
        AreAt(run.Report, "set", "objects.c", "set", run.Facts["seen"]);
        run.Report.Coverage.Arisings.Single().Should().BeEquivalentTo(new { Candidates = 2L * Rounds, Armed = 2L * Rounds, Ended = 2L * Rounds });
    }

    [Theory]
    [MemberData(nameof(Builds))]
    public async Task UntilAnotherFunctionIsEntered(string compiler, string optimization, Linking linking)
    {
        var run = await WatchAsync(compiler, optimization, linking, "finish", "--at", "enter", "--watch", "p->len", "--until", "finish");
        AreAt(run.Report, "set", "objects.c", "set", run.Facts["seen"]);
        run.Report.Coverage.Arisings.Single().Should().BeEquivalentTo(new { Candidates = (long)Rounds, Armed = (long)Rounds, Ended = (long)Rounds });
    }

    [Theory]
    [MemberData(nameof(Builds))]
    public async Task WhatAFunctionReturnsUntilItIsFreed(string compiler, string optimization, Linking linking)
    {
        var run = await WatchAsync(compiler, optimization, linking, "born", "--at", "make:return", "--watch", "$ret->len", "--until", "free");
        AreAt(run.Report, "set", "objects.c", "set", run.Facts["seen"]);
        run.Report.Coverage.Complete.Should().BeTrue(string.Join(" | ", run.Report.Coverage.Gaps));
        run.Report.Coverage.Arisings.Single().Should().BeEquivalentTo(
            new { Watch = "$ret->len", Candidates = (long)Rounds, Armed = (long)Rounds, Skipped = 0L, Failed = 0L, Displaced = 0L, Ended = (long)Rounds });
    }

    /// <summary>Half of the objects are handed on. Where the function jumps to the one whose value it returns, the return is seen in its caller.</summary>
    [Theory]
    [MemberData(nameof(Builds))]
    public async Task WhatAnotherFunctionReturnsInItsPlace(string compiler, string optimization, Linking linking)
    {
        var run = await WatchAsync(compiler, optimization, linking, "born", "--at", "hand_on:return", "--watch", "$ret->len", "--until", "free");
        run.Report.Hits.Should().HaveCountGreaterThan(Rounds / 2 * 7).And.OnlyContain(hit => hit.Stack[0].Function == "set");
        run.Report.Coverage.Arisings.Single().Should().BeEquivalentTo(new { Candidates = Rounds / 2L, Armed = Rounds / 2L, Ended = Rounds / 2L });
    }

    /// <summary>The variable is in a register or in the frame, as the compiler has it there.</summary>
    [Theory]
    [MemberData(nameof(Builds))]
    public async Task WhatALocalVariablePointsToAtALine(string compiler, string optimization, Linking linking)
    {
        var here = $"objects.c:{Source.Line("objects.c", "here")}";
        var run = await WatchAsync(compiler, optimization, linking, "walk", "--at", here, "--watch", "q->len", "--until", "return");
        AreAt(run.Report, "set", "objects.c", "set", run.Facts["seen"]);
        run.Report.Coverage.Complete.Should().BeTrue(string.Join(" | ", run.Report.Coverage.Gaps));
        run.Report.Coverage.Arisings.Single().Should().BeEquivalentTo(new { Candidates = 4L * Rounds, Armed = 4L * Rounds, Skipped = 0L, Failed = 0L, Ended = 4L * Rounds });
    }

    [Theory]
    [InlineData("oldest", 0)]
    [InlineData("newest", 2)]
    public async Task WhereTheyAreTooManyItIsAsChosenAndCounted(string which, int first)
    {
        var run = await WatchAsync("clang", "-O2", Linking.Pie, "many", "--at", "enter", "--watch", "p->len", "--keep", which);
        run.Report.Hits.Select(hit => hit.NewNumber % 10).Should().Equal(Enumerable.Range(first, 4).SelectMany(number => new long[] { number, number }));
        run.Report.Coverage.Arisings.Single().Should().BeEquivalentTo(new { Candidates = 6L, Skipped = first == 0 ? 2L : 0L, Displaced = first == 0 ? 0L : 2L, StillArmed = 4L });
        run.Report.Coverage.Complete.Should().BeFalse();
    }

    private async Task<Run> WatchAsync(string compiler, string optimization, Linking linking, string mode, params string[] options)
    {
        var run = await RunAsync(await BuildAsync("objects.c", compiler, optimization, linking), options, mode, $"{Rounds}");
        run.Status.Should().Be(0);
        return run;
    }
}
