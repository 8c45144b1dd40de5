// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using AwesomeAssertions;
using Livewatcher.Engine.Tests.Fakes;
using Livewatcher.Engine.Tests.Watching;
using Livewatcher.Engine.Watching;
using Livewatcher.Model;
using Xunit;

namespace Livewatcher.Engine.Tests.Acting;

/// <summary>--on-hit gdb and core: who is handed over, and that a core file is waited for and accounted for.</summary>
public sealed class DebuggerTests
{
    private const ulong X = FakeMemory.Base;

    private static readonly HitAction Gdb = new(ActionKind.Gdb, "gdb") { Signal = 19, SignalName = "SIGSTOP" };
    private static readonly HitAction Core = new(ActionKind.Core, "core") { CorePrefix = "/tmp/c" };

    [Fact]
    public async Task TheFirstHitHandsOverAndEndsTheWatching()
    {
        WatchRun run = Create(new HitReaction { Actions = [Gdb], After = 2 });
        Store(run, 1, 2, 3);
        SessionOutcome outcome = await run.RunAsync();
        outcome.HandOver.Should().Be(new HandOver(new ProcessId(FakeMachine.Root), run.Sink.Hits[1].Thread));
        run.Sink.Coverage.Why.Should().Be($"process {FakeMachine.Root} is handed over to gdb");
        run.Machine.Source.Orders.Values.Should().OnlyContain(order => order.Wanted.Once, "one SIGSTOP, and not another one behind gdb's back");
    }

    [Fact]
    public async Task WhoCouldNotBeStoppedIsNotHandedOver()
    {
        WatchRun run = Create(new HitReaction { Actions = [Gdb] }, new HitFilter { Ignored = [WriterRule.Parse("nobody")] });
        run.Signals.Error = "EPERM (operation not permitted)";
        Store(run, 1);
        (await run.RunAsync()).HandOver.Should().BeNull();
        run.Sink.Coverage.Why.Should().StartWith("--for");
    }

    [Theory]
    [InlineData(null, 1, 0)]
    [InlineData("gdb: no space left", 0, 1)]
    public async Task ACoreFileIsCountedWhenItIsThere(string? failure, long done, long failed)
    {
        WatchRun run = Create(new HitReaction { Actions = [Core], Once = true });
        run.Cores.Failure = failure;
        Store(run, 1, 2);
        await run.RunAsync();
        run.Cores.Begun.Should().Equal($"/tmp/c.{FakeMachine.Root}.1");
        run.Sink.Hits[0].Actions.Should().ContainSingle().Which.File.Should().Be(run.Cores.Begun[0]);
        run.Sink.Notes.Should().Contain(note => failure == null ? note.Contains("4,096 bytes; it stood still for 0.2 s at most") : note.EndsWith(failure));
        run.Sink.Coverage.Actions.Should().Equal(new ActionTally("x", "core", 0, done, failed, failure));
    }

    [Fact]
    public async Task WhileOneIsWrittenAnotherIsLeftOut()
    {
        WatchRun run = Create(new HitReaction { Actions = [Core] });
        run.Cores.Length = int.MaxValue;
        Store(run, 1, 2);
        run.Machine.At(20, () =>
        {
            run.Stop.Cancel();
            run.Hurry.Cancel();
        });
        await run.RunAsync();
        run.Sink.Hits[1].Actions.Should().ContainSingle().Which.Skipped.Should().BeTrue();
        run.Cores.Abandoned.Should().Be(1, "the user is in a hurry");
        run.Sink.Coverage.Actions.Should().ContainSingle().Which.Should().BeEquivalentTo(new { Afterwards = 0L, Failed = 1L, Skipped = 1L });
    }

    [Fact]
    public async Task TheEndWaitsForWhatIsBegun()
    {
        WatchRun run = Create(new HitReaction { Actions = [Core] });
        run.Cores.Length = 40;
        Store(run, 1);
        run.Machine.At(20, run.Stop.Cancel);
        await run.RunAsync();
        run.Cores.Abandoned.Should().Be(0);
        run.Sink.Notes.Should().Contain(note => note.StartsWith("waiting for a core file"));
        run.Sink.Coverage.Actions.Should().Equal(new ActionTally("x", "core", 0, 1, 0, null));
    }

    [Fact]
    public async Task WhatIsNotEvenBegunHasFailed()
    {
        WatchRun run = Create(new HitReaction { Actions = [Core] });
        run.Cores.Refusal = "The file '/tmp/c.1.1' already exists.";
        Store(run, 1);
        await run.RunAsync();
        run.Sink.Coverage.Actions.Should().Equal(new ActionTally("x", "core", 0, 0, 1, run.Cores.Refusal));
    }

    private static WatchRun Create(HitReaction reaction, HitFilter? filter = null)
    {
        WatchRun run = new() { For = TimeSpan.FromMilliseconds(40) };
        run.Machine.Define("x", X, 4);
        run.Requests.Add(new WatchRequest("x", AccessMode.Write) { Filter = filter ?? HitFilter.None, Reaction = reaction });
        return run;
    }

    private static void Store(WatchRun run, params ulong[] values)
    {
        for (int i = 0; i < values.Length; i++)
        {
            ulong value = values[i];
            run.Machine.At(i + 2, () => run.Machine.Store(new StoreAct { Address = X, Value = value }));
        }
    }
}
