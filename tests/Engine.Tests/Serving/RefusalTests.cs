// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using AwesomeAssertions;
using Livewatcher.Engine.Serving;
using Livewatcher.Model;
using Xunit;

namespace Livewatcher.Engine.Tests.Serving;

/// <summary>What cannot be armed is said with an errno, and leaves nothing behind.</summary>
public sealed class RefusalTests
{
    private const int EPERM = 1;
    private const int EFAULT = 14;
    private const ulong X = ServeRun.X;

    [Theory]
    [InlineData(28, 28)]
    [InlineData(16, 16)]
    [InlineData(22, 22)]
    [InlineData(1, 1)]
    [InlineData(95, 1)]
    public async Task TheKernelsRefusalIsForwarded(int errno, int told)
    {
        await using ServeRun run = await ServeRun.JoinedAsync();
        run.Machine.Arming.Refusal = new ArmingException(errno, $"E{errno}", null, 0);
        (await run.SetAsync(0)).Should().Be(told);
        await AssertNothingIsLeftAsync(run);
    }

    [Fact]
    public async Task AGuardThatRefusesIsNoPermission()
    {
        await using ServeRun run = await ServeRun.JoinedAsync();
        run.Machine.Arming.Refusal = new UserException("the guard process has ended");
        (await run.SetAsync(0)).Should().Be(EPERM);
        await AssertNothingIsLeftAsync(run);
    }

    [Fact]
    public async Task MemoryThatIsNotThereIsAFault()
    {
        await using ServeRun run = await ServeRun.JoinedAsync();
        (await run.SetAsync(0, 0x7fff_0000)).Should().Be(EFAULT);
        await AssertNothingIsLeftAsync(run);
    }

    [Fact]
    public async Task AProcessThatHasNotJoinedMayNothing()
    {
        await using ServeRun run = new ServeRun().Start();
        (await run.SetAsync(0)).Should().Be(EPERM);
        (await run.ResetAsync(0)).Error.Should().Be(EPERM);
        (await run.SayAsync(MessageKind.Info, "hello")).Error.Should().Be(EPERM);
        (await run.ChooseAsync("record_watcher", 3)).Error.Should().Be(EPERM);
        (await run.LeaveAsync()).Error.Should().Be(EPERM);
        CoverageEvent coverage = await run.StopAsync();
        run.Sink.Events.OfType<MessageEvent>().Should().BeEmpty();
        coverage.Gaps.Should().Equal("nothing was armed");
    }

    [Fact]
    public async Task AProcessThatCannotBeTakenInIsToldAndForgotten()
    {
        await using ServeRun run = new ServeRun().Start();
        run.Machine.Source.Room = 0;
        (await run.JoinAsync()).Error.Should().Be(EPERM);
        run.Machine.Opened.Should().OnlyContain(symbols => symbols.Disposed, "its names take memory, and nobody needs them");
        run.Machine.Source.Room = 1;
        (await run.JoinAsync()).Error.Should().Be(0);
        await run.StopAsync();
        run.Sink.Notes[0].Should().Contain("too many processes");
    }

    [Fact]
    public async Task ASetThatComesWhenTheListenerEndsIsRefused()
    {
        await using ServeRun run = await ServeRun.JoinedAsync();
        await run.SetAsync(0);
        TaskCompletionSource<int> answered = new(TaskCreationOptions.RunContinuationsAsynchronously);
        Task<CoverageEvent>? stopped = null;
        run.Session.Post(new ClientRequest.Reset(new ProcessId(ServeRun.Pid), 0, 0), _ =>
        {
            // On the session's thread: when it looks up, it is told to stop, and the set is in its queue.
            stopped = run.StopAsync();
            run.Session.Post(ServeRun.SetOf(0), answer => answered.SetResult(answer.Error));
        });
        (await answered.Task.WaitAsync(TimeSpan.FromSeconds(120), TestContext.Current.CancellationToken)).Should().Be(EPERM);
        (await stopped!).Complete.Should().BeTrue();
        run.Machine.Arming.Occupied.Should().Be(0);
    }

    private static async Task AssertNothingIsLeftAsync(ServeRun run)
    {
        StatusEvent status = await run.Session.StatusAsync();
        ServedProcess served = status.Processes.Should().ContainSingle().Subject;
        served.Watches.Should().BeEmpty();
        served.Armings.Should().Be(0);
        served.Registers.Should().Equal(0, 0, 0, 0, 0x400);
        run.Machine.Source.Occupied.Should().Be(0);
        run.Machine.Arming.Occupied.Should().Be(0);
        (await run.SetAsync(0, label: "again")).Should().Be(0, "the register is free");
        run.Store(X, 1);
        await run.StopAsync();
        run.Sink.Hits.Should().ContainSingle().Which.Watch.Label.Should().Be("again");
        run.Sink.Armed.Should().ContainSingle();
        run.Sink.Coverage.Complete.Should().BeTrue();
    }
}
