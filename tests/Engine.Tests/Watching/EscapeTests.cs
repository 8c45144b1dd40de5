// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using AwesomeAssertions;
using Livewatcher.Engine.Tests.Fakes;
using Livewatcher.Model;
using Xunit;

namespace Livewatcher.Engine.Tests.Watching;

/// <summary>Writes that no register saw: silence is never an option.</summary>
public sealed class EscapeTests
{
    private const ulong X = FakeMemory.Base;

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task AnEscapedWriteIsReportedBetweenTwoTimesAndTheRegistersAreReloaded(bool values)
    {
        WatchRun run = EndingTests.Create(time: TimeSpan.FromMilliseconds(120));
        run.Machine.Source.TracksValues = values;
        run.Machine.At(30, () => Store(run, 7, lost: true));
        await run.RunAsync();
        Hit escape = run.Sink.Escapes.Should().ContainSingle().Subject;
        (escape.Old!.Text, escape.New!.Text, escape.Changed).Should().Be(("0", "7", true));
        escape.EscapedSince!.Value.Should().BeOnOrAfter(FakeClock.Wall(20)).And.BeOnOrBefore(FakeClock.Wall(30));
        escape.Time.Should().BeAfter(FakeClock.Wall(30));
        escape.Thread.Should().BeNull();
        run.Machine.Arming.Calls.Should().Contain("reload 100");
        run.Sink.Coverage.Complete.Should().BeFalse();
        run.Sink.Coverage.Hits.Should().BeEquivalentTo(new { Escaped = 1L, Reported = 0L, Counted = 0L });
    }

    /// <summary>Records without values do not tell of execve(2) either.</summary>
    [Fact]
    public async Task WhatAnotherProgramHasInItsMemoryIsNoEscape()
    {
        const ulong AT_RANDOM = 25; // getauxval(3)
        WatchRun run = EndingTests.Create(traced: false, time: TimeSpan.FromMilliseconds(400));
        run.Machine.Source.TracksValues = false;
        run.Machine.Main.Auxiliary[AT_RANDOM] = 0x7ffc1000;
        run.Machine.At(30, () =>
        {
            Store(run, 7, lost: true);
            run.Machine.Main.Auxiliary[AT_RANDOM] = 0x7ffd2000;
        });
        await run.RunAsync();
        run.Sink.Escapes.Should().BeEmpty();
        run.Sink.Notes.Should().ContainSingle(note => note.Contains("has executed another program: its watches have ended"));
        run.Sink.Coverage.Complete.Should().BeTrue(string.Join("; ", run.Sink.Coverage.Gaps));
    }

    [Fact]
    public async Task TheHitAfterAnEscapeHasTheRightOldValue()
    {
        WatchRun run = EndingTests.Create(time: TimeSpan.FromMilliseconds(120));
        run.Machine.At(30, () => Store(run, 7, lost: true));
        run.Machine.At(90, () => Store(run, 9));
        await run.RunAsync();
        run.Sink.Hits.Should().ContainSingle().Which.Old!.Text.Should().Be("7");
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task TheLastLookAtAnExitFindsWhatNoHitExplains(bool values)
    {
        WatchRun run = EndingTests.Create(started: true);
        run.Machine.Source.TracksValues = values;
        run.Machine.At(30, () =>
        {
            Store(run, 7, lost: true);
            run.Machine.Exit(FakeMachine.Root, 0, traced: true);
        });
        await run.RunAsync();
        Hit escape = run.Sink.Escapes.Should().ContainSingle().Subject;
        (escape.Old!.Text, escape.New!.Text).Should().Be(("0", "7"));
        run.Sink.Coverage.Complete.Should().BeFalse();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task AHitJustBeforeTheExitIsNoEscape(bool values)
    {
        WatchRun run = EndingTests.Create(started: true);
        run.Machine.Source.TracksValues = values;
        run.Machine.At(30, () =>
        {
            Store(run, 7);
            run.Machine.Exit(FakeMachine.Root, 0, traced: true);
        });
        await run.RunAsync();
        run.Sink.Escapes.Should().BeEmpty();
        run.Sink.Hits.Should().ContainSingle();
        run.Sink.Coverage.Complete.Should().BeTrue();
    }

    [Theory]
    [InlineData(99)]
    [InlineData(95)]
    [InlineData(85)]
    public async Task AnEscapeJustBeforeTheEndOfTheWatchingIsFound(double milliseconds)
    {
        WatchRun run = EndingTests.Create(time: TimeSpan.FromMilliseconds(100));
        run.Machine.At(milliseconds, () => Store(run, 7, lost: true));
        await run.RunAsync();
        run.Sink.Escapes.Should().ContainSingle();
        run.Sink.Coverage.Complete.Should().BeFalse();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task WhatIsWrittenWhileThreadAfterThreadIsArmedIsNoEscapeAndWhereTheWatchBegins(bool values)
    {
        WatchRun run = EndingTests.Create(time: TimeSpan.FromMilliseconds(120));
        run.Machine.Source.TracksValues = values;
        run.Machine.Arming.Meanwhile = () => Store(run, 5, lost: true);
        run.Machine.At(60, () => Store(run, 9));
        await run.RunAsync();
        run.Sink.Escapes.Should().BeEmpty();
        run.Sink.Armed[0].Initial!.Text.Should().Be("5");
        run.Sink.Hits.Should().ContainSingle().Which.Old!.Text.Should().Be("5");
        run.Sink.Coverage.Complete.Should().BeTrue();
    }

    [Fact]
    public async Task TheWatchingEndsWhenItBeginsToBeDisarmedAndNotWhenAllIsShown()
    {
        WatchRun run = EndingTests.Create(time: TimeSpan.FromMilliseconds(50));
        EndingTests.Writes(run, 40);
        run.Sink.OnPublish = told =>
        {
            if (told is WriterRow)
                run.Machine.Clock.Advance(TimeSpan.FromSeconds(10));
        };
        await run.RunAsync();
        run.Sink.Writers.Should().NotBeEmpty();
        run.Sink.Coverage.To.Should().BeBefore(FakeClock.Wall(1000));
    }

    [Fact]
    public async Task ATargetThatNeverRestsDoesNotKeepTheSessionFromEnding()
    {
        WatchRun run = EndingTests.Create(time: TimeSpan.FromMilliseconds(30));
        for (int i = 1; i < 1000; i++)
        {
            ulong value = (ulong)i;
            run.Machine.At(i, () => Store(run, value, lost: value % 2 == 0));
        }

        await run.RunAsync();
        run.Machine.Clock.Milliseconds.Should().BeLessThan(200);
    }

    [Fact]
    public async Task AFollowedChildsEscapeIsItsOwn()
    {
        WatchRun run = new() { FollowFork = true, For = TimeSpan.FromMilliseconds(120) };
        run.Machine.Define("x", X, 4);
        run.Watch("x");
        run.Machine.At(10, () => run.Machine.Fork(FakeMachine.Root, 200));
        run.Machine.At(40, () => run.Machine.Store(new StoreAct { Process = 200, Thread = 200, Address = X, Value = 7, Lost = true }));
        await run.RunAsync();
        run.Sink.Escapes.Should().ContainSingle().Which.Process.Value.Should().Be(200);
    }

    [Fact]
    public async Task AReadAfterAnEscapeShowsTheChangeAsItsOwn()
    {
        // An access watch's record exchanges the last value: the change is not silent, its author is wrong. That is the limit.
        WatchRun run = new() { For = TimeSpan.FromMilliseconds(120) };
        run.Machine.Define("x", X, 4, AccessMode.Access);
        run.Watch("x", AccessMode.Access);
        run.Machine.At(30, () =>
        {
            Store(run, 7, lost: true);
            Store(run, 7);
        });
        await run.RunAsync();
        Hit hit = run.Sink.Hits.Should().ContainSingle().Subject;
        (hit.Old!.Text, hit.New!.Text).Should().Be(("0", "7"));
    }

    private static void Store(WatchRun run, ulong value, bool lost = false) =>
        run.Machine.Store(new StoreAct { Address = X, Value = value, Lost = lost });
}
