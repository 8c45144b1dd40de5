// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using AwesomeAssertions;
using Livewatcher.Engine.Tests.Fakes;
using Livewatcher.Engine.Tests.Watching;
using Livewatcher.Model;
using Xunit;

namespace Livewatcher.Engine.Tests.Filtering;

/// <summary>What is decided here because the source does not: conditions, writers, lessons; all of it stays in the account.</summary>
public sealed class FilterTests
{
    private const ulong X = FakeMemory.Base;
    private const ulong Good = 0x401100;
    private const ulong Bad = 0x401200;

    /// <summary>new == 2.</summary>
    private static readonly Condition IsTwo = new("new == 2", [
        new(ConditionOperation.Variable, Extra: (uint)ConditionVariable.New), new(ConditionOperation.Equal, B: ConditionStep.Immediate, Value: 2)]);

    /// <summary>old == 2.</summary>
    private static readonly Condition WasTwo = new("old == 2", [
        new(ConditionOperation.Variable, Extra: (uint)ConditionVariable.Old), new(ConditionOperation.Equal, B: ConditionStep.Immediate, Value: 2)]);

    [Fact]
    public async Task OnlyHitsForWhichTheConditionHoldsAreReported()
    {
        WatchRun run = Create(HitFilter.None, IsTwo);
        foreach (int value in (int[])[1, 2, 3, 2])
            run.Machine.At(value + 2, () => run.Machine.Store(new StoreAct { Address = X, Value = (ulong)value }));
        await run.RunAsync();
        run.Sink.Hits.Should().HaveCount(2).And.OnlyContain(hit => hit.New!.Text == "2" && !hit.Undecided);
        run.Sink.Hits.Select(hit => hit.Sequence).Should().Equal(1, 2);
        run.Sink.Coverage.Hits.Should().BeEquivalentTo(new { Counted = 4L, Recorded = 2L, Filtered = 2L, Withheld = 0L, Reported = 2L });
        run.Sink.Coverage.Complete.Should().BeTrue();
    }

    [Fact]
    public async Task WhatCannotBeDecidedIsReportedAndSaysSo()
    {
        WatchRun run = Create(HitFilter.None, WasTwo);
        run.Machine.Source.TracksValues = false;
        run.Machine.At(2, () => Store(run, 0x401300, 2, isTold: false));
        run.Machine.At(4, () => Store(run, Good, 3, isTold: true));
        await run.RunAsync();
        run.Sink.Hits.Select(hit => hit.Undecided).Should().Equal(true);
        run.Sink.Coverage.Hits.Filtered.Should().Be(1, "the first one's old value, 0, is known");
    }

    [Fact]
    public async Task AnIgnoredWritersCodeIsHandedToTheSource()
    {
        WatchRun run = Create(new HitFilter { Ignored = [WriterRule.Parse($"f_{Good:x}")] });
        run.Machine.At(2, () => Store(run, Good, 1));
        run.Machine.At(3, () => Store(run, Bad, 2));
        run.Machine.At(4, () => Store(run, Good, 3));
        await run.RunAsync();
        run.Sink.Hits.Should().ContainSingle().Which.New!.Text.Should().Be("2");
        run.Machine.Source.Calls.Should().Contain($"filter {FakeMachine.Root} 0: 0x{Good - 1:x}-0x{Good:x}");
        run.Sink.Coverage.Hits.Should().BeEquivalentTo(new { Counted = 3L, Recorded = 1L, Filtered = 2L, Reported = 1L });
    }

    [Fact]
    public async Task OnlyAWantedWriterIsReported()
    {
        WatchRun run = Create(new HitFilter { Wanted = [WriterRule.Parse($"f_{Bad:x}")] });
        run.Machine.At(2, () => Store(run, Good, 1));
        run.Machine.At(3, () => Store(run, Bad, 2));
        await run.RunAsync();
        run.Sink.Hits.Should().ContainSingle().Which.New!.Text.Should().Be("2");
    }

    [Fact]
    public async Task WhoWritesInTheLessonIsInOrderAndCanBeSaved()
    {
        WatchRun lesson = Create(HitFilter.None, learn: TimeSpan.FromMilliseconds(30));
        Play(lesson);
        lesson.Sink.Hits.Should().BeEmpty();
        await lesson.RunAsync();
        lesson.Sink.Hits.Should().ContainSingle().Which.New!.Text.Should().Be("9");
        lesson.Sink.Notes.Should().Contain(note => note.StartsWith("learned 1 writers in 0.03 s", StringComparison.Ordinal));
        lesson.Writers.Should().Equal(new KnownWriter("x", "build", "first", $"f_{Good:x}", 0, null));

        WatchRun next = Create(HitFilter.None, known: [.. lesson.Writers]);
        Play(next);
        await next.RunAsync();
        next.Sink.Hits.Should().ContainSingle().Which.New!.Text.Should().Be("9");
        next.Writers.Should().Equal(new KnownWriter("x", "build", "first", $"f_{Bad:x}", 0, null));
    }

    private static void Play(WatchRun run)
    {
        run.Machine.At(5, () => Store(run, Good, 1));
        run.Machine.At(50, () => Store(run, Good, 2));
        run.Machine.At(52, () => Store(run, Bad, 9));
    }

    private static WatchRun Create(HitFilter filter, Condition? condition = null, TimeSpan? learn = null, IReadOnlyList<KnownWriter>? known = null)
    {
        WatchRun run = new() { For = TimeSpan.FromMilliseconds(80), Learn = learn, Known = known ?? [] };
        run.Machine.Define("x", X, 4, condition: condition);
        run.Requests.Add(new WatchRequest("x", AccessMode.Write) { Filter = filter });
        return run;
    }

    private static void Store(WatchRun run, ulong rip, ulong value, bool isTold = true)
    {
        if (isTold)
            run.Machine.Tell(rip, 0, value);
        run.Machine.Store(new StoreAct { Address = X, Value = value, Rip = rip });
    }
}
