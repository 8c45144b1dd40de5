// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using AwesomeAssertions;
using Livewatcher.Engine.Tests.Fakes;
using Livewatcher.Engine.Watching;
using Livewatcher.Model;
using Xunit;

namespace Livewatcher.Engine.Tests.Watching;

/// <summary>The tracer's own troubles.</summary>
public sealed class TracerTests
{
    [Fact]
    public async Task ATracerThatDiesEndsTheWatchingWithTheStatement()
    {
        WatchRun run = EndingTests.Create(started: true);
        EndingTests.Writes(run, 5);
        run.Machine.At(30, () =>
        {
            run.Machine.Arming.DisarmFailure = new UserException("the guard process has ended; the target runs on, unarmed");
            run.Machine.Tracer.Tell(new TracerEvent.TracerGone());
        });
        SessionOutcome outcome = await run.RunAsync();
        outcome.TargetRuns.Should().BeTrue();
        run.Sink.Hits.Should().HaveCount(5);
        run.Sink.Coverage.Why.Should().Be("the guard process was killed");
        run.Sink.Coverage.Gaps.Should().Contain("the guard ended before its time: watching stopped there");
    }

    [Fact]
    public async Task AfterItsDeathTheTargetsEndIsSeenAndItsStatusIsNot()
    {
        WatchRun run = EndingTests.Create(started: true);
        run.Machine.At(10, () => run.Machine.Tracer.Tell(new TracerEvent.TracerGone()));
        run.Sink.OnPublish = told =>
        {
            if (told is CoverageEvent)
                run.Machine.Main.Alive = false;
        };
        (SessionOutcome _, int? status) = await run.RunAsync(awaitExit: true);
        status.Should().BeNull();
    }

    [Fact]
    public async Task AThreadThatCouldNotBeArmedIsAGap()
    {
        WatchRun run = EndingTests.Create(time: TimeSpan.FromMilliseconds(30));
        run.Machine.At(10, () => run.Machine.Tracer.Tell(new TracerEvent.ThreadNotArmed(run.Machine.Main.Id, new ThreadId(107), 0, "ENOSPC")));
        await run.RunAsync();
        run.Sink.Coverage.Gaps.Should().Equal("thread 107 of process 100 could not be armed: ENOSPC");
    }

    [Fact]
    public async Task WhoIsHeldDoesNotWaitForALongBurstToBeNamed()
    {
        WatchRun run = EndingTests.Create(time: TimeSpan.FromMilliseconds(60));
        int namedWhenReleased = 0;
        run.Machine.At(10, () =>
        {
            for (ulong i = 1; i <= 500; i++)
                run.Machine.Store(new StoreAct { Address = FakeMemory.Base, Value = i });
        });
        run.Sink.OnPublish = told =>
        {
            if (told is not Hit { Sequence: 10 } hit)
                return;
            // The loader stops somewhere while the first of the burst is being named.
            run.Machine.Tracer.OnRelease[FakeMachine.Root] = () => namedWhenReleased = run.Sink.Hits.Count;
            run.Machine.Tracer.Tell(new TracerEvent.LibrariesChanged(hit.Process, hit.Thread!.Value));
        };
        await run.RunAsync();
        run.Sink.Hits.Should().HaveCount(500);
        namedWhenReleased.Should().BeInRange(10, 12);
    }
}
