// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using AwesomeAssertions;
using Livewatcher.Engine.Tests.Fakes;
using Livewatcher.Engine.Watching;
using Livewatcher.Model;
using Xunit;

namespace Livewatcher.Engine.Tests.Watching;

public sealed class EndingTests
{
    private const ulong X = FakeMemory.Base;

    [Fact]
    public async Task WhatMayTakeAWhileIsToldBeforeTheFirstHitAndAfterTheLast()
    {
        WatchRun run = Create(time: TimeSpan.FromMilliseconds(30));
        await run.RunAsync();
        run.Stages.Should().Equal(SessionStage.ReadingSymbols, SessionStage.Arming, SessionStage.Ready, SessionStage.LettingGo, SessionStage.Ready);
    }

    [Fact]
    public async Task ARunToTheTargetsEndIsCountedInFull()
    {
        WatchRun run = Create(started: true);
        Writes(run, 50);
        run.Machine.At(60, () => run.Machine.Exit(FakeMachine.Root, 3 << 8, traced: true));
        SessionOutcome outcome = await run.RunAsync();
        outcome.Should().Be(new SessionOutcome(3 << 8, TargetRuns: false));
        run.Sink.Coverage.Should().BeEquivalentTo(new
        {
            Complete = true,
            Why = "the target has exited with status 3",
            Hits = new { Counted = 50L, Recorded = 50L, Reported = 50L, Escaped = 0L, Dropped = 0L },
            Threads = 1,
            Processes = 1,
            Cpus = 2,
            Backend = "bpf",
            Scope = "task",
            Guard = true,
        });
        run.Sink.Hits.Select(hit => hit.New!.Text).Should().Equal(Enumerable.Range(1, 50).Select(i => $"{i}"));
        run.Sink.Hits.Select(hit => hit.Sequence).Should().Equal(Enumerable.Range(1, 50).Select(i => (long)i));
        run.Sink.Hits.Should().BeInAscendingOrder(hit => hit.Time);
    }

    /// <summary>With --trial off nobody knows whether a hit can come at all.</summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task WhereItWasNotTriedWhetherRegistersTrapNoHitsProveNothing(bool tried)
    {
        WatchRun run = new() { IsTried = tried, For = TimeSpan.FromMilliseconds(30) };
        run.Machine.Define("x", X, 4);
        await run.Watch("x").RunAsync();
        run.Sink.Coverage.Complete.Should().Be(tried);
        if (!tried)
            run.Sink.Coverage.Gaps.Should().ContainSingle().Which.Should().Contain("--trial off");
    }

    [Fact]
    public async Task EventsComeInTheirOrder()
    {
        WatchRun run = Create(started: true);
        Writes(run, 2);
        run.Machine.At(20, () => run.Machine.Exit(FakeMachine.Root, 0, traced: true));
        await run.RunAsync();
        run.Sink.Events.Select(told => told.GetType().Name).Should().Equal("ArmedEvent", "Hit", "Hit", "WriterRow", "CoverageEvent");
    }

    [Fact]
    public async Task ADeathBySignalIsNamed()
    {
        WatchRun run = Create(started: true);
        run.Machine.At(10, () => run.Machine.Exit(FakeMachine.Root, 11, traced: true));
        (await run.RunAsync()).ExitStatus.Should().Be(11);
        run.Sink.Coverage.Why.Should().Be("the target was killed by signal 11");
    }

    [Fact]
    public async Task AHitRightBeforeDeathIsReported()
    {
        WatchRun run = Create(started: true);
        run.Machine.At(10, () =>
        {
            run.Machine.Store(new StoreAct { Address = X, Value = 9 });
            run.Machine.Exit(FakeMachine.Root, 11, traced: true);
        });
        await run.RunAsync();
        run.Sink.Hits.Should().ContainSingle().Which.New!.Text.Should().Be("9");
        run.Sink.Coverage.Complete.Should().BeTrue();
    }

    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    public async Task MaxHitsEndsTheWatchingNotTheTarget(long most)
    {
        WatchRun run = Create(maxHits: most);
        Writes(run, 50);
        SessionOutcome outcome = await run.RunAsync();
        outcome.TargetRuns.Should().BeTrue();
        run.Sink.Hits.Should().HaveCount((int)most);
        run.Sink.Coverage.Why.Should().Be($"--max-hits {most} reached");
        run.Sink.Coverage.Hits.Reported.Should().Be(most);
        run.Machine.Arming.Occupied.Should().Be(0);
    }

    [Fact]
    public async Task MaxHitsHoldsWhereOneStoreTouchesSeveralWatches()
    {
        WatchRun run = Create(maxHits: 1).Watch("y");
        run.Machine.Define("y", X, 8);
        run.Machine.At(3, () => run.Machine.Store(new StoreAct { Address = X, Value = 1 }));
        await run.RunAsync();
        run.Sink.Hits.Should().ContainSingle();
    }

    [Fact]
    public async Task AGivenTimeEndsIt()
    {
        WatchRun run = Create(time: TimeSpan.FromMilliseconds(100));
        Writes(run, 1000);
        SessionOutcome outcome = await run.RunAsync();
        outcome.TargetRuns.Should().BeTrue();
        run.Sink.Coverage.Why.Should().Be("--for 0.1s is over");
        run.Sink.Coverage.Complete.Should().BeTrue();
        run.Sink.Hits.Should().HaveCountGreaterThanOrEqualTo(90);
        run.Sink.Hits.Should().HaveCount(run.Machine.Writes);
    }

    /// <summary>A guard that has let go is no more: whoever asks it again is told that it has ended before its time.</summary>
    [Fact]
    public async Task WhatIsFoundInTheRingAtTheVeryEndDoesNotDisarmAgain()
    {
        WatchRun run = Create(time: TimeSpan.FromMilliseconds(30));
        run.Machine.Arming.Leaving = () =>
        {
            for (int i = 1; i <= 2000; i++)
                run.Machine.Store(new StoreAct { Address = X, Value = (ulong)i });
        };
        await run.RunAsync();
        run.Machine.Arming.Calls.Should().ContainSingle(call => call.StartsWith("disarm", StringComparison.Ordinal));
        run.Sink.Hits.Should().HaveCount(2000);
        run.Sink.Coverage.Complete.Should().BeTrue();
        run.Stages.Should().HaveCount(5, "it lets go once");
        run.Sink.Notes.Should().ContainSingle().Which.Should().Contain("hits are still to be shown");
    }

    [Fact]
    public async Task ATimeOfAMillenniumIsNotOverAtOnce()
    {
        WatchRun run = Create(time: TimeSpan.FromDays(400_000));
        Writes(run, 5);
        run.Machine.At(50, () => run.Machine.Exit(FakeMachine.Root, 0, traced: true));
        await run.RunAsync();
        run.Sink.Hits.Should().HaveCount(5);
    }

    [Fact]
    public async Task AnInterruptEndsItWithTheStatement()
    {
        WatchRun run = Create();
        Writes(run, 10);
        run.Machine.At(40, run.Stop.Cancel);
        SessionOutcome outcome = await run.RunAsync();
        outcome.Should().Be(new SessionOutcome(null, TargetRuns: true));
        run.Sink.Coverage.Why.Should().Be("interrupted");
        run.Sink.Coverage.Complete.Should().BeTrue();
        run.Sink.Hits.Should().HaveCount(10);
        run.Machine.Tracer.Calls.Should().Contain("detach");
    }

    [Fact]
    public async Task ZeroHitsWithFullCoverageIsComplete()
    {
        WatchRun run = Create(time: TimeSpan.FromMilliseconds(30));
        await run.RunAsync();
        run.Sink.Coverage.Complete.Should().BeTrue();
        run.Sink.Coverage.Hits.Should().Be(new HitCounts());
        run.Sink.Coverage.From.Should().NotBeNull();
        run.Sink.Writers.Should().BeEmpty();
    }

    [Fact]
    public async Task WithoutATracerTheEndIsSeenAllTheSame()
    {
        WatchRun run = Create(traced: false);
        Writes(run, 5);
        run.Machine.At(20, () => run.Machine.Exit(FakeMachine.Root, 0, traced: false));
        SessionOutcome outcome = await run.RunAsync();
        outcome.Should().Be(new SessionOutcome(null, TargetRuns: false));
        run.Sink.Hits.Should().HaveCount(5);
        run.Sink.Coverage.Complete.Should().BeTrue();
    }

    [Fact]
    public async Task ASourceThatTellsOfNoEndIsAskedForIt()
    {
        WatchRun run = Create(traced: false);
        run.Machine.Source.TracksValues = false;
        Writes(run, 5);
        run.Machine.At(20, () => run.Machine.Exit(FakeMachine.Root, 0, traced: false));
        await run.RunAsync();
        run.Sink.Coverage.Why.Should().Be("the target has exited");
        run.Sink.Hits.Should().HaveCount(5);
    }

    [Fact]
    public async Task DroppedHitsAreSaid()
    {
        WatchRun run = Create(started: true);
        run.Machine.Source.RingRoom = 20;
        Writes(run, 50);
        run.Machine.At(60, () => run.Machine.Exit(FakeMachine.Root, 0, traced: true));
        await run.RunAsync();
        run.Sink.Coverage.Complete.Should().BeFalse();
        run.Sink.Coverage.Hits.Should().BeEquivalentTo(new { Counted = 50L, Recorded = 20L, Dropped = 30L, Reported = 20L });
    }

    [Fact]
    public async Task HitsThatOnlyTheKernelCountedAreSaid()
    {
        WatchRun run = Create(time: TimeSpan.FromMilliseconds(30));
        run.Machine.Arming.Surplus = 4;
        await run.RunAsync();
        run.Sink.Coverage.Gaps.Should().ContainSingle().Which.Should().Contain("of which 4 never arrived (noticed 0");
    }

    [Fact]
    public async Task AHiddenKernelIsSaid()
    {
        WatchRun run = Create(time: TimeSpan.FromMilliseconds(30));
        run.Machine.Source.SeesKernel = false;
        await run.RunAsync();
        run.Sink.Coverage.Gaps.Should().ContainSingle().Which.Should().Contain("perf_event_paranoid");
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task AnInterruptionAmidABurstFreesTheRegistersFirst(bool again)
    {
        const int Burst = 2000;
        WatchRun run = Create();
        run.Machine.At(1, () =>
        {
            for (ulong value = 1; value <= Burst; value++)
                run.Machine.Store(new StoreAct { Address = X, Value = value });
        });
        int armedAtLast = -1;
        run.Sink.OnPublish = told =>
        {
            if (told is not Hit)
                return;
            run.Stop.Cancel();
            if (again && run.Sink.Hits.Count == 10)
                run.Hurry.Cancel();
            armedAtLast = run.Machine.Arming.Occupied;
        };
        await run.RunAsync();
        CoverageEvent coverage = run.Sink.Coverage;
        coverage.Why.Should().Be("interrupted");
        armedAtLast.Should().Be(0, "the last hits are shown when nothing is armed any more");
        run.Sink.Notes.Should().ContainSingle(note => note.StartsWith("disarmed; some ", StringComparison.Ordinal));
        run.Sink.Hits.Should().HaveCount(again ? 10 : Burst);
        coverage.Hits.Withheld.Should().Be(again ? Burst - 10 : 0);
        coverage.Hits.Reported.Should().Be(coverage.Hits.Due);
        coverage.Complete.Should().Be(!again);
    }

    [Fact]
    public async Task StacksThatWereCutAreCounted()
    {
        WatchRun run = Create(time: TimeSpan.FromMilliseconds(30));
        run.Machine.StackCut = "the copied stack ends here";
        Writes(run, 3);
        await run.RunAsync();
        run.Sink.Coverage.StacksCut.Should().Be(3);
    }

    [Fact]
    public async Task ABrokenSourceIsABugThatKeepsItsStack()
    {
        WatchRun run = Create();
        run.Machine.At(10, () => run.Machine.Source.Failure = new InvalidDataException("broken record"));
        Func<Task> running = run.RunAsync;
        (await running.Should().ThrowAsync<InvalidOperationException>()).WithInnerException<InvalidDataException>();
    }

    [Fact]
    public async Task AWaitForTheEndGoesOnAfterTheWatching()
    {
        WatchRun run = Create(started: true, maxHits: 1);
        Writes(run, 1);
        run.Sink.OnPublish = told =>
        {
            if (told is CoverageEvent)
                run.Machine.Tracer.Tell(new TracerEvent.Exited(new ProcessId(FakeMachine.Root), 7 << 8));
        };
        (_, int? status) = await run.RunAsync(awaitExit: true);
        status.Should().Be(7 << 8);
    }

    internal static WatchRun Create(bool started = false, bool traced = true, long? maxHits = null, TimeSpan? time = null)
    {
        WatchRun run = new() { Started = started, Traced = traced, GuardOn = traced, MaxHits = maxHits, For = time };
        run.Machine.Define("x", X, 4);
        return run.Watch("x");
    }

    /// <summary>One write a millisecond, of 1, 2, 3...</summary>
    internal static void Writes(WatchRun run, int count)
    {
        for (int i = 1; i <= count; i++)
        {
            ulong value = (ulong)i;
            run.Machine.At(i, () => run.Machine.Store(new StoreAct { Address = X, Value = value }));
        }
    }
}
