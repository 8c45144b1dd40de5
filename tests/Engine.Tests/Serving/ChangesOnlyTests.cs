// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using AwesomeAssertions;
using Livewatcher.Engine.Tests.Fakes;
using Livewatcher.Model;
using Xunit;

namespace Livewatcher.Engine.Tests.Serving;

/// <summary>Watches that report only what changes the value.</summary>
public sealed class ChangesOnlyTests
{
    private const ulong X = ServeRun.X;

    [Fact]
    public async Task ASourceWithValuesFiltersInTheKernel()
    {
        await using ServeRun run = await ServeRun.JoinedAsync();
        await run.SetAsync(0, changesOnly: true);
        await run.SetAsync(1, X + 8);
        run.Store(X, 0);
        run.Store(X, 5);
        run.Store(X, 5);
        run.Store(X + 8, 0);
        CoverageEvent coverage = await run.StopAsync();
        run.Machine.Source.Calls.Should().Contain("handle 100 0: ChangesOnly").And.Contain("handle 100 1: None");
        run.Sink.Hits.Select(hit => $"{hit.Address} {hit.New!.Text} {hit.Changed}").Should().Equal("0x10000 5 True", "0x10008 0 False");
        coverage.Hits.Should().BeEquivalentTo(new { Counted = 4L, Recorded = 2L, Filtered = 2L, Withheld = 0L, Reported = 2L });
        coverage.Complete.Should().BeTrue();
    }

    [Fact]
    public async Task ASourceWithoutValuesLeavesItToTheListener()
    {
        await using ServeRun run = new();
        run.Machine.Source.TracksValues = false;
        await ServeRun.JoinedAsync(run);
        await run.SetAsync(0, changesOnly: true);
        Store(run, 0x401100, 5);
        Store(run, 0x401200, 5);
        Store(run, 0x401300, 6);
        await run.SettleAsync();
        CoverageEvent coverage = await run.StopAsync();
        run.Sink.Hits.Select(hit => $"{hit.Sequence} {hit.Old!.Text}>{hit.New!.Text}").Should().Equal("1 0>5", "2 5>6");
        coverage.Hits.Should().BeEquivalentTo(new { Counted = 3L, Recorded = 2L, Filtered = 1L, Withheld = 0L, Reported = 2L });
        coverage.Complete.Should().BeTrue();
    }

    private static void Store(ServeRun run, ulong rip, ulong value)
    {
        run.Machine.Tell(rip, 0, value);
        run.Machine.Store(new StoreAct { Address = X, Value = value, Rip = rip });
    }
}
