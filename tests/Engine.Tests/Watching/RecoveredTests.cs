// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using AwesomeAssertions;
using Livewatcher.Engine.Tests.Fakes;
using Livewatcher.Model;
using Xunit;

namespace Livewatcher.Engine.Tests.Watching;

/// <summary>Hits that the guard took from stray SIGTRAPs: the processor did not say which register.</summary>
public sealed class RecoveredTests
{
    private const ulong X = FakeMemory.Base;
    private const ulong Y = FakeMemory.Base + 8;

    [Fact]
    public async Task ARecoveredHitIsAHitLikeAnyOther()
    {
        WatchRun run = Create();
        run.Machine.Touched = _ => [0];
        run.Machine.At(10, () => Recovered(run, X, 7));
        await run.RunAsync();
        Hit hit = run.Sink.Hits.Should().ContainSingle().Subject;
        hit.Recovered.Should().BeTrue();
        (hit.Watch.Label, hit.Old!.Text, hit.New!.Text, hit.Changed).Should().Be(("x", "0", "7", true));
        hit.Instruction.Should().NotBeNull();
        hit.Stack.Frames.Should().NotBeEmpty();
        run.Sink.Coverage.Complete.Should().BeTrue();
        run.Sink.Coverage.Hits.Should().BeEquivalentTo(new { Recovered = 1L, Reported = 1L, Counted = 0L, Escaped = 0L });
    }

    [Fact]
    public async Task TheInstructionSaysWhichSlotEvenWithoutAChange()
    {
        WatchRun run = Create();
        run.Machine.Touched = _ => [1];
        run.Machine.At(10, () => Recovered(run, Y, 0));
        await run.RunAsync();
        Hit hit = run.Sink.Hits.Should().ContainSingle().Subject;
        (hit.Watch.Label, hit.Changed).Should().Be(("y", false));
    }

    [Fact]
    public async Task WhereTheInstructionDoesNotTellTheChangedValueDoes()
    {
        WatchRun run = Create();
        run.Machine.At(10, () => Recovered(run, Y, 7));
        await run.RunAsync();
        run.Sink.Hits.Should().ContainSingle().Which.Watch.Label.Should().Be("y");
    }

    [Fact]
    public async Task WhereNothingTellsItIsStillReported()
    {
        WatchRun run = Create();
        run.Machine.At(10, () => Recovered(run, Y, 0));
        await run.RunAsync();
        run.Sink.Hits.Should().ContainSingle().Which.Changed.Should().BeFalse();
    }

    [Fact]
    public async Task ItStandsInItsPlaceAmongTheOthers()
    {
        WatchRun run = Create();
        run.Machine.Touched = _ => [0];
        run.Machine.At(10, () =>
        {
            run.Machine.Store(new StoreAct { Address = X, Value = 1 });
            Recovered(run, X, 2);
            run.Machine.Store(new StoreAct { Address = X, Value = 3 });
        });
        await run.RunAsync();
        run.Sink.Hits.Select(hit => $"{hit.Old!.Text}>{hit.New!.Text}").Should().Equal("0>1", "1>2", "2>3");
        run.Sink.Hits.Select(hit => hit.Recovered).Should().Equal(false, true, false);
    }

    [Fact]
    public async Task AFollowedChildsFirstWriteMayBeOne()
    {
        WatchRun run = Create(followFork: true);
        run.Machine.Touched = _ => [0];
        run.Machine.At(10, () =>
        {
            run.Machine.Fork(FakeMachine.Root, 200);
            Recovered(run, X, 7, process: 200);
        });
        await run.RunAsync();
        run.Sink.Hits.Should().ContainSingle().Which.Process.Value.Should().Be(200);
        run.Sink.Coverage.Processes.Should().Be(2);
    }

    [Fact]
    public async Task WithoutValuesInTheRecordsOnlyTheNewOneIsKnown()
    {
        WatchRun run = Create();
        run.Machine.Source.TracksValues = false;
        run.Machine.Touched = _ => [0];
        run.Machine.At(10, () => Recovered(run, X, 7));
        run.Machine.At(40, () => Recovered(run, X, 9));
        await run.RunAsync();
        run.Sink.Hits.Select(hit => $"{hit.Old?.Text ?? "?"}>{hit.New!.Text} {hit.Changed}").Should().Equal("0>7 True", "7>9 True");
    }

    [Fact]
    public async Task WithoutValuesInTheRecordsARecoveredWriteIsNoEscape()
    {
        WatchRun run = Create();
        run.Machine.Source.TracksValues = false;
        run.Machine.Touched = _ => [0];
        run.Machine.At(10, () => Recovered(run, X, 7));
        await run.RunAsync();
        run.Sink.Escapes.Should().BeEmpty();
        run.Sink.Coverage.Complete.Should().BeTrue();
    }

    [Fact]
    public async Task ARecoveredExecutionNamesItsSlot()
    {
        WatchRun run = new() { For = TimeSpan.FromMilliseconds(60) };
        run.Machine.Define("f", 0x401000, 1, AccessMode.Execute);
        run.Watch("f", AccessMode.Execute);
        run.Machine.At(10, () => run.Machine.Tracer.Tell(new TracerEvent.Recovered(
            run.Machine.Raw(new StoreAct { Rip = 0x401000 }, 0, new Address(0x401000), null, null, recovered: true),
            new Dictionary<int, (ulong Old, ulong New)>())));
        await run.RunAsync();
        run.Sink.Hits.Should().ContainSingle().Which.Watch.Label.Should().Be("f");
    }

    [Fact]
    public async Task DetailThatWasLostIsAGap()
    {
        WatchRun run = Create();
        run.Machine.At(10, () => run.Machine.Tracer.Tell(new TracerEvent.DetailLost(3)));
        await run.RunAsync();
        run.Sink.Coverage.Gaps.Should().ContainSingle().Which.Should().Contain("recovered hits came faster");
    }

    private static WatchRun Create(bool followFork = false)
    {
        WatchRun run = new() { For = TimeSpan.FromMilliseconds(80), FollowFork = followFork };
        run.Machine.Define("x", X, 4);
        run.Machine.Define("y", Y, 4);
        return run.Watch("x").Watch("y");
    }

    private static void Recovered(WatchRun run, ulong address, ulong value, int process = FakeMachine.Root) =>
        run.Machine.StoreRecovered(new StoreAct { Process = process, Thread = process, Address = address, Value = value });
}
