// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using AwesomeAssertions;
using Livewatcher.Model;
using Xunit;

namespace Livewatcher.Engine.Tests.Serving;

/// <summary>A program waits in set_watcher for its answer: hits that are still to be named do not go first.</summary>
public sealed class PromptnessTests
{
    [Fact]
    public async Task RequestsAreServedBetweenTwoHits()
    {
        const int hits = 10;
        await using ServeRun run = await ServeRun.JoinedAsync();
        await run.SetAsync(0);
        using ManualResetEventSlim naming = new();
        using ManualResetEventSlim goOn = new();
        run.Machine.Frames = _ =>
        {
            naming.Set();
            goOn.Wait(TestContext.Current.CancellationToken);
            return [];
        };
        await run.HoldAsync();
        for (ulong i = 1; i <= hits; i++)
            run.Store(ServeRun.X, i);
        run.Machine.Source.Held = false;
        naming.Wait(TestContext.Current.CancellationToken);
        Task<StatusEvent> status = run.Session.StatusAsync();
        goOn.Set();
        (await status).Hits.Should().Be(1, "the others have not been named when it is answered");
        await run.StopAsync();
        run.Sink.Hits.Should().HaveCount(hits);
    }
}
