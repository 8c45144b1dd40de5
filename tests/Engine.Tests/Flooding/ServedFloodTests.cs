// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using AwesomeAssertions;
using Livewatcher.Engine.Tests.Serving;
using Livewatcher.Model;
using Xunit;

namespace Livewatcher.Engine.Tests.Flooding;

/// <summary>One program's flood is its own: the others are served as ever.</summary>
public sealed class ServedFloodTests
{
    private const ulong X = ServeRun.X;
    private const int Other = 200;

    [Fact]
    public async Task AStoppedWatchIsOffUntilItIsSetAgain()
    {
        await using ServeRun run = await TwoAsync(FloodAnswer.Stop);
        await FloodAsync(run);
        await run.SeenAsync(told => told is NoteEvent note && note.Text.EndsWith("it is off until the program sets it again (--flood stop)", StringComparison.Ordinal));
        run.Store(X, 5000);
        run.Store(X, 5001, Other);
        (await run.SetAsync(0, label: "x")).Should().Be(0);
        run.Store(X, 6000);
        CoverageEvent coverage = await run.StopAsync();
        string[] own = [.. run.Sink.Hits.Where(hit => hit.Process.Value == ServeRun.Pid).Select(hit => hit.New!.Text)];
        own.Should().NotContain("5000").And.Contain("6000");
        run.Sink.Hits.Where(hit => hit.Process.Value == Other).Select(hit => hit.New!.Text).Should().Equal("5001");
        run.Sink.Escapes.Should().BeEmpty();
        coverage.Skipped.Should().ContainSingle(stretch => stretch.Paused).Which.Process.Value.Should().Be(ServeRun.Pid);
    }

    [Fact]
    public async Task APauseConcernsOneProgramOnly()
    {
        await using ServeRun run = await TwoAsync(FloodAnswer.Pause);
        await FloodAsync(run);
        await run.SeenAsync(told => told is NoteEvent note && note.Text.Contains("--flood pause", StringComparison.Ordinal));
        run.Machine.Arming.Calls.Should().Contain("suspend 100: 0").And.NotContain("suspend 200: 0");
        run.Store(X, 5001, Other);
        await run.StopAsync();
        run.Sink.Hits.Where(hit => hit.Process.Value == Other).Select(hit => hit.New!.Text).Should().Equal("5001");
    }

    private static async Task<ServeRun> TwoAsync(FloodAnswer answer)
    {
        ServeRun run = await ServeRun.JoinedAsync(new ServeRun { Flood = new FloodLimit(100, 1, answer, 1_000_000) });
        run.Machine.Add(Other);
        await run.JoinAsync(Other, connection: 2);
        (await run.SetAsync(0, label: "x")).Should().Be(0);
        (await run.SetAsync(0, label: "x", process: Other)).Should().Be(0);
        await run.SettleAsync(); // a flood that is over before the session has looked once would go by
        return run;
    }

    /// <summary>Many seconds' worth of allowance at once: 100 ms each.</summary>
    private static async Task FloodAsync(ServeRun run)
    {
        for (ulong value = 1; value <= 150; value++)
            run.Store(X, value);
        await run.SettleAsync();
    }
}
