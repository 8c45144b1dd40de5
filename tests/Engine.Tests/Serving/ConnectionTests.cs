// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using AwesomeAssertions;
using Livewatcher.Engine.Serving;
using Livewatcher.Model;
using Xunit;

namespace Livewatcher.Engine.Tests.Serving;

/// <summary>Connections come and go, and processes do.</summary>
public sealed class ConnectionTests
{
    private const int EPERM = 1;
    private const ulong X = ServeRun.X;

    [Fact]
    public async Task LeavingDisarmsAll()
    {
        await using ServeRun run = await ServeRun.JoinedAsync();
        await run.SetAsync(0, X, label: "x");
        await run.SetAsync(1, X + 8, label: "y");
        run.Store(X, 1);
        await run.LeaveAsync();
        run.Machine.Arming.Occupied.Should().Be(0);
        run.Store(X, 2);
        (await run.Session.StatusAsync()).Processes.Should().BeEmpty();
        CoverageEvent coverage = await run.StopAsync();
        run.Sink.Hits.Select(hit => hit.New!.Text).Should().Equal("1");
        run.Sink.Events.OfType<DisarmedEvent>().Select(told => told.Watch.Label).Should().BeEquivalentTo("x", "y");
        coverage.Complete.Should().BeTrue();
    }

    [Fact]
    public async Task ASecondConnectionStartsCleanAndTheFirstOnesEndIsNoLongerOfConcern()
    {
        await using ServeRun run = await ServeRun.JoinedAsync();
        await run.SetAsync(0, X, label: "first");
        await run.JoinAsync(connection: 2);
        (await run.Session.StatusAsync()).Processes.Should().ContainSingle().Which.Watches.Should().BeEmpty();
        await run.SetAsync(0, X, label: "second");
        (await run.LeaveAsync(connection: 1)).Error.Should().Be(0);
        run.Store(X, 1);
        (await run.Session.StatusAsync()).Processes.Should().ContainSingle().Which.Watches.Should().ContainSingle();
        CoverageEvent coverage = await run.StopAsync();
        run.Sink.Hits.Should().ContainSingle().Which.Watch.Label.Should().Be("second");
        coverage.Processes.Should().Be(1);
        coverage.Complete.Should().BeTrue();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task AnExecEndsItsWatches(bool traced)
    {
        await using ServeRun run = await ServeRun.JoinedAsync();
        await run.SetAsync(0, X, label: "x");
        run.Store(X, 1);
        run.Machine.Exec(ServeRun.Pid, "second", traced, then: () => run.Machine.In(50, () => run.Store(X, 2)));
        await GoneAsync(run);
        CoverageEvent coverage = await run.StopAsync();
        run.Sink.Hits.Select(hit => hit.New!.Text).Should().Equal("1");
        run.Machine.Source.Occupied.Should().Be(0);
        if (traced)
            run.Machine.Tracer.Calls.Should().Contain("release 100");
        coverage.Complete.Should().BeTrue();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task AnExitEndsItsWatches(bool traced)
    {
        await using ServeRun run = await ServeRun.JoinedAsync();
        await run.SetAsync(0, X, label: "x");
        run.Store(X, 1);
        run.Machine.Exit(ServeRun.Pid, 0, traced);
        await GoneAsync(run);
        (await run.LeaveAsync()).Error.Should().Be(0);
        CoverageEvent coverage = await run.StopAsync();
        run.Sink.Hits.Should().ContainSingle();
        run.Machine.Source.Occupied.Should().Be(0);
        coverage.Complete.Should().BeTrue();
        coverage.Hits.Counted.Should().Be(1);
    }

    [Fact]
    public async Task AnEndThatNobodyTellsOfIsFound()
    {
        await using ServeRun run = new();
        run.Machine.Source.TracksValues = false;
        await ServeRun.JoinedAsync(run);
        await run.SetAsync(0, X);
        run.Machine.Exit(ServeRun.Pid, 0, traced: false);
        await GoneAsync(run);
        run.Machine.Source.Occupied.Should().Be(0);
    }

    [Fact]
    public async Task AProgramThatExecutesAnotherMayJoinAgain()
    {
        await using ServeRun run = await ServeRun.JoinedAsync();
        await run.SetAsync(0, X, label: "x");
        run.Machine.Exec(ServeRun.Pid, "second", traced: false);
        await GoneAsync(run);
        await run.LeaveAsync();
        (await run.JoinAsync(connection: 2)).Error.Should().Be(0);
        (await run.SetAsync(0, X, label: "z")).Should().Be(0);
        run.Store(X, 3);
        CoverageEvent coverage = await run.StopAsync();
        Hit hit = run.Sink.Hits.Should().ContainSingle().Subject;
        (hit.Watch.Label, hit.Stack.Frames[0].Module).Should().Be(("z", "second"));
        coverage.Complete.Should().BeTrue();
    }

    [Fact]
    public async Task AConnectionThatOutlivesItsProcessArmsNothing()
    {
        await using ServeRun run = await ServeRun.JoinedAsync();
        for (int i = 0; i < 4; i++)
            await run.SetAsync(i, X + (8 * (ulong)i));
        run.Machine.Exit(ServeRun.Pid, 0, traced: false);
        await GoneAsync(run);
        (await run.SetAsync(0)).Should().Be(EPERM);
        (await run.ResetAsync(1)).Error.Should().Be(0);
        run.Machine.Source.Occupied.Should().Be(0);
    }

    /// <summary>Names of programs that are over are forgotten; who still holds a connection of one must not reach for them.</summary>
    [Fact]
    public async Task AConnectionThatOutlivesItsProcessForLongAsksForNothingThatIsForgotten()
    {
        const int Many = 40;
        await using ServeRun run = await ServeRun.JoinedAsync();
        for (int i = 1; i <= Many; i++)
        {
            int id = ServeRun.Pid + i;
            run.Machine.Add(id);
            await run.JoinAsync(id, connection: i + 1);
            run.Machine.Exec(id, "second", traced: false);
            await GoneAsync(run, id);
        }

        run.Machine.Opened.Should().Contain(symbols => symbols.Disposed);
        UserRegisters caller = default(UserRegisters) with { Rip = 0x401000 };
        int first = ServeRun.Pid + 1;
        (await run.AskAsync(new ClientRequest.Say(new ProcessId(first), first, MessageKind.Backtrace, "late", caller))).Error.Should().Be(EPERM);
        (await run.AskAsync(new ClientRequest.DumpRegisters(new ProcessId(first), first, caller))).Error.Should().Be(EPERM);
        (await run.LeaveAsync(first, connection: 2)).Error.Should().Be(0);
        (await run.SayAsync(MessageKind.Info, "the listener goes on")).Error.Should().Be(0);
    }

    private static async Task GoneAsync(ServeRun run, int process = ServeRun.Pid)
    {
        using CancellationTokenSource limit = new(TimeSpan.FromSeconds(120));
        while ((await run.Session.StatusAsync()).Processes.Any(served => served.Process.Value == process))
            await Task.Delay(1, limit.Token);
    }
}
