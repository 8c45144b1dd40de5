// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using AwesomeAssertions;
using Livewatcher.Engine.Tests.Fakes;
using Livewatcher.Engine.Tests.Watching;
using Livewatcher.Model;
using Xunit;

namespace Livewatcher.Engine.Tests.Arising;

/// <summary>Watches that arm themselves: registers, order, and whose hit is whose.</summary>
public sealed class ArisingTests
{
    private const ulong AT_ENTRY = 9;
    private const ulong First = FakeMemory.Base;
    private const ulong Second = FakeMemory.Base + 64;
    private const ulong Frame = 0x7ffe1000;

    [Fact]
    public async Task EachHitIsOfWhatItsRegisterHeldAtThatMoment()
    {
        (WatchRun run, FakeArisings arisings) = Create(new ArisingRule.Local());
        run.Machine.At(5, () => arisings.Arise(1, First, Frame));
        run.Machine.At(6, () => run.Machine.Store(Act(First, 1)));
        run.Machine.At(7, () => arisings.Arise(1, Second, Frame + 64));
        run.Machine.At(8, () => run.Machine.Store(Act(Second, 2)));
        run.Machine.At(9, () => run.Machine.Store(Act(First, 3))); // nobody's any more
        await run.RunAsync();
        run.Sink.Hits.Select(hit => (hit.Address.Value, (int)hit.New!.Number!)).Should().Equal((First, 1), (Second, 2));
        run.Sink.Coverage.Complete.Should().BeTrue(string.Join("; ", run.Sink.Coverage.Gaps));
        run.Sink.Coverage.Hits.Should().BeEquivalentTo(new { Counted = 2L, Recorded = 2L, Reported = 2L });
    }

    [Fact]
    public async Task AHitThatWasOnItsWayWhenTheRegisterWasMovedIsFiltered()
    {
        (WatchRun run, FakeArisings arisings) = Create(new ArisingRule.Local());
        run.Machine.At(5, () => arisings.Arise(1, First, Frame));
        run.Machine.At(6, () =>
        {
            arisings.Arise(1, Second, Frame + 64);
            run.Machine.Arming.Move(FakeMachine.Root, 1, new Address(First)); // for a moment longer, in one thread
            run.Machine.Store(Act(First, 1));
        });
        await run.RunAsync();
        run.Sink.Hits.Should().BeEmpty();
        run.Sink.Coverage.Hits.Should().BeEquivalentTo(new { Counted = 1L, Recorded = 0L, Filtered = 1L, Reported = 0L });
    }

    [Fact]
    public async Task AFrameThatIsNotOnTheStackAnyMoreHasNoHitsAndNoRegister()
    {
        (WatchRun run, FakeArisings arisings) = Create(new ArisingRule.Local());
        run.Machine.HasFrame = (_, frame) => frame.Value == Frame ? null : false;
        run.Machine.At(5, () => arisings.Arise(1, First, Frame));
        run.Machine.At(6, () => run.Machine.Store(Act(First, 1)));
        run.Machine.At(7, () => arisings.Arise(1, Second, Frame + 64));
        run.Machine.At(8, () => run.Machine.Store(Act(Second, 2)));
        await run.RunAsync();
        run.Sink.Hits.Should().ContainSingle("where the stack does not tell, it is reported").Which.Address.Value.Should().Be(First);
        arisings.Disowned.Should().Equal((1, Frame + 64));
    }

    /// <summary>Another thread's stack says nothing of it.</summary>
    [Fact]
    public async Task AnotherThreadsHitIsReported()
    {
        (WatchRun run, FakeArisings arisings) = Create(new ArisingRule.Local());
        run.Machine.HasFrame = (_, _) => false;
        run.Machine.At(5, () => arisings.Arise(1, First, Frame));
        run.Machine.At(6, () => run.Machine.Store(Act(First, 1) with { Thread = 101 }));
        await run.RunAsync();
        run.Sink.Hits.Should().ContainSingle();
    }

    [Fact]
    public async Task ABlocksHitsTellWhereItWasAllocated()
    {
        (WatchRun run, FakeArisings arisings) = Create(new ArisingRule.Heap(0, 4) { Size = 40 });
        run.Machine.HasFrame = (_, _) => false;
        run.Machine.At(5, () => arisings.Arise(0, First, First));
        run.Machine.At(6, () => run.Machine.Store(Act(First, 1)));
        await run.RunAsync();
        run.Sink.Hits.Should().ContainSingle().Which.SetAt!.Frames[0].Function.Should().Be("f_405000");
    }

    /// <summary>Whose frame it is in says nothing of an object: nobody's stack is asked, and the source decides what is done about its hits.</summary>
    [Fact]
    public async Task AnObjectsHitsAreThoseOfEveryThreadAndTellWhereItWasNamed()
    {
        (WatchRun run, FakeArisings arisings) = Create(new ArisingRule.At("work"));
        run.Machine.HasFrame = (_, _) => false;
        run.Machine.At(5, () => arisings.Arise(1, First, First));
        run.Machine.At(6, () => run.Machine.Store(Act(First, 1)));
        run.Machine.At(7, () => run.Machine.Store(Act(First, 2) with { Thread = 101 }));
        await run.RunAsync();
        run.Sink.Hits.Select(hit => hit.Thread!.Value.Value).Should().Equal(FakeMachine.Root, 101);
        run.Sink.Hits.Should().OnlyContain(hit => hit.SetAt!.Frames[0].Function == "f_405000");
        arisings.Disowned.Should().BeEmpty();
        run.Sink.Notes.Should().Contain("w0 arms itself in the frames of work: 1 probe, 4 debug registers");
    }

    [Fact]
    public async Task WhatMaySlipByAtTheBeginningIsSaid()
    {
        (WatchRun run, _) = Create(new ArisingRule.At("work"));
        Func<WatchRequest, ArisingResolution> resolve = run.Machine.ResolveArising;
        run.Machine.ResolveArising = request => new ArisingResolution(resolve(request).Plan! with { Caution = "look out" }, null);
        await run.RunAsync();
        run.Sink.Events.OfType<NoteEvent>().Should().Contain(note => note.Level == NoteLevel.Warning && note.Text == "w0: look out");
    }

    [Fact]
    public async Task WhatHasNoProbeIsAGap()
    {
        (WatchRun run, _) = Create(new ArisingRule.At("work"));
        Func<WatchRequest, ArisingResolution> resolve = run.Machine.ResolveArising;
        run.Machine.ResolveArising = request => new ArisingResolution(resolve(request).Plan! with { Unseen = "work is inlined in 1 place besides" }, null);
        await run.RunAsync();
        run.Sink.Notes.Should().Contain(note => note.EndsWith(": work is inlined in 1 place besides"));
        run.Sink.Coverage.Gaps.Should().ContainSingle().Which.Should().EndWith(": work is inlined in 1 place besides");
    }

    [Fact]
    public async Task TheRegistersThatAreLeftAreSharedOutAndTheProbesGoFirst()
    {
        (WatchRun run, FakeArisings arisings) = Create(new ArisingRule.Local(), new ArisingRule.Canary("work"));
        run.Machine.Define("x", FakeMemory.Base + 128, 4);
        run.Requests.Insert(0, new WatchRequest("x", AccessMode.Write));
        await run.RunAsync();
        arisings.Begun.Select(watch => string.Join(",", watch.Slots)).Should().Equal("1,3", "2");
        List<string> calls = run.Machine.Arming.Calls;
        calls.Should().ContainInOrder("arm 100: 1=0x400100:4, 2=0x400100:4, 3=0x400100:4", "probes out", "disarm 100: 0, 1, 2, 3");
    }

    [Fact]
    public async Task TooFewRegistersAreRefused()
    {
        (WatchRun run, _) = Create(new ArisingRule.Local());
        for (int i = 0; i < 4; i++)
        {
            run.Machine.Define($"x{i}", FakeMemory.Base + 128 + (8 * (ulong)i), 4);
            run.Watch($"x{i}");
        }

        Func<Task> attempt = () => run.RunAsync();
        (await attempt.Should().ThrowAsync<UserException>()).WithMessage("too few debug registers: the processor has 4, of which 0 are free*");
    }

    [Fact]
    public async Task WhatIsMissingInTheAccountIsAGap()
    {
        (WatchRun run, FakeArisings arisings) = Create(new ArisingRule.Local());
        arisings.Tally = new ArisingTally("", Candidates: 10, Armed: 6, Skipped: 3, Failed: 1, Displaced: 2, Ended: 3);
        await run.RunAsync();
        run.Sink.Coverage.Arisings.Should().ContainSingle().Which.Should().BeEquivalentTo(new { Watch = "w0", StillArmed = 1L });
        run.Sink.Coverage.Gaps.Should().HaveCount(3).And.OnlyContain(gap => gap.StartsWith("w0: ", StringComparison.Ordinal));
    }

    private static (WatchRun Run, FakeArisings Arisings) Create(params ArisingRule[] rules)
    {
        WatchRun run = new();
        FakeArisings arisings = new(run.Machine);
        run.Arisings = arisings;
        run.Machine.Main.Auxiliary[AT_ENTRY] = 0x400104;
        run.Machine.ResolveArising = request => new ArisingResolution(
            new ArisingPlan(new Watch(request, default, 4, NumberFormat.Instance, null, "in the frames of work"), 0, [new ProbePlace(ProbeKind.Enter, new Address(0x405000))], []), null);
        foreach (ArisingRule rule in rules)
            run.Requests.Add(new WatchRequest($"w{run.Requests.Count}", AccessMode.Write) { Arising = rule });
        run.Machine.At(60, () => run.Machine.Exit(FakeMachine.Root, 0, traced: true));
        return (run, arisings);
    }

    private static StoreAct Act(ulong address, ulong value) => new() { Address = address, Value = value, Rip = 0x401000 + (16 * value) };
}
