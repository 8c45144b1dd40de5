// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using AwesomeAssertions;
using Livewatcher.Engine.Tests.Fakes;
using Livewatcher.Model;
using Xunit;

namespace Livewatcher.Engine.Tests.Watching;

public sealed class ExecTests
{
    private const ulong X = FakeMemory.Base;

    [Fact]
    public async Task AnExecEndsTheWatchesAndSaysSo()
    {
        WatchRun run = Create();
        EndingTests.Writes(run, 5);
        run.Machine.At(10, () => run.Machine.Exec(FakeMachine.Root, "second", traced: true));
        await run.RunAsync();
        run.Sink.Hits.Should().HaveCount(5);
        run.Sink.Notes.Should().SatisfyRespectively(
            note => note.Should().Contain("its watches have ended"), note => note.Should().Be("process 100 runs on, unwatched"));
        run.Sink.Coverage.Why.Should().Be("no watched process is left");
        run.Machine.Tracer.Calls.Should().Contain("release 100");
    }

    [Fact]
    public async Task WithoutATracerTheKernelSideTellsOfIt()
    {
        WatchRun run = Create(traced: false);
        EndingTests.Writes(run, 5);
        run.Machine.At(10, () => run.Machine.Exec(FakeMachine.Root, "second", traced: false));
        await run.RunAsync();
        run.Sink.Hits.Should().HaveCount(5);
        run.Sink.Notes.Should().ContainSingle().Which.Should().Contain("has executed another program");
        run.Sink.Escapes.Should().BeEmpty();
    }

    [Fact]
    public async Task FollowedTheWatchesAreResolvedAnew()
    {
        WatchRun run = Create(follow: true);
        run.Machine.Define("x", X + 128, 4, program: "second");
        run.Machine.At(5, () => run.Machine.Store(new StoreAct { Address = X, Value = 1 }));
        run.Machine.At(10, () => run.Machine.Exec(FakeMachine.Root, "second", traced: true, then: () =>
            run.Machine.Store(new StoreAct { Address = X + 128, Value = 2 })));
        run.Machine.At(100, () => run.Machine.Exit(FakeMachine.Root, 0, traced: true));
        await run.RunAsync();
        run.Sink.Hits.Select(hit => $"{hit.Address} {hit.New!.Text} {hit.Stack.Frames[0].Module}")
            .Should().Equal("0x10000 1 first", "0x10080 2 second");
        run.Sink.Armed.Should().HaveCount(2);
        run.Sink.Coverage.Complete.Should().BeTrue();
        run.Sink.Coverage.Hits.Should().BeEquivalentTo(new { Counted = 2L, Reported = 2L, Escaped = 0L });
    }

    [Fact]
    public async Task TheOldProgramsLastHitsHaveTheOldProgramsNames()
    {
        WatchRun run = Create(follow: true);
        run.Machine.Define("x", X, 4, program: "second");
        run.Machine.At(10, () =>
        {
            run.Machine.Store(new StoreAct { Address = X, Value = 1 });
            run.Machine.Exec(FakeMachine.Root, "second", traced: true, then: () => run.Machine.Store(new StoreAct { Address = X, Value = 2 }));
        });
        run.Machine.At(100, () => run.Machine.Exit(FakeMachine.Root, 0, traced: true));
        await run.RunAsync();
        run.Sink.Hits.Select(hit => $"{hit.New!.Text} {hit.Stack.Frames[0].Module}").Should().Equal("1 first", "2 second");
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task AnotherProgramsMemoryIsNoEscapedWrite(bool values)
    {
        WatchRun run = Create(follow: true);
        run.Machine.Source.TracksValues = values;
        run.Machine.Define("x", X, 4, program: "second");
        run.Machine.At(5, () => run.Machine.Store(new StoreAct { Address = X, Value = 77 }));
        run.Machine.At(30, () => run.Machine.Exec(FakeMachine.Root, "second", traced: true));
        run.Machine.At(120, () => run.Machine.Exit(FakeMachine.Root, 0, traced: true));
        await run.RunAsync();
        run.Sink.Escapes.Should().BeEmpty();
        run.Sink.Coverage.Complete.Should().BeTrue();
    }

    [Fact]
    public async Task NorIsItWhereTheSessionLagsFarBehind()
    {
        WatchRun run = Create();
        run.Machine.At(5, () =>
        {
            run.Machine.Store(new StoreAct { Address = X, Value = 77 });
            run.Machine.Exec(FakeMachine.Root, "second", traced: true);
        });
        run.Sink.OnPublish = told =>
        {
            if (told is Hit)
                Thread.Sleep(400); // naming the first stack of a large program
        };
        await run.RunAsync();
        run.Sink.Escapes.Should().BeEmpty();
        run.Sink.Coverage.Hits.Escaped.Should().Be(0);
    }

    [Fact]
    public async Task AChildsExecIsSeenHoweverYoungItIs()
    {
        WatchRun run = Create(followFork: true);
        run.Machine.At(10, () =>
        {
            // A hit that can still be continued stands before the notice of the child.
            run.Machine.Store(new StoreAct { Address = X, Value = 1 });
            run.Machine.Fork(FakeMachine.Root, 200);
            run.Machine.Exec(200, "second", traced: true);
        });
        run.Machine.At(100, () => run.Machine.Exit(FakeMachine.Root, 0, traced: true));
        await run.RunAsync();
        run.Sink.Notes.Should().ContainSingle().Which.Should().StartWith("process 200 has executed another program");
        run.Sink.Coverage.Why.Should().Be("the target has exited with status 0");
    }

    [Fact]
    public async Task WhatCannotBeWatchedInTheNewProgramEndsThere()
    {
        WatchRun run = Create(follow: true);
        run.Machine.DefineImpossible("x", "x is a macro", "second");
        run.Machine.At(10, () => run.Machine.Exec(FakeMachine.Root, "second", traced: true));
        await run.RunAsync();
        run.Sink.Notes.Should().Equal(
            "process 100 has executed another program: cannot watch 'x': x is a macro", "process 100 runs on, unwatched");
        run.Machine.Source.Calls.Should().EndWith(["remove 100"]);
    }

    [Fact]
    public async Task ANewProgramThatHasTheNameInALibraryIsWaitedFor()
    {
        WatchRun run = Create(follow: true);
        run.Machine.Define("_dl_debug_state", 0x7f0000, 1, AccessMode.Execute, "second");
        run.Machine.At(10, () => run.Machine.Exec(FakeMachine.Root, "second", traced: true));
        run.Machine.At(40, () =>
        {
            run.Machine.Define("x", X + 64, 4, program: "second");
            run.Machine.LibrariesCame = true;
            run.Machine.Tracer.Tell(new TracerEvent.LibrariesChanged(run.Machine.Main.Id, new ThreadId(100)));
        });
        run.Machine.At(60, () => run.Machine.Store(new StoreAct { Address = X + 64, Value = 5 }));
        run.Machine.At(90, () => run.Machine.Exit(FakeMachine.Root, 0, traced: true));
        await run.RunAsync();
        run.Sink.Hits.Should().ContainSingle();
        run.Sink.Coverage.Complete.Should().BeTrue();
    }

    [Fact]
    public async Task AtScopeCpuManyExecsDoNotUseTheRegistersUp()
    {
        WatchRun run = Create(follow: true);
        run.Machine.Arming.Scope = "cpu";
        for (int i = 1; i <= 8; i++)
            run.Machine.Define("x", X + (ulong)(8 * i), 4, program: $"program {i}");
        Become(run, 1, last: 8);
        await run.RunAsync();
        run.Sink.Notes.Should().OnlyContain(note => note.EndsWith("its watches are resolved anew"));
        run.Sink.Hits.Select(hit => hit.New!.Text).Should().Equal("1", "2", "3", "4", "5", "6", "7", "8");
        run.Sink.Coverage.Complete.Should().BeTrue();
        run.Machine.Arming.Occupied.Should().Be(0);
    }

    [Fact]
    public async Task AtScopeCpuTheNewProgramTakesARegisterThatNobodyElseHas()
    {
        WatchRun run = Create(follow: true, followFork: true);
        run.Machine.Arming.Scope = "cpu";
        run.Machine.Define("x", X + 64, 4, program: "second");
        run.Machine.At(10, () => run.Machine.Fork(FakeMachine.Root, 200));
        run.Machine.At(30, () => run.Machine.Exec(200, "second", traced: true, then: () =>
            run.Machine.Store(new StoreAct { Process = 200, Thread = 200, Address = X + 64, Value = 2 })));
        run.Machine.At(80, () => run.Machine.Store(new StoreAct { Address = X, Value = 3 }));
        run.Machine.At(120, () => run.Machine.Exit(200, 0, traced: true));
        run.Machine.At(150, () => run.Machine.Exit(FakeMachine.Root, 0, traced: true));
        await run.RunAsync();
        run.Sink.Hits.Select(hit => $"{hit.Process} {hit.New!.Text}").Should().Equal("200 2", "100 3");
        run.Machine.Arming.Calls.Should().Contain("arm 200: 1=0x10040:4");
    }

    [Fact]
    public async Task TheOldProgramsNamesAreGivenBack()
    {
        WatchRun run = Create(follow: true);
        run.Machine.Define("x", X, 4, program: "second");
        run.Machine.At(10, () => run.Machine.Exec(FakeMachine.Root, "second", traced: true));
        run.Machine.At(60, () => run.Machine.Exit(FakeMachine.Root, 0, traced: true));
        await run.RunAsync();
        run.Machine.Opened.Should().HaveCount(2).And.OnlyContain(symbols => symbols.Disposed);
    }

    /// <summary>One program after the other; each writes its number.</summary>
    private static void Become(WatchRun run, int number, int last) => run.Machine.In(10, () =>
    {
        if (number > last)
        {
            run.Machine.Exit(FakeMachine.Root, 0, traced: true);
            return;
        }

        run.Machine.Exec(FakeMachine.Root, $"program {number}", traced: true, then: () =>
        {
            run.Machine.Store(new StoreAct { Address = X + (ulong)(8 * number), Value = (ulong)number });
            Become(run, number + 1, last);
        });
    });

    private static WatchRun Create(bool traced = true, bool follow = false, bool followFork = false)
    {
        WatchRun run = new() { Traced = traced, GuardOn = traced, FollowExec = follow, FollowFork = followFork, Started = traced };
        run.Machine.Define("x", X, 4);
        return run.Watch("x");
    }
}
