// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using AwesomeAssertions;
using Livewatcher.Engine.Tests.Fakes;
using Livewatcher.Engine.Tests.Watching;
using Livewatcher.Model;
using Xunit;

namespace Livewatcher.Engine.Tests.Filtering;

/// <summary>A writer that is taken for being in order while the watching goes on, as the live view asks for it, and the account that it shows.</summary>
public sealed class AcceptanceTests
{
    private const ulong X = FakeMemory.Base;
    private const ulong Good = 0x401100;
    private const ulong Bad = 0x401200;

    [Fact]
    public async Task FromThenOnItsHitsAreFilteredAndItsCodeIsTheSources()
    {
        WatchRun run = Create();
        List<bool> answers = [];
        RunProgress? progress = null;
        run.Sink.OnPublish = one =>
        {
            if (one is Hit { New.Text: "1" } hit)
                run.Session!.Accept(hit, answers.Add);
        };
        Store(run, 5, Bad, 1);
        Store(run, 30, Good, 2);
        Store(run, 35, Bad, 3);
        Store(run, 40, Bad, 4);
        run.Machine.At(60, () => run.Session!.Observe(told => progress = told));
        await run.RunAsync();
        answers.Should().Equal(true);
        run.Sink.Hits.Select(hit => hit.New!.Text).Should().Equal("1", "2");
        run.Machine.Source.Calls.Should().Contain($"filter {FakeMachine.Root} 0: 0x{Bad - 1:x}-0x{Bad:x}");
        run.Sink.Coverage.Hits.Should().BeEquivalentTo(new { Counted = 4L, Recorded = 2L, Filtered = 2L, Reported = 2L });
        run.Sink.Coverage.Complete.Should().BeTrue();
        progress!.Hits.Should().BeEquivalentTo(new { Counted = 4L, Recorded = 2L, Filtered = 2L, Dropped = 0L, Reported = 2L });
        (progress.Processes, progress.Gaps.Count).Should().Be((1, 0));
    }

    [Fact]
    public async Task WhoIsNotKnownCannotBeIgnored()
    {
        WatchRun run = Create();
        List<bool> answers = [];
        run.Sink.OnPublish = one =>
        {
            if (one is Hit hit)
                run.Session!.Accept(hit with { Stack = CallStack.Empty }, answers.Add);
        };
        Store(run, 5, Bad, 1);
        Store(run, 30, Bad, 2);
        await run.RunAsync();
        answers.Should().Equal(false, false);
        run.Sink.Hits.Should().HaveCount(2);
    }

    private static WatchRun Create()
    {
        WatchRun run = new() { For = TimeSpan.FromMilliseconds(80) };
        run.Machine.Define("x", X, 4);
        return run.Watch("x");
    }

    private static void Store(WatchRun run, int milliseconds, ulong rip, ulong value) => run.Machine.At(milliseconds, () =>
    {
        run.Machine.Tell(rip, 0, value);
        run.Machine.Store(new StoreAct { Address = X, Value = value, Rip = rip });
    });
}
