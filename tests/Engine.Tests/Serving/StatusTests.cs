// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using AwesomeAssertions;
using Livewatcher.Model;
using Xunit;

namespace Livewatcher.Engine.Tests.Serving;

public sealed class StatusTests
{
    private const ulong X = ServeRun.X;

    [Fact]
    public async Task TheStatusSaysWhoIsThereAndWhatIsArmed()
    {
        await using ServeRun run = new();
        run.Machine.Add(ServeRun.Pid, threads: 3);
        await ServeRun.JoinedAsync(run);
        run.Machine.Add(90);
        await run.JoinAsync(90, connection: 2);
        await run.SetAsync(3, X, 2, label: "x");
        await run.SetAsync(1, X + 8, 8, label: "y", changesOnly: true);
        await run.ResetAsync(0);
        run.Store(X, 1, length: 2);
        run.Store(X + 8, 0, length: 8);
        run.Store(X + 8, 2, length: 8);
        await run.SettleAsync();
        StatusEvent status = await run.Session.StatusAsync();
        (status.Backend, status.Scope, status.Guard, status.Hits).Should().Be(("bpf", "task", true, 2));
        status.Since.Should().BeBefore(status.Time);
        status.Settings.Should().Equal(run.Settings.All);
        status.Gaps.Should().BeEmpty();
        status.Processes.Select(served => $"{served.Process} {served.Name} {served.Threads} {served.Armings} {served.Hits}")
            .Should().Equal("90 prog90 1 0 0", "100 prog100 3 2 2");
        ServedProcess served = status.Processes[1];
        served.Watches.Select(watch => $"{watch.Number} {watch.Watch.Label} {watch.Slot} {watch.Account.Counted} {watch.Account.Filtered}")
            .Should().Equal("1 y 1 2 1", "3 x 0 1 0");
        served.Registers.Should().Equal(X, X + 8, 0, 0, 0x95_060a);
    }

    [Fact]
    public async Task WhatMayBeMissingIsSaidAtOnce()
    {
        await using ServeRun run = await ServeRun.JoinedAsync();
        run.Machine.Tracer.Tell(new TracerEvent.DetailLost(3));
        await run.SettleAsync();
        (await run.Session.StatusAsync()).Gaps.Should().ContainSingle().Which.Should().Contain("recovered hits");
    }

    [Fact]
    public async Task WhoHasLeftIsInNeitherOfTheTwoLists()
    {
        await using ServeRun run = await ServeRun.JoinedAsync();
        await run.SetAsync(0, X, 4, label: "x");
        (await run.Session.RegistersAsync()).Should().ContainSingle();
        await run.LeaveAsync();
        (await run.Session.StatusAsync()).Processes.Should().BeEmpty();
        (await run.Session.RegistersAsync()).Should().BeEmpty("its process is not known to have ended, but it is not served any more");
    }
}
