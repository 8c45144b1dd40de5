// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using AwesomeAssertions;
using Livewatcher.Engine.Tests.Fakes;
using Livewatcher.Model;
using Xunit;

namespace Livewatcher.Engine.Tests.Watching;

/// <summary>The buffer is full: hits are dropped, which is said at once, and what comes after tells no wrong value.</summary>
public sealed class DropTests
{
    private const ulong X = FakeMemory.Base;

    [Fact]
    public async Task DropsAreSaidWhileTheyHappen()
    {
        WatchRun run = Flooded(tracksValues: true);
        await run.RunAsync();
        IReadOnlyList<WatchEvent> events = run.Sink.Events;
        int said = events.ToList().FindIndex(one => one is NoteEvent { Level: NoteLevel.Warning } note && note.Text.Contains("have found the buffer full"));
        said.Should().BePositive().And.BeLessThan(events.ToList().FindIndex(one => one is Hit { New.Number: var value } && value == 9), "the program goes on after it");
        events.OfType<NoteEvent>().Should().ContainSingle(note => note.Text.StartsWith("x in process 100: 3 hits have found the buffer full and are dropped so far"));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task TheFirstHitAfterALossTellsNoStaleValue(bool tracksValues)
    {
        WatchRun run = Flooded(tracksValues);
        await run.RunAsync();
        run.Sink.Hits.Select(hit => ((long?)hit.Old?.Number, (long?)hit.New?.Number)).Should().Equal(
            (0, 1), (1, 2), (tracksValues ? 5 : null, 9), (9, 10));
    }

    /// <summary>The buffer had no room for word of the child, nor for any of its hits: then only the account that the kernel side keeps for it tells of it.</summary>
    [Fact]
    public async Task WhatAChildThatNobodyHeardOfHasLostIsCounted()
    {
        WatchRun run = new() { Started = true, FollowFork = true };
        run.Machine.Source.RingRoom = 0;
        run.Machine.Define("x", X, 4);
        run.Watch("x");
        run.Machine.At(10, () =>
        {
            run.Machine.Fork(FakeMachine.Root, 200, told: false);
            run.Machine.Store(Act(1) with { Process = 200 });
            run.Machine.Store(Act(2) with { Process = 200 });
        });
        run.Machine.At(60, () => run.Machine.Exit(FakeMachine.Root, 0, traced: true));
        await run.RunAsync();
        run.Sink.Hits.Should().BeEmpty();
        (run.Sink.Coverage.Hits.Counted, run.Sink.Coverage.Hits.Dropped).Should().Be((2L, 2L));
    }

    /// <summary>x is written 1 to 5, of which the buffer takes two; later, when there is room again, 9 and 10.</summary>
    private static WatchRun Flooded(bool tracksValues)
    {
        WatchRun run = new() { Started = true };
        run.Machine.Source.TracksValues = tracksValues;
        run.Machine.Source.RingRoom = 2;
        run.Machine.Define("x", X, 4);
        run.Watch("x");
        run.Machine.Touched = _ => [0];
        foreach (ulong value in (ulong[])[1, 2, 3, 4, 5, 9, 10])
            run.Machine.Tell(Act(value).Rip, 0, value); // what a source without values lets the instruction tell
        double at = 5;
        foreach (ulong value in (ulong[])[1, 2, 3, 4, 5])
            run.Machine.At(at++, () => run.Machine.Store(Act(value)));
        run.Machine.At(400, () => run.Machine.Source.RingRoom = 100);
        run.Machine.At(401, () => run.Machine.Store(Act(9)));
        run.Machine.At(402, () => run.Machine.Store(Act(10)));
        run.Machine.At(450, () => run.Machine.Exit(FakeMachine.Root, 0, traced: true));
        return run;
    }

    private static StoreAct Act(ulong value) => new() { Address = X, Value = value, Rip = 0x401000 + (16 * value) };
}
