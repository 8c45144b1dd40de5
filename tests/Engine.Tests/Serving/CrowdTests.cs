// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using AwesomeAssertions;
using Livewatcher.Model;
using Xunit;

namespace Livewatcher.Engine.Tests.Serving;

/// <summary>Many processes at once, each on its own memory.</summary>
public sealed class CrowdTests
{
    private const ulong X = ServeRun.X;

    [Fact]
    public async Task TheSameAddressInSeveralProcessesIsSeveralWatches()
    {
        await using ServeRun run = await ServeRun.JoinedAsync();
        foreach (int id in (int[])[200, 300])
        {
            run.Machine.Add(id);
            await run.JoinAsync(id, connection: id);
        }

        await run.SetAsync(0, X, label: "a", process: 100);
        await run.SetAsync(0, X, label: "b", process: 200);
        await run.SetAsync(0, X, label: "c", process: 300);
        run.Store(X, 1, process: 100);
        run.Store(X, 2, process: 200);
        run.Store(X, 3, process: 300);
        await run.ResetAsync(0, process: 200);
        run.Store(X, 4, process: 200);
        run.Store(X, 5, process: 300);
        await run.LeaveAsync(100);
        run.Store(X, 6, process: 100);
        run.Store(X, 7, process: 300);
        CoverageEvent coverage = await run.StopAsync();
        run.Sink.Hits.Select(hit => $"{hit.Process} {hit.Watch.Label} {hit.Old!.Text}>{hit.New!.Text}").Should().Equal(
            "100 a 0>1", "200 b 0>2", "300 c 0>3", "300 c 3>5", "300 c 5>7");
        coverage.Should().BeEquivalentTo(new { Complete = true, Processes = 3, Threads = 3 });
    }

    [Fact]
    public async Task AThousandArmingsLeaveNothingBehindAndLoseNothing()
    {
        const int Programs = 10;
        const int Cycles = 100;
        await using ServeRun run = new ServeRun().Start();
        int[] ids = [.. Enumerable.Range(1, Programs).Select(i => 1000 * i)];
        foreach (int id in ids)
            run.Machine.Add(id);
        await Task.WhenAll(ids.Select(id => Task.Run(() => CycleAsync(run, id, Cycles))));
        StatusEvent status = await run.Session.StatusAsync();
        status.Processes.Should().HaveCount(Programs).And.AllSatisfy(served =>
        {
            served.Watches.Should().BeEmpty();
            served.Armings.Should().Be(Cycles);
            served.Registers.Should().Equal(0, 0, 0, 0, 0x400);
        });
        foreach (int id in ids)
            await run.SettleAsync(id);
        run.Machine.Arming.Occupied.Should().Be(0);
        run.Machine.Source.Occupied.Should().Be(0);
        foreach (int id in ids)
            await run.LeaveAsync(id, connection: id);
        (await run.Session.StatusAsync()).Processes.Should().BeEmpty();
        CoverageEvent coverage = await run.StopAsync();
        run.Sink.Hits.Should().HaveCount(run.Machine.Writes);
        run.Machine.Writes.Should().Be(Programs * Cycles * 3);
        run.Sink.Hits.Should().AllSatisfy(hit => hit.Watch.Label.Should().Be($"of {hit.Process}"));
        List<DisarmedEvent> disarmed = [.. run.Sink.Events.OfType<DisarmedEvent>()];
        disarmed.Should().HaveCount(Programs * Cycles);
        disarmed.Sum(told => (long)told.Account.Counted).Should().Be(run.Machine.Writes);
        run.Sink.Armed.Should().HaveCount(Programs * Cycles);
        coverage.Complete.Should().BeTrue(string.Join("; ", coverage.Gaps));
        coverage.Hits.Reported.Should().Be(run.Machine.Writes);
    }

    /// <summary>Writes before, during and after each arming; only those during it are hits.</summary>
    private static async Task CycleAsync(ServeRun run, int id, int cycles)
    {
        await run.JoinAsync(id, connection: id);
        for (int i = 0; i < cycles; i++)
        {
            int number = i % 4;
            ulong address = X + (8 * (ulong)(i % 7));
            run.Store(address, (ulong)i, id);
            (await run.SetAsync(number, address, label: $"of {id}", process: id)).Should().Be(0);
            for (ulong j = 0; j < 3; j++)
                run.Store(address, ((ulong)i << 8) + j + 1, id);
            (await run.ResetAsync(number, id)).Error.Should().Be(0);
            run.Store(address, (ulong)i, id);
        }
    }
}
