// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using AwesomeAssertions;
using Livewatcher.Engine.Serving;
using Livewatcher.Model;
using Xunit;

namespace Livewatcher.Engine.Tests.Serving;

/// <summary>The guard takes each process, or says why not.</summary>
public sealed class GuardingTests
{
    [Fact]
    public async Task WhoIsHeldNeedsNoHandler()
    {
        await using ServeRun run = new ServeRun().Start();
        (await run.JoinAsync()).Should().Be(new ClientAnswer(0, WantsHandler: false));
        await run.SetAsync(0);
        await run.StopAsync();
        run.Sink.Armed.Should().ContainSingle().Which.Guard.Should().BeTrue();
    }

    [Fact]
    public async Task WhomTheGuardCannotHaveSwallowsItsOwn()
    {
        await using ServeRun run = new ServeRun { Guard = id => new GuardOutcome(Held: false, WantsHandler: true, $"process {id} is traced by gdb") }.Start();
        (await run.JoinAsync()).Should().Be(new ClientAnswer(0, WantsHandler: true));
        (await run.JoinAsync(connection: 2)).WantsHandler.Should().BeTrue("it is the same process");
        await run.SetAsync(0);
        await run.StopAsync();
        run.Sink.Events.OfType<NoteEvent>().Where(note => note.Level == NoteLevel.Warning).Should().ContainSingle()
            .Which.Text.Should().Be("process 100 is traced by gdb");
        run.Sink.Armed.Should().ContainSingle().Which.Guard.Should().BeFalse();
    }

    [Fact]
    public async Task WhereNobodyNeedsTheGuardNobodyIsTold()
    {
        await using ServeRun run = new ServeRun { GuardOn = false, Guard = _ => new GuardOutcome(Held: false, WantsHandler: false, null) }.Start();
        (await run.JoinAsync()).Should().Be(new ClientAnswer(0, WantsHandler: false));
        await run.StopAsync();
        run.Sink.Notes.Should().Equal("process 100 (prog100) watches itself from here");
    }

    [Fact]
    public async Task ItsDeathEndsTheListener()
    {
        await using ServeRun run = await ServeRun.JoinedAsync();
        await run.SetAsync(0, label: "x");
        run.Store(ServeRun.X, 1);
        await run.SettleAsync();
        run.Machine.Arming.DisarmFailure = new UserException("the guard process has ended; the target runs on, unarmed");
        run.Machine.Tracer.Tell(new TracerEvent.TracerGone());
        await run.Ended;
        run.Sink.Hits.Should().ContainSingle();
        run.Sink.Coverage.Why.Should().Be("the guard process was killed");
        run.Sink.Coverage.Complete.Should().BeFalse();
        run.Sink.Coverage.Gaps.Should().Equal(
            "the guard ended before its time: watching stopped there", "the guard process has ended; the target runs on, unarmed");
        run.Sink.Events[^1].Should().BeOfType<CoverageEvent>();
    }
}
