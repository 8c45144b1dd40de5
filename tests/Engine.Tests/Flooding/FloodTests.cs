// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using AwesomeAssertions;
using Livewatcher.Engine.Tests.Fakes;
using Livewatcher.Engine.Tests.Watching;
using Livewatcher.Model;
using Xunit;

namespace Livewatcher.Engine.Tests.Flooding;

/// <summary>A watch that is hit more often than the flood limit allows. One write a millisecond is ten times of what is allowed here;
/// a second's allowance is used in advance, by some 111 of them.</summary>
public sealed class FloodTests
{
    private const ulong X = FakeMemory.Base;
    private const int Writes = 500;

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task SamplingRecordsWhatIsAllowedAndCountsTheRest(bool values)
    {
        WatchRun run = Create(FloodAnswer.Sample, TimeSpan.FromMilliseconds(600));
        run.Machine.Source.TracksValues = values;
        EndingTests.Writes(run, Writes);
        await run.RunAsync();
        HitCounts hits = run.Sink.Coverage.Hits;
        hits.Counted.Should().Be(Writes);
        (hits.Recorded + hits.Skipped).Should().Be(Writes);
        hits.Recorded.Should().BeInRange(140, 160);
        hits.Reported.Should().Be(hits.Recorded);
        run.Sink.Coverage.Skipped.Should().ContainSingle().Which.Hits.Should().Be(hits.Skipped);
        run.Sink.Coverage.Skipped[0].From.Should().BeOnOrAfter(FakeClock.Wall(50)).And.BeOnOrBefore(FakeClock.Wall(120));
        run.Sink.Coverage.Complete.Should().BeFalse();
        run.Sink.Coverage.Gaps.Should().ContainSingle().Which.Should().Be($"{hits.Skipped} hits were counted but not recorded: beyond the flood limit (--max-rate, --max-cpu)");
        run.Sink.Notes.Where(note => note.Contains("--max-rate 100 allow", StringComparison.Ordinal)).Should().ContainSingle("once is enough");
        run.Sink.Escapes.Should().BeEmpty();
    }

    [Fact]
    public async Task ABurstThatEndsIsRecordedInFull()
    {
        WatchRun run = Create(FloodAnswer.Sample, TimeSpan.FromMilliseconds(200));
        EndingTests.Writes(run, 100);
        await run.RunAsync();
        run.Sink.Hits.Should().HaveCount(100);
        run.Sink.Coverage.Complete.Should().BeTrue();
        run.Sink.Coverage.Skipped.Should().BeEmpty();
    }

    [Fact]
    public async Task AQuietWatchBesideAFloodedOneLosesNothing()
    {
        WatchRun run = Create(FloodAnswer.Sample, TimeSpan.FromMilliseconds(600));
        run.Machine.Define("y", X + 8, 4);
        run.Watch("y");
        EndingTests.Writes(run, Writes);
        for (int i = 0; i < 5; i++)
        {
            ulong value = (ulong)i + 1;
            run.Machine.At((100 * i) + 50.5, () => run.Machine.Store(new StoreAct { Address = X + 8, Value = value, Thread = 101 }));
        }

        await run.RunAsync();
        run.Sink.Hits.Count(hit => hit.Watch.Label == "y").Should().Be(5);
        run.Sink.Coverage.Skipped.Should().OnlyContain(stretch => stretch.Watch == "x");
    }

    [Fact]
    public async Task TwoFloodsAreTwoStretches()
    {
        WatchRun run = Create(FloodAnswer.Sample, TimeSpan.FromMilliseconds(5000));
        EndingTests.Writes(run, 300);
        for (int i = 1; i <= 300; i++)
        {
            ulong value = (ulong)i + 1000;
            run.Machine.At(4000 + i, () => run.Machine.Store(new StoreAct { Address = X, Value = value }));
        }

        await run.RunAsync();
        run.Sink.Coverage.Skipped.Should().HaveCount(2);
        run.Sink.Coverage.Skipped[0].To.Should().BeBefore(FakeClock.Wall(400));
        run.Sink.Coverage.Skipped[1].From.Should().BeAfter(FakeClock.Wall(4000));
        run.Sink.Coverage.Skipped.Sum(stretch => stretch.Hits).Should().Be(run.Sink.Coverage.Hits.Skipped);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task PausingSwitchesTheWatchOffForAWhileAndOnAgain(bool values)
    {
        WatchRun run = Create(FloodAnswer.Pause, TimeSpan.FromMilliseconds(4000));
        run.Machine.Source.TracksValues = values;
        EndingTests.Writes(run, 1000);
        run.Machine.At(3500, () => run.Machine.Store(new StoreAct { Address = X, Value = 7000 }));
        await run.RunAsync();
        CoverageEvent coverage = run.Sink.Coverage;
        SkippedStretch pause = coverage.Skipped.Should().ContainSingle(stretch => stretch.Paused).Subject;
        (pause.To - pause.From).Should().BeGreaterThanOrEqualTo(TimeSpan.FromSeconds(1));
        coverage.Hits.Counted.Should().BeLessThan(300, "it was off for most of them");
        coverage.Hits.Counted.Should().Be(coverage.Hits.Recorded + coverage.Hits.Skipped);
        run.Sink.Escapes.Should().BeEmpty("what was written in the pause is accounted for by the pause");
        run.Sink.Hits[^1].Time.Should().BeOnOrAfter(FakeClock.Wall(3500));
        if (values)
        {
            (run.Sink.Hits[^1].Old!.Text, run.Sink.Hits[^1].New!.Text).Should().Be(("1000", "7000"), "what was written in the pause is what the next hit finds");
        }

        coverage.Gaps.Should().Contain(gap => gap.StartsWith("x was off for ", StringComparison.Ordinal));
        run.Machine.Arming.Calls.Should().Contain("suspend 100: 0").And.Contain("resume 100: 0");
    }

    [Fact]
    public async Task AProgramThatEndsInAPauseHasNoEscape()
    {
        WatchRun run = Create(FloodAnswer.Pause, time: null, started: true);
        EndingTests.Writes(run, 400);
        run.Machine.At(450, () => run.Machine.Exit(FakeMachine.Root, 0, traced: true));
        await run.RunAsync();
        run.Sink.Escapes.Should().BeEmpty();
        run.Sink.Coverage.Skipped.Should().ContainSingle(stretch => stretch.Paused).Which.To.Should().BeOnOrAfter(FakeClock.Wall(450));
    }

    [Fact]
    public async Task AChildThatIsForkedInAPauseComesBackWithItsFamily()
    {
        WatchRun run = Create(FloodAnswer.Pause, TimeSpan.FromMilliseconds(4000), followFork: true);
        EndingTests.Writes(run, 300);
        run.Machine.At(400, () => run.Machine.Fork(FakeMachine.Root, 200));
        run.Machine.At(3500, () => run.Machine.Store(new StoreAct { Process = 200, Thread = 200, Address = X, Value = 7 }));
        await run.RunAsync();
        run.Sink.Hits.Should().ContainSingle(hit => hit.Process.Value == 200);
        run.Sink.Escapes.Should().BeEmpty();
        run.Sink.Coverage.Skipped.Count(stretch => stretch.Paused).Should().Be(1);
    }

    [Fact]
    public async Task WhatCannotBeSwitchedOffIsSampled()
    {
        WatchRun run = Create(FloodAnswer.Pause, TimeSpan.FromMilliseconds(600));
        run.Machine.Arming.CanSuspend = false;
        EndingTests.Writes(run, Writes);
        await run.RunAsync();
        run.Sink.Coverage.Hits.Skipped.Should().BePositive();
        run.Sink.Notes.Should().Contain(note => note.Contains("cannot switch a watch off", StringComparison.Ordinal));
        run.Machine.Arming.Calls.Should().NotContain(call => call.StartsWith("suspend", StringComparison.Ordinal));
    }

    [Fact]
    public async Task StoppingEndsTheWatching()
    {
        WatchRun run = Create(FloodAnswer.Stop, TimeSpan.FromSeconds(100));
        EndingTests.Writes(run, Writes);
        await run.RunAsync();
        run.Sink.Coverage.Why.Should().Be("--flood stop: x was hit more often than --max-rate 100 allow");
        run.Machine.Arming.Occupied.Should().Be(0);
        run.Sink.Coverage.Hits.Counted.Should().BeLessThan(Writes);
    }

    [Fact]
    public async Task CpuTimeIsAnAllowanceToo()
    {
        // 5 ms a hit, of which a tenth of a CPU is allowed: 50 ms of allowance.
        WatchRun run = Create(FloodAnswer.Sample, TimeSpan.FromMilliseconds(600), limit: new FloodLimit(null, 10, FloodAnswer.Sample, 5_000_000));
        EndingTests.Writes(run, Writes);
        await run.RunAsync();
        run.Sink.Coverage.Hits.Recorded.Should().BeInRange(28, 34);
        run.Sink.Notes.Should().Contain(note => note.Contains("--max-cpu 10 allow", StringComparison.Ordinal));
    }

    private static WatchRun Create(
        FloodAnswer answer, TimeSpan? time, bool started = false, bool followFork = false, FloodLimit? limit = null)
    {
        WatchRun run = new() { For = time, Started = started, FollowFork = followFork, Flood = limit ?? new FloodLimit(100, null, answer, 1000) };
        run.Machine.Define("x", X, 4);
        return run.Watch("x");
    }
}
