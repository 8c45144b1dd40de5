// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using AwesomeAssertions;
using Livewatcher.Engine.Tests.Fakes;
using Livewatcher.Model;
using Xunit;

namespace Livewatcher.Engine.Tests.Watching;

/// <summary>A watched library is unmapped while the program goes on.</summary>
public sealed class UnloadingTests
{
    private const ulong X = FakeMemory.Base;
    private const ulong AT_ENTRY = 9;

    private static readonly Mapping Program = new(new Address(0x400000), new Address(0x500000), true, false, true, 0, 7, "/bin/first");
    private static readonly Mapping Library = new(new Address(X - 0x1000), new Address(X), true, true, false, 0, 8, "/lib/plugin.so");

    /// <summary>The library's variables that begin as zero: memory of no file, right behind.</summary>
    private static readonly Mapping Zeroed = new(new Address(X), new Address(X + 0x1000), true, true, false, 0, 0, "");

    [Fact]
    public async Task WhatIsMappedThereLaterIsNobodysHit()
    {
        WatchRun run = Create();
        run.Machine.At(300, () => run.Machine.Main.Mappings = [Program]);
        run.Machine.At(900, () => run.Machine.Main.Mappings = [Program, Zeroed]);
        run.Machine.At(1000, () => run.Machine.Store(Act(2)));
        await run.RunAsync();
        run.Sink.Hits.Should().ContainSingle().Which.New!.Number.Should().Be(1);
        run.Sink.Coverage.Gaps[0].Should().StartWith("x was in /lib/plugin.so, which process 100 has unmapped after ");
        run.Sink.Coverage.Gaps[1].Should().StartWith("'x' was not waited for again: ").And.EndWith("this program has no dynamic loader to wait for");
        run.Sink.Coverage.Hits.Should().BeEquivalentTo(new { Counted = 1L, Recorded = 1L, Reported = 1L });
    }

    [Fact]
    public async Task ALibraryThatComesBackIsWatchedAgain()
    {
        WatchRun run = Create();
        run.Machine.Define("_dl_debug_state", 0x401000, 1, AccessMode.Execute);
        run.Machine.At(300, () => run.Machine.Main.Mappings = [Program]);
        run.Machine.At(900, () => run.Machine.Main.Mappings = [Program, Library, Zeroed]);
        run.Machine.At(1000, () => run.Machine.Store(Act(2)));
        await run.RunAsync();
        run.Sink.Hits.Select(hit => (int)hit.New!.Number!).Should().Equal(1, 2);
        run.Sink.Coverage.Complete.Should().BeFalse("between the two it was not watched");
    }

    [Fact]
    public async Task ALibraryThatIsGoneForAMomentOnlyIsWatchedOn()
    {
        WatchRun run = Create();
        run.Machine.At(300, () => run.Machine.Main.Mappings = [Program]);
        run.Machine.At(340, () => run.Machine.Main.Mappings = [Program, Library, Zeroed]);
        run.Machine.At(1000, () => run.Machine.Store(Act(2)));
        await run.RunAsync();
        run.Sink.Hits.Should().HaveCount(2);
        run.Sink.Coverage.Complete.Should().BeTrue(string.Join("; ", run.Sink.Coverage.Gaps));
    }

    [Fact]
    public async Task TheProgramsOwnVariablesAndPlainMemoryAreNotAskedFor()
    {
        WatchRun run = Create();
        run.Machine.Names.Clear();
        run.Machine.At(300, () => run.Machine.Main.Mappings = [Program]);
        run.Machine.At(1000, () => run.Machine.Store(Act(2)));
        await run.RunAsync();
        run.Sink.Hits.Should().HaveCount(2);
        run.Sink.Coverage.Complete.Should().BeTrue();
    }

    private static WatchRun Create()
    {
        WatchRun run = new() { Started = true };
        run.Machine.Main.Auxiliary[AT_ENTRY] = 0x400100;
        run.Machine.Main.Mappings = [Program, Library, Zeroed];
        run.Machine.Names[X] = "x";
        run.Machine.Define("x", X, 4);
        run.Watch("x");
        run.Machine.Touched = _ => [0];
        run.Machine.At(5, () => run.Machine.Store(Act(1)));
        run.Machine.At(1100, () => run.Machine.Exit(FakeMachine.Root, 0, traced: true));
        return run;
    }

    private static StoreAct Act(ulong value) => new() { Address = X, Value = value, Rip = 0x401000 + (16 * value) };
}
