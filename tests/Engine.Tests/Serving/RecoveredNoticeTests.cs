// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using AwesomeAssertions;
using Livewatcher.Engine.Serving;
using Livewatcher.Engine.Tests.Fakes;
using Livewatcher.Model;
using Xunit;

namespace Livewatcher.Engine.Tests.Serving;

/// <summary>A program whose own library swallows stray SIGTRAPs tells of each.</summary>
public sealed class RecoveredNoticeTests
{
    private const ulong X = ServeRun.X;

    [Fact]
    public async Task TheNoticeIsARecoveredHit()
    {
        await using ServeRun run = new();
        run.Machine.Touched = _ => [0];
        await ServeRun.JoinedAsync(run);
        await run.SetAsync(0, label: "x");
        run.Store(X, 1);
        await NoticeAsync(run, 7);
        run.Store(X, 8);
        CoverageEvent coverage = await run.StopAsync();
        run.Sink.Hits.Select(hit => $"{hit.Old!.Text}>{hit.New!.Text} {hit.Recovered}").Should().Equal("0>1 False", "1>7 True", "7>8 False");
        run.Sink.Escapes.Should().BeEmpty();
        coverage.Complete.Should().BeTrue(string.Join("; ", coverage.Gaps));
        coverage.Hits.Should().BeEquivalentTo(new { Recovered = 1L, Reported = 3L, Counted = 2L, Escaped = 0L });
    }

    [Fact]
    public async Task NoticesThatWereLostAreAGap()
    {
        await using ServeRun run = new();
        run.Machine.Touched = _ => [0];
        await ServeRun.JoinedAsync(run);
        await run.SetAsync(0);
        await NoticeAsync(run, 7, lost: 1234);
        CoverageEvent coverage = await run.StopAsync();
        coverage.Gaps.Should().ContainSingle().Which.Should().Contain("process 100 could not tell of 1,234 recovered hits");
    }

    /// <summary>The store, and the notice before anybody looks at the memory.</summary>
    private static async Task NoticeAsync(ServeRun run, ulong value, int lost = 0)
    {
        TaskCompletionSource answered = new(TaskCreationOptions.RunContinuationsAsynchronously);
        UserRegisters registers = default(UserRegisters) with { Rip = 0x401803, Rsp = X };
        lock (run.Machine.Gate)
        {
            run.Machine.Store(new StoreAct { Address = X, Value = value, Lost = true });
            run.Machine.Clock.Tick();
            run.Session.Post(new ClientRequest.Recovered(new ProcessId(ServeRun.Pid), ServeRun.Pid, registers, lost), _ => answered.SetResult());
        }

        await answered.Task.WaitAsync(TimeSpan.FromSeconds(120));
        run.Machine.Clock.Tick();
    }
}
