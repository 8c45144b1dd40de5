// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using AwesomeAssertions;
using Livewatcher.Model;
using Xunit;

namespace Livewatcher.Engine.Tests.Serving;

/// <summary>Four debug registers, and hits that are on their way when one of them changes its owner.</summary>
public sealed class RegisterSharingTests
{
    private const int ENOSPC = 28;
    private const ulong X = ServeRun.X;

    [Fact]
    public async Task FourWatchesAndNoMore()
    {
        await using ServeRun run = await FourAsync();
        run.Machine.Arming.Refusal.Should().BeNull();
        (await run.SetAsync(4, X + 64)).Should().Be(ENOSPC);
        for (ulong i = 0; i < 4; i++)
            run.Store(X + (8 * i), i + 1);
        CoverageEvent coverage = await run.StopAsync();
        run.Sink.Hits.Select(hit => $"{hit.Watch.Label} {hit.New!.Text}").Should().Equal("w0 1", "w1 2", "w2 3", "w3 4");
        coverage.Complete.Should().BeTrue();
    }

    [Fact]
    public async Task AHitOnItsWayAtTheResetBelongsToTheOldWatch()
    {
        await using ServeRun run = await FourAsync();
        await run.HoldAsync();
        run.Store(X, 11);
        await run.ResetAsync(0);
        Task<int> next = run.SetAsync(0, X + 128, label: "next");
        await run.Session.StatusAsync(); // behind the set, whose turn it was
        next.IsCompleted.Should().BeFalse("the register's last hit is not published yet");
        run.Machine.Source.Held = false;
        (await next).Should().Be(0);
        run.Store(X + 128, 12);
        CoverageEvent coverage = await run.StopAsync();
        run.Sink.Hits.Select(hit => $"{hit.Watch.Label} {hit.Address} {hit.New!.Text}").Should().Equal($"w0 {new Address(X)} 11", $"next {new Address(X + 128)} 12");
        run.Sink.Armed[^1].Watch.Label.Should().Be("next");
        run.Machine.Arming.Calls[^1].Should().NotBeNull();
        run.Machine.Arming.Calls.Should().Contain("arm 100: 0=0x10080:4");
        coverage.Complete.Should().BeTrue();
    }

    [Fact]
    public async Task WhereAnotherRegisterIsFreeNobodyWaits()
    {
        await using ServeRun run = await ServeRun.JoinedAsync();
        await run.SetAsync(0, X, label: "old");
        await run.HoldAsync();
        run.Store(X, 1);
        (await run.SetAsync(0, X + 8, label: "new")).Should().Be(0);
        run.Store(X + 8, 2);
        run.Machine.Source.Held = false;
        await run.StopAsync();
        run.Machine.Arming.Calls[..3].Should().Equal("arm 100: 0=0x10000:4", "disarm 100: 0", "arm 100: 1=0x10008:4");
        run.Sink.Hits.Select(hit => $"{hit.Watch.Label} {hit.New!.Text}").Should().Equal("old 1", "new 2");
    }

    [Fact]
    public async Task TheFifthIsArmedWhenOneHasLeft()
    {
        await using ServeRun run = await FourAsync();
        await run.HoldAsync();
        await run.ResetAsync(2);
        Task<int> fifth = run.SetAsync(2, X + 64, label: "fifth");
        run.Machine.Source.Held = false;
        (await fifth).Should().Be(0);
        StatusEvent status = await run.Session.StatusAsync();
        await run.StopAsync();
        status.Processes[0].Watches.Select(watch => $"{watch.Number} {watch.Watch.Label} {watch.Slot}").Should().Equal("0 w0 0", "1 w1 1", "2 fifth 2", "3 w3 3");
    }

    [Fact]
    public async Task WhoWaitsIsRefusedWhereItsProcessBecomesAnother()
    {
        await using ServeRun run = await FourAsync();
        await run.HoldAsync();
        run.Machine.Exec(ServeRun.Pid, "second", traced: false);
        await run.ResetAsync(0);
        Task<int> waiting = run.SetAsync(0, X + 64);
        run.Machine.Source.Held = false;
        (await waiting).Should().Be(1);
        await run.StopAsync();
        run.Sink.Armed.Should().HaveCount(4);
    }

    [Fact]
    public async Task WhoWaitsIsRefusedWhereItsConnectionEnds()
    {
        await using ServeRun run = await FourAsync();
        await run.HoldAsync();
        await run.ResetAsync(0);
        Task<int> waiting = run.SetAsync(0, X + 64);
        await run.LeaveAsync();
        (await waiting).Should().Be(1);
        run.Machine.Source.Held = false;
        await run.SettleAsync();
        run.Machine.Arming.Occupied.Should().Be(0);
    }

    private static async Task<ServeRun> FourAsync()
    {
        ServeRun run = await ServeRun.JoinedAsync();
        for (int i = 0; i < 4; i++)
            (await run.SetAsync(i, X + (8 * (ulong)i), label: $"w{i}")).Should().Be(0);
        return run;
    }
}
