// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using AwesomeAssertions;
using Livewatcher.Engine.Tests.Fakes;
using Livewatcher.Model;
using Xunit;

namespace Livewatcher.Engine.Tests.Serving;

public sealed class StoppingTests
{
    private const ulong X = ServeRun.X;

    [Fact]
    public async Task StoppingDisarmsAllAndTheCoverageComesLast()
    {
        await using ServeRun run = await ServeRun.JoinedAsync();
        run.Machine.Add(200);
        await run.JoinAsync(200);
        await run.SetAsync(0, X, label: "x");
        await run.SetAsync(1, X + 8, label: "y");
        await run.SetAsync(0, X, label: "z", process: 200);
        run.Store(X, 1);
        run.Store(X + 8, 2);
        run.Store(X, 3, process: 200);
        CoverageEvent coverage = await run.StopAsync();
        run.Machine.Arming.Occupied.Should().Be(0);
        run.Machine.Source.Occupied.Should().Be(0);
        run.Machine.Tracer.Calls.Should().Contain("detach");
        run.Sink.Events[^1].Should().BeSameAs(coverage);
        run.Sink.Events.OfType<DisarmedEvent>().Select(told => told.Watch.Label).Should().BeEquivalentTo("x", "y", "z");
        coverage.Complete.Should().BeTrue(string.Join("; ", coverage.Gaps));
        coverage.Why.Should().Be("the listener was told to stop");
        coverage.From.Should().NotBeNull();
        coverage.Hits.Should().BeEquivalentTo(new { Counted = 3L, Recorded = 3L, Reported = 3L });
    }

    [Fact]
    public async Task HitsThatAreStillInTheRingAreReported()
    {
        await using ServeRun run = await ServeRun.JoinedAsync();
        await run.SetAsync(0);
        await run.HoldAsync();
        for (ulong i = 1; i <= 100; i++)
            run.Store(X, i);
        run.Machine.Tracer.OnDetach = () => run.Machine.Source.Held = false;
        CoverageEvent coverage = await run.StopAsync();
        coverage.Complete.Should().BeTrue(string.Join("; ", coverage.Gaps));
        run.Sink.Hits.Should().HaveCount(100);
    }

    [Fact]
    public async Task WhereNothingWasEverArmedNothingIsProven()
    {
        await using ServeRun run = new ServeRun().Start();
        CoverageEvent coverage = await run.StopAsync();
        coverage.Complete.Should().BeFalse();
        coverage.Gaps.Should().Equal("nothing was armed");
        coverage.From.Should().BeNull();
    }

    [Fact]
    public async Task DroppedHitsAreSaidAtTheReset()
    {
        await using ServeRun run = await ServeRun.JoinedAsync();
        await run.SetAsync(0);
        run.Machine.Source.RingRoom = 1;
        run.Store(X, 1);
        run.Store(X, 2);
        await run.ResetAsync(0);
        CoverageEvent coverage = await run.StopAsync();
        run.Sink.Events.OfType<DisarmedEvent>().Should().ContainSingle().Which.Account.Dropped.Should().Be(1);
        coverage.Complete.Should().BeFalse();
        coverage.Gaps.Should().ContainSingle().Which.Should().StartWith("1 hits were dropped");
    }

    [Fact]
    public async Task AChangeWithoutAHitIsFoundByTheAudit()
    {
        await using ServeRun run = await ServeRun.JoinedAsync();
        await run.SetAsync(0, label: "x");
        run.Machine.Store(new StoreAct { Address = X, Value = 9, Lost = true });
        await run.SeenAsync(told => told is Hit { Escaped: true });
        CoverageEvent coverage = await run.StopAsync();
        run.Sink.Escapes.Should().ContainSingle().Which.New!.Text.Should().Be("9");
        coverage.Complete.Should().BeFalse();
        run.Machine.Arming.Calls.Should().Contain("reload 100");
    }
}
