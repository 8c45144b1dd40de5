// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using AwesomeAssertions;
using Livewatcher.Engine.Tests.Fakes;
using Livewatcher.Model;
using Xunit;

namespace Livewatcher.Engine.Tests.Watching;

public sealed class ForkTests
{
    private const ulong X = FakeMemory.Base;

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task AChildIsWatchedFromItsFirstWrite(bool values)
    {
        WatchRun run = Create();
        run.Machine.Source.TracksValues = values;
        run.Machine.Tell(0x401003, 0, 7);
        run.Machine.At(10, () => run.Machine.Fork(FakeMachine.Root, 200));
        run.Machine.At(20, () => Store(run, 200, 7));
        run.Machine.At(40, () => run.Machine.Exit(200, 0, traced: true));
        run.Machine.At(80, () => run.Machine.Exit(FakeMachine.Root, 0, traced: true));
        await run.RunAsync();
        Hit hit = run.Sink.Hits.Should().ContainSingle().Subject;
        (hit.Process.Value, hit.Old!.Text, hit.New!.Text).Should().Be((200, "0", "7"));
        run.Sink.Coverage.Processes.Should().Be(2);
        run.Sink.Coverage.Complete.Should().BeTrue();
    }

    [Fact]
    public async Task ParentAndChildHaveValuesOfTheirOwn()
    {
        WatchRun run = Create();
        run.Machine.At(5, () => Store(run, FakeMachine.Root, 1));
        run.Machine.At(10, () => run.Machine.Fork(FakeMachine.Root, 200));
        run.Machine.At(20, () => Store(run, 200, 2));
        run.Machine.At(21, () => Store(run, FakeMachine.Root, 3));
        run.Machine.At(22, () => Store(run, 200, 4));
        run.Machine.At(60, () => run.Machine.Exit(200, 0, traced: true));
        run.Machine.At(80, () => run.Machine.Exit(FakeMachine.Root, 0, traced: true));
        await run.RunAsync();
        run.Sink.Hits.Select(hit => $"{hit.Process}: {hit.Old!.Text}>{hit.New!.Text}").Should().Equal("100: 0>1", "200: 1>2", "100: 1>3", "200: 2>4");
    }

    /// <summary>The child has what was there before the store, and an account that knows of it.</summary>
    [Fact]
    public async Task WhatAThreadBesideStoresInTheMidstOfAForkIsNoEscapeOfTheChilds()
    {
        WatchRun run = Create();
        run.Machine.At(10, () => run.Machine.Fork(FakeMachine.Root, 200, between: () => Store(run, FakeMachine.Root, 3)));
        run.Machine.At(100, () => Store(run, 200, 4));
        run.Machine.At(160, () => run.Machine.Exit(200, 0, traced: true));
        run.Machine.At(180, () => run.Machine.Exit(FakeMachine.Root, 0, traced: true));
        await run.RunAsync();
        run.Sink.Hits.Select(hit => $"{hit.Process}: {hit.Old!.Text}>{hit.New!.Text} {hit.Escaped}").Should().Equal("100: 0>3 False", "200: 0>4 False");
        run.Sink.Coverage.Complete.Should().BeTrue();
    }

    /// <summary>Of its first store the memory tells before the hit does.</summary>
    [Fact]
    public async Task AChildThatHasStoredBeforeItIsKnownHasItsOldValue()
    {
        WatchRun run = Create();
        StoreAct first = new() { Process = 200, Thread = 200, Address = X, Value = 5 };
        int hits = 0;
        void Come()
        {
            if (Interlocked.Exchange(ref hits, 1) == 0)
                run.Machine.NameAgain(first);
        }

        run.Machine.At(10, () =>
        {
            run.Machine.Fork(FakeMachine.Root, 200);
            run.Machine.Store(first with { Lost = true });
            run.Machine.Source.Settling = Come;
        });
        run.Machine.At(40, () => run.Machine.Exit(200, 0, traced: true));
        run.Machine.At(80, () => run.Machine.Exit(FakeMachine.Root, 0, traced: true));
        await run.RunAsync();
        Hit hit = run.Sink.Hits.Should().ContainSingle().Subject;
        (hit.Old!.Text, hit.New!.Text, hit.Escaped).Should().Be(("0", "5", false));
    }

    [Fact]
    public async Task GrandchildrenToo()
    {
        WatchRun run = Create();
        run.Machine.At(10, () =>
        {
            run.Machine.Fork(FakeMachine.Root, 200);
            run.Machine.Fork(200, 201);
            run.Machine.Fork(201, 202);
            Store(run, 202, 7);
        });
        End(run, 60, 202, 201, 200, FakeMachine.Root);
        await run.RunAsync();
        run.Sink.Hits.Should().ContainSingle().Which.Process.Value.Should().Be(202);
        run.Sink.Coverage.Processes.Should().Be(4);
    }

    [Fact]
    public async Task ChildrenThatOutliveTheTargetAreWatchedOn()
    {
        WatchRun run = Create();
        run.Machine.At(10, () => run.Machine.Fork(FakeMachine.Root, 200));
        run.Machine.At(30, () => run.Machine.Exit(FakeMachine.Root, 0, traced: true));
        run.Machine.At(60, () => Store(run, 200, 7));
        run.Machine.At(80, () => run.Machine.Exit(200, 0, traced: true));
        (await run.RunAsync()).ExitStatus.Should().Be(0);
        run.Sink.Hits.Should().ContainSingle();
    }

    /// <summary>Backend perf without a tracer: the first hit is the first word of the child, and nobody tells of its end.</summary>
    [Fact]
    public async Task AChildThatNobodyToldOfIsTakenInByItsFirstHitAndItsEndIsFound()
    {
        WatchRun run = Create(traced: false);
        run.Machine.At(10, () =>
        {
            run.Machine.Fork(FakeMachine.Root, 200, told: false);
            Store(run, 200, 7);
        });
        run.Machine.At(60, () =>
        {
            run.Machine.Process(200).Alive = false;
            run.Machine.Exit(FakeMachine.Root, 0, traced: false);
        });
        await run.RunAsync();
        run.Sink.Hits.Should().ContainSingle().Which.Process.Value.Should().Be(200);
    }

    [Fact]
    public async Task AChildWhoseEndNobodyToldOfDoesNotKeepTheSession()
    {
        WatchRun run = Create();
        run.Machine.At(10, () =>
        {
            run.Machine.Fork(FakeMachine.Root, 200, told: false);
            Store(run, 200, 7);
        });
        run.Machine.At(40, () =>
        {
            run.Machine.Process(200).Alive = false;
            run.Machine.Exit(FakeMachine.Root, 0, traced: true);
        });
        await run.RunAsync();
        run.Sink.Hits.Should().ContainSingle();
    }

    [Fact]
    public async Task WhereThereIsNoRoomForAChildItIsAGap()
    {
        WatchRun run = Create();
        run.Machine.Source.TracksValues = false;
        run.Machine.Source.Room = 1;
        run.Machine.At(10, () => run.Machine.Fork(FakeMachine.Root, 200));
        run.Machine.At(40, () => run.Machine.Exit(FakeMachine.Root, 0, traced: true));
        await run.RunAsync();
        run.Sink.Coverage.Gaps.Should().Equal("child 200 could not be followed: too many processes");
    }

    [Fact]
    public async Task APidThatComesAgainIsAnotherProcess()
    {
        WatchRun run = Create();
        for (int round = 0; round < 3; round++)
        {
            double at = 10 + (100 * round);
            ulong value = (ulong)round + 7;
            run.Machine.At(at, () => run.Machine.Fork(FakeMachine.Root, 200));
            run.Machine.At(at + 10, () => Store(run, 200, value));
            run.Machine.At(at + 40, () => run.Machine.Exit(200, 0, traced: true));
        }

        End(run, 400, FakeMachine.Root);
        await run.RunAsync();
        run.Sink.Hits.Select(hit => $"{hit.Old!.Text}>{hit.New!.Text}").Should().Equal("0>7", "0>8", "0>9");
        run.Sink.Escapes.Should().BeEmpty();
        run.Sink.Coverage.Processes.Should().Be(4);
        run.Sink.Coverage.Complete.Should().BeTrue();
    }

    [Fact]
    public async Task AChildEveryMillisecondIsFollowedWithoutRememberingAll()
    {
        const int Children = 3000;
        WatchRun run = Create();
        for (int i = 0; i < Children; i++)
        {
            int child = 1000 + i;
            run.Machine.At(10 + i, () =>
            {
                run.Machine.Fork(FakeMachine.Root, child);
                Store(run, child, (ulong)child);
            });
            run.Machine.At(13 + i, () => run.Machine.Exit(child, 0, traced: true));
        }

        End(run, Children + 60, FakeMachine.Root);
        await run.RunAsync();
        run.Sink.Hits.Select(hit => hit.Process.Value).Should().Equal(Enumerable.Range(1000, Children));
        run.Sink.Coverage.Complete.Should().BeTrue();
        run.Sink.Coverage.Processes.Should().Be(Children + 1);
        run.Machine.Opened.Should().ContainSingle("children share their parent's names");
        run.Machine.Arming.Calls.Count(call => call.StartsWith("disarm")).Should().BeLessThan(1100, "gone children are forgotten");
    }

    [Fact]
    public async Task ChildrenThatExecDoNotLeaveTheirNamesBehind()
    {
        const int Children = 1500;
        WatchRun run = Create(followExec: true);
        run.Machine.Define("x", X, 4, program: "second");
        int most = 0;
        for (int i = 0; i < Children; i++)
        {
            int child = 1000 + i;
            run.Machine.At(10 + i, () =>
            {
                run.Machine.Fork(FakeMachine.Root, child);
                run.Machine.Exec(child, "second", traced: true, then: () =>
                {
                    Store(run, child, 5);
                    run.Machine.Exit(child, 0, traced: true);
                    most = Math.Max(most, run.Machine.Opened.Count(symbols => !symbols.Disposed));
                });
            });
        }

        End(run, Children + 200, FakeMachine.Root);
        await run.RunAsync();
        run.Sink.Hits.Should().HaveCount(Children);
        run.Sink.Coverage.Complete.Should().BeTrue();
        most.Should().BeLessThan(Children / 2, "they are many only where they live at the same time");
    }

    private static WatchRun Create(bool traced = true, bool followExec = false)
    {
        WatchRun run = new() { FollowFork = true, FollowExec = followExec, Traced = traced, GuardOn = traced, Started = traced };
        run.Machine.Define("x", X, 4);
        return run.Watch("x");
    }

    private static void Store(WatchRun run, int process, ulong value) =>
        run.Machine.Store(new StoreAct { Process = process, Thread = process, Address = X, Value = value });

    private static void End(WatchRun run, double milliseconds, params int[] processes)
    {
        foreach (int process in processes)
        {
            run.Machine.At(milliseconds, () => run.Machine.Exit(process, 0, traced: true));
            milliseconds += 20;
        }
    }
}
