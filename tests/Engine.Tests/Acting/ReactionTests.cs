// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using AwesomeAssertions;
using Livewatcher.Engine.Tests.Fakes;
using Livewatcher.Engine.Tests.Watching;
using Livewatcher.Model;
using Xunit;

namespace Livewatcher.Engine.Tests.Acting;

/// <summary>Who does what is to be done about a hit: the source where it can tell that the hit is reported, else the session; and the account
/// of it.</summary>
public sealed class ReactionTests
{
    private const ulong X = FakeMemory.Base;
    private const int SIGUSR1 = 10;
    private const int SIGSTOP = 19;

    private static readonly HitAction Usr1 = new(ActionKind.Signal, "signal USR1") { Signal = SIGUSR1, SignalName = "SIGUSR1" };
    private static readonly HitAction Stop = new(ActionKind.Stop, "stop") { Signal = SIGSTOP, SignalName = "SIGSTOP" };

    private static readonly HitAction Notify = new(ActionKind.Exec, "exec notify") { Command = "notify" };

    /// <summary>new == 2.</summary>
    private static readonly Condition IsTwo = new("new == 2", [
        new(ConditionOperation.Variable, Extra: (uint)ConditionVariable.New), new(ConditionOperation.Equal, B: ConditionStep.Immediate, Value: 2)]);

    /// <summary>old == 2.</summary>
    private static readonly Condition WasTwo = new("old == 2", [
        new(ConditionOperation.Variable, Extra: (uint)ConditionVariable.Old), new(ConditionOperation.Equal, B: ConditionStep.Immediate, Value: 2)]);

    [Fact]
    public async Task TheSourceActsAtTheHitAndTheSessionSaysSo()
    {
        WatchRun run = Create(new HitReaction { Actions = [Stop], After = 2, Once = true });
        Store(run, 1, 2, 3);
        await run.RunAsync();
        run.Signals.Sent.Should().BeEmpty("the source has sent it");
        run.Sink.Hits.Select(hit => hit.Actions.Count).Should().Equal(0, 1, 0);
        run.Sink.Hits[1].Actions[0].Should().BeEquivalentTo(new { AtHit = true, Failure = (string?)null, Next = $"gdb -p {FakeMachine.Root} -ex 'thread find {run.Sink.Hits[1].Thread}'" });
        run.Sink.Coverage.Actions.Should().Equal(new ActionTally("x", "stop", 1, 0, 0, null));
        run.Sink.Notes.Should().NotContain(note => note.Contains("from here"));
    }

    [Fact]
    public async Task WhatTheSourceCouldNotSendIsSaid()
    {
        WatchRun run = Create(new HitReaction { Actions = [Usr1] });
        run.Machine.At(0.5, () => run.Machine.Source.Orders[1].Error = "EBUSY (device or resource busy)");
        Store(run, 1);
        await run.RunAsync();
        run.Sink.Hits[0].Actions.Should().ContainSingle().Which.Failure.Should().StartWith("EBUSY");
        run.Signals.Sent.Should().BeEmpty("what has failed at the hit is not tried again later, when it would be another place");
        run.Sink.Coverage.Actions.Should().Equal(new ActionTally("x", "signal USR1", 0, 0, 1, "EBUSY (device or resource busy)"));
    }

    [Fact]
    public async Task WritersAreKnownByTheirNamesOnlySoItIsDoneFromHere()
    {
        WatchRun run = Create(new HitReaction { Actions = [Usr1], After = 2 }, new HitFilter { Ignored = [WriterRule.Parse("f_401100")] });
        run.Machine.At(2, () => run.Machine.Store(new StoreAct { Address = X, Value = 1, Rip = 0x401100 }));
        run.Machine.At(3, () => run.Machine.Store(new StoreAct { Address = X, Value = 2, Rip = 0x401200 }));
        run.Machine.At(4, () => run.Machine.Store(new StoreAct { Address = X, Value = 3, Rip = 0x401200 }));
        await run.RunAsync();
        run.Sink.Hits.Select(hit => hit.Actions.Count).Should().Equal(0, 1);
        run.Sink.Hits[1].Actions[0].Should().BeEquivalentTo(new { AtHit = false, Failure = (string?)null });
        run.Sink.Hits[1].Actions[0].Delay.Should().BePositive();
        run.Signals.Sent.Should().Equal((FakeMachine.Root, run.Sink.Hits[1].Thread!.Value.Value, SIGUSR1));
        run.Machine.Source.Orders.Should().BeEmpty();
        run.Sink.Notes.Should().Contain(note => note.Contains("x: 'signal USR1' is done from here, some milliseconds after the hit: writers are known by their names"));
        run.Sink.Coverage.Actions.Should().Equal(new ActionTally("x", "signal USR1", 0, 1, 0, null));
    }

    [Fact]
    public async Task AConditionThatIsDecidedHereActsFromHereAndOnWhatItLetsThroughOnly()
    {
        WatchRun run = Create(new HitReaction { Actions = [Stop] }, condition: IsTwo);
        Store(run, 1, 2, 3);
        run.Signals.Error = "EPERM (operation not permitted)";
        await run.RunAsync();
        run.Signals.Sent.Should().Equal((FakeMachine.Root, null, SIGSTOP));
        run.Sink.Hits.Should().ContainSingle().Which.Actions[0].Should().BeEquivalentTo(new { Failure = run.Signals.Error, Next = (string?)null });
        run.Sink.Coverage.Actions.Should().Equal(new ActionTally("x", "stop", 0, 0, 1, run.Signals.Error));
    }

    [Fact]
    public async Task AnUndecidedHitCountsAndIsNotActedOn()
    {
        WatchRun run = Create(new HitReaction { Actions = [Usr1], After = 2 }, condition: WasTwo);
        run.Machine.Source.TracksValues = false;
        for (int i = 0; i < 3; i++)
            run.Machine.At(2 + i, () => run.Machine.Store(new StoreAct { Address = X, Value = 5, Rip = 0x401300 }));
        await run.RunAsync();
        run.Sink.Hits.Should().NotBeEmpty().And.OnlyContain(hit => hit.Undecided && hit.Actions.Count == 0);
        run.Signals.Sent.Should().BeEmpty();
    }

    [Fact]
    public async Task ARecoveredHitTakesItsTurnInTheSourcesCount()
    {
        WatchRun run = Create(new HitReaction { Actions = [Usr1], After = 2, Once = true });
        Store(run, 1);
        run.Machine.At(5, () => run.Machine.StoreRecovered(new StoreAct { Address = X, Value = 9 }));
        run.Machine.At(32, () => run.Machine.Store(new StoreAct { Address = X, Value = 10 }));
        await run.RunAsync();
        run.Sink.Hits.Select(hit => (hit.Recovered, hit.Actions.Count)).Should().Equal((false, 0), (true, 1), (false, 0));
        run.Signals.Sent.Should().ContainSingle();
    }

    [Fact]
    public async Task ASecondWatchOfTheSameBytesTakesTheOrderAwayWhereTheSourceFiltersNoMore()
    {
        WatchRun run = Create(new HitReaction { Actions = [Usr1] }, new HitFilter { ChangesOnly = true });
        run.Machine.Define("same", X, 4);
        run.Requests.Add(new WatchRequest("same", AccessMode.Write));
        Store(run, 1, 1);
        await run.RunAsync();
        run.Sink.Hits.Where(hit => hit.Watch.Label == "x").Should().ContainSingle().Which.Actions.Should().ContainSingle().Which.AtHit.Should().BeFalse();
        run.Signals.Sent.Should().ContainSingle("the write that changes nothing is not reported for x");
    }

    [Fact]
    public async Task ACommandIsStartedInItsTurnAndKnowsWhatWasSentBefore()
    {
        WatchRun run = Create(new HitReaction { Actions = [Notify, Usr1], After = 2 });
        Store(run, 1, 2, 3);
        run.Commands.Room = 1;
        await run.RunAsync();
        run.Commands.Started.Should().ContainSingle();
        run.Commands.Started[0].Command.Should().Be("notify");
        run.Commands.Started[0].Hit.Should().BeEquivalentTo(new { Sequence = 2L });
        run.Commands.Started[0].Hit.Actions.Select(outcome => outcome.Action).Should().Equal(Usr1);
        run.Sink.Hits.Select(hit => hit.Actions.Count).Should().Equal(0, 2, 2);
        run.Sink.Hits[2].Actions[1].Skipped.Should().BeTrue();
        run.Sink.Coverage.Actions.Should().Equal(
            new ActionTally("x", "exec notify", 0, 1, 0, null) { Skipped = 1 }, new ActionTally("x", "signal USR1", 2, 0, 0, null));
    }

    [Fact]
    public async Task ASnapshotHasTheValueAndTheMemoryAroundIt()
    {
        WatchRun run = Create(new HitReaction { Actions = [new HitAction(ActionKind.Snapshot, "snapshot y; z") { Expressions = ["y", "z"] }] });
        run.Machine.Define("y", X + 4, 4);
        run.Machine.At(2, () => run.Machine.Store(new StoreAct { Address = X + 4, Value = 77 }));
        Store(run, 0, 5);
        await run.RunAsync();
        IReadOnlyList<SnapshotLine> lines = run.Sink.Hits[^1].Actions.Should().ContainSingle().Subject.Snapshot;
        lines[0].Should().BeEquivalentTo(new { Expression = "y", Address = new Address(X + 4), Failure = (string?)null });
        lines[0].Value!.Text.Should().Be("77");
        int offset = (int)(X + 4 - lines[0].From.Value);
        lines[0].Around.Span[offset].Should().Be(77);
        lines[0].Around.Span[offset - 4].Should().Be(5, "it was read when the hit was reported");
        lines[1].Should().BeEquivalentTo(new { Value = (Value?)null, Failure = "no variable z" });
    }

    [Fact]
    public async Task ProcessOneIsLeftAlone()
    {
        WatchRun run = Create(new HitReaction { Actions = [Stop] }, target: 1);
        Func<Task> attempt = run.RunAsync;
        (await attempt.Should().ThrowAsync<UserException>()).WithMessage("--on-hit stop: process 1 is never stopped, killed or sent a signal*");
    }

    private static WatchRun Create(HitReaction reaction, HitFilter? filter = null, Condition? condition = null, int target = FakeMachine.Root)
    {
        WatchRun run = new() { Target = target, For = TimeSpan.FromMilliseconds(40) };
        run.Machine.Define("x", X, 4, condition: condition);
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
