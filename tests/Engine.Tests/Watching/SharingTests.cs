// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using AwesomeAssertions;
using Livewatcher.Engine.Tests.Fakes;
using Livewatcher.Model;
using Xunit;

namespace Livewatcher.Engine.Tests.Watching;

/// <summary>Neighbours that share a debug register: whose hit it is, and that nothing of it is lost in silence.</summary>
public sealed class SharingTests
{
    private const ulong X = FakeMemory.Base;
    private const ulong Code = 0x401003;

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task EachHitIsOfTheWatchThatTheInstructionTouches(bool values)
    {
        WatchRun run = Create();
        run.Machine.Source.TracksValues = values;
        for (int i = 0; i < 60; i++)
        {
            int field = i % 6;
            ulong value = (ulong)(100 + i);
            for (int slot = 0; slot < 4; slot++)
                run.Machine.Tell(Code + value, slot, value);
            run.Machine.At(2 + (i / 4.0), () => run.Machine.Store(Field(field, value) with { Rip = Code + value }));
        }

        await run.RunAsync();
        run.Sink.Hits.Should().HaveCount(60);
        for (int field = 0; field < 6; field++)
        {
            List<Hit> hits = [.. run.Sink.Hits.Where(hit => hit.Watch.Label == $"f{field}")];
            hits.Select(hit => hit.New!.Text).Should().Equal(Enumerable.Range(0, 10).Select(i => $"{100 + field + (6 * i)}"));
            hits.Select(hit => hit.Old!.Text).Should().Equal(Enumerable.Range(0, 10).Select(i => i == 0 ? "0" : $"{94 + field + (6 * i)}"));
            hits.Should().OnlyContain(hit => !hit.Unsure && hit.Changed == true && hit.Merged == 1);
        }

        run.Sink.Notes.Where(note => note.Contains("share one debug register")).Should().Equal(
            $"f0 and f1 share one debug register of 8 bytes at 0x{X:x}, for there are more watched pieces than registers: whose hit it is is told by the instruction's operand, or else by the bytes that change",
            $"f2 and f3 share one debug register of 8 bytes at 0x{X + 8:x}, for there are more watched pieces than registers: whose hit it is is told by the instruction's operand, or else by the bytes that change");
        run.Sink.Armed.Select(armed => armed.Slots.Single().Length).Should().Equal(8, 8, 8, 8, 4, 4);
        run.Sink.Coverage.Sharings.Select(sharing => (SharingTally.Join(sharing.Watches), sharing.Beside, sharing.Unsure)).Should().Equal(("f0 and f1", 0, 0), ("f2 and f3", 0, 0));
        IsWhole(run, hits: 60);
    }

    [Fact]
    public async Task TwoThreadsAtTheSameMomentHaveOneHitEach()
    {
        WatchRun run = Create();
        run.Machine.At(2, () => run.Machine.Store(Field(0, 3)));
        run.Machine.At(3, () => run.Machine.Store(Field(1, 4)));
        run.Machine.At(10, () =>
        {
            // Thread 7 has stored into f1, its #DB is still to come; the hit of thread 100 finds both changed.
            run.Machine.Store(Field(1, 9) with { Thread = 7, Lost = true });
            run.Machine.Store(Field(0, 5));
            run.Machine.NameAgain(Field(1, 9) with { Thread = 7 });
        });
        await run.RunAsync();
        run.Sink.Hits.Select(Describe).Should().Equal("f0 0->3", "f1 0->4", "f0 3->5", "f1 4->9");
        IsWhole(run, hits: 4);
    }

    [Fact]
    public async Task AStoreOverBothIsAHitOfBoth()
    {
        WatchRun run = Create();
        run.Machine.At(2, () => run.Machine.Store(new StoreAct { Address = X, Length = 8, Value = 0x200000001 }.Says()));
        await run.RunAsync();
        run.Sink.Hits.Select(Describe).Should().Equal("f0 0->1", "f1 0->2");
        run.Sink.Hits.Should().OnlyContain(hit => !hit.Unsure);
        run.Sink.Coverage.Hits.Shared.Should().Be(1);
        IsWhole(run, hits: 2);
    }

    [Fact]
    public async Task WhereTheInstructionDoesNotTellTheBytesThatChangeDo()
    {
        WatchRun run = Create();
        run.Machine.At(2, () => run.Machine.Store(Field(1, 4) with { Rax = 0 }));
        run.Machine.At(3, () => run.Machine.Store(Field(0, 5) with { Rax = 0 }));
        await run.RunAsync();
        run.Sink.Hits.Select(Describe).Should().Equal("f1 0->4", "f0 0->5");
        IsWhole(run, hits: 2);
    }

    [Fact]
    public async Task WhereNothingTellsEachHasItAndThatIsSaid()
    {
        WatchRun run = Create();
        run.Machine.At(2, () => run.Machine.Store(Field(1, 0) with { Rax = 0 }));
        await run.RunAsync();
        run.Sink.Hits.Select(Describe).Should().Equal("f0 0->0 unsure", "f1 0->0 unsure");
        run.Sink.Coverage.Sharings[0].Unsure.Should().Be(1);
        run.Sink.Coverage.Hits.Shared.Should().Be(1);
        IsWhole(run, hits: 2);
    }

    [Fact]
    public async Task WhereTwoChangeAndNothingTellsThatIsSaid()
    {
        WatchRun run = Create();
        run.Machine.At(2, () => run.Machine.Store(new StoreAct { Address = X, Length = 8, Value = 0x200000001 }));
        await run.RunAsync();
        run.Sink.Hits.Select(Describe).Should().Equal("f0 0->1 unsure", "f1 0->2 unsure");
        IsWhole(run, hits: 2);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task AHitBesideTheWatchedBytesIsBookedAndNotReported(bool told)
    {
        WatchRun run = Create(width: 2);
        for (ulong i = 1; i <= 3; i++)
        {
            StoreAct act = new() { Address = X + 6, Length = 2, Value = i };
            run.Machine.At(2 + i, () => run.Machine.Store(told ? act.Says() : act));
        }

        run.Machine.At(9, () => run.Machine.Store(Field(1, 7, width: 2)));
        await run.RunAsync();
        run.Sink.Hits.Select(Describe).Should().Equal("f1 0->7");
        SharingTally shared = run.Sink.Coverage.Sharings[0];
        (SharingTally.Join(shared.Watches), shared.Slot, shared.Beside, shared.Unsure).Should().Be(("f0 and f1", new HardwareSlot(new Address(X), 8, AccessMode.Write), 3, 0));
        run.Sink.Coverage.Hits.Beside.Should().Be(3);
        run.Sink.Coverage.Hits.Recorded.Should().Be(4);
        IsWhole(run, hits: 1);
    }

    [Fact]
    public async Task ASystemCallIsOneHitOfEachWatchThatItChanges()
    {
        WatchRun run = Create();
        run.Machine.At(2, () =>
        {
            for (ulong i = 1; i <= 8; i++)
            {
                run.Machine.Store(new StoreAct
                {
                    Address = X + i - 1, Length = 1, Value = i, OrigRax = 0, Kernel = new KernelContext(0xffffffff81000000, X + i, 8 - i),
                });
            }
        });
        await run.RunAsync();
        run.Sink.Hits.Select(Describe).Should().Equal($"f0 0->{0x04030201}", $"f1 0->{0x08070605}");
        run.Sink.Hits.Should().OnlyContain(hit => hit.Merged == 8 && hit.SystemCall == "call0(1, 2)");
        IsWhole(run, hits: 2);
    }

    [Fact]
    public async Task AnEscapeIsOfTheWatchWhoseBytesHaveChanged()
    {
        WatchRun run = Create(width: 2);
        run.Machine.At(5, () => run.Machine.Store(Field(1, 7, width: 2) with { Lost = true }));
        await run.RunAsync();
        run.Sink.Escapes.Select(Describe).Should().Equal("f1 0->7");
        run.Sink.Coverage.Hits.Escaped.Should().Be(1);
    }

    [Fact]
    public async Task AChangeBesideTheWatchedBytesIsNoEscape()
    {
        WatchRun run = Create(width: 2);
        run.Machine.At(5, () => run.Machine.Store(new StoreAct { Address = X + 6, Length = 2, Value = 1, Lost = true }));
        run.Machine.At(40, () => run.Machine.Store(Field(0, 7, width: 2)));
        await run.RunAsync();
        run.Sink.Escapes.Should().BeEmpty();
        run.Sink.Hits.Select(Describe).Should().Equal("f0 0->7");
        IsWhole(run, hits: 1);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task ARecoveredHitIsOfTheRightWatch(bool told)
    {
        WatchRun run = Create();
        run.Machine.Touched = _ => [0];
        run.Machine.At(5, () => run.Machine.StoreRecovered(told ? Field(1, 7) : Field(1, 7) with { Rax = 0 }));
        run.Machine.At(9, () => run.Machine.Store(Field(0, 3)));
        await run.RunAsync();
        run.Sink.Hits.Select(Describe).Should().Equal("f1 0->7", "f0 0->3");
        run.Sink.Hits[0].Recovered.Should().BeTrue();
        IsWhole(run, hits: 2);
    }

    [Fact]
    public async Task ARecoveredHitBesideThemIsBookedOnce()
    {
        WatchRun run = Create(width: 2);
        run.Machine.Touched = _ => [0];
        run.Machine.At(5, () => run.Machine.StoreRecovered(new StoreAct { Address = X + 6, Length = 2, Value = 1 }.Says()));
        await run.RunAsync();
        run.Sink.Hits.Should().BeEmpty();
        run.Sink.Coverage.Hits.Should().BeEquivalentTo(new { Recovered = 1, Beside = 1, Reported = 0 });
        IsWhole(run, hits: 0);
    }

    /// <summary>A watch of several registers has the others looked at when one of them is hit (watch.bpf.c, read_siblings).</summary>
    [Fact]
    public async Task AChangeThatCameAlongWithANeighboursHitIsTheNextHits()
    {
        WatchRun run = new() { For = TimeSpan.FromMilliseconds(60) };
        run.Machine.Define("pair", X, 12);
        run.Machine.Define("next", X + 12, 4);
        run.Watch("pair").Watch("next");
        for (ulong i = 1; i <= 2; i++)
        {
            run.Machine.Define($"far{i}", X + (64 * i), 8);
            run.Watch($"far{i}");
        }

        run.Machine.At(5, () =>
        {
            // Thread 7 has stored into pair, its #DB is still to come; thread 100 stores into next, whose hit finds pair's first eight bytes changed.
            RawHit neighbours = run.Machine.Raw(new StoreAct { Address = X + 12, Length = 4 }.Says(), slot: 1, new Address(X + 8), 0, 9UL << 32);
            neighbours.Siblings = [new SlotChange(0, 0, 5)];
            run.Machine.Source.Put(receiver => receiver.OnHit(neighbours));
            RawHit own = run.Machine.Raw(new StoreAct { Address = X, Length = 8, Thread = 7 }.Says(), slot: 0, new Address(X), 5, 5);
            run.Machine.Source.Put(receiver => receiver.OnHit(own));
        });
        await run.RunAsync();
        run.Sink.Armed[0].Slots.Should().Equal(new HardwareSlot(new Address(X), 8, AccessMode.Write), new HardwareSlot(new Address(X + 8), 8, AccessMode.Write));
        run.Sink.Hits.Select(Describe).Should().Equal("next 0->9", "pair 000000000000000000000000->050000000000000000000000");
        run.Sink.Hits.Should().OnlyContain(hit => hit.Changed == true);
    }

    [Fact]
    public async Task ConditionsAreHeldAgainstTheWatchsOwnBytes()
    {
        WatchRun run = Create(condition: new Condition("new == 7", [
            new ConditionStep(ConditionOperation.Variable, 1, 0, 0, (uint)ConditionVariable.New, 0), new ConditionStep(ConditionOperation.Constant, 2, 0, 0, 0, 7),
            new ConditionStep(ConditionOperation.Equal, 0, 1, 2, 0, 0)]));
        run.Machine.At(2, () => run.Machine.Store(Field(0, 7)));
        run.Machine.At(3, () => run.Machine.Store(Field(1, 6)));
        run.Machine.At(4, () => run.Machine.Store(Field(1, 7)));
        await run.RunAsync();
        run.Sink.Hits.Select(Describe).Should().Equal("f0 0->7", "f1 6->7");
        run.Sink.Coverage.Hits.Filtered.Should().Be(1);
        run.Sink.Coverage.Complete.Should().BeTrue(string.Join("; ", run.Sink.Coverage.Gaps));
    }

    /// <summary>Its register is its own, and yet the kernel cannot decide by the register's value.</summary>
    [Fact]
    public async Task AWatchWhoseEndIsWidenedIsHeldAgainstItsOwnBytes()
    {
        WatchRun run = new() { For = TimeSpan.FromMilliseconds(60) };
        run.Machine.Define("tag", X, 3);
        run.Watch("tag");
        run.Requests[0] = run.Requests[0] with { Filter = HitFilter.None with { ChangesOnly = true } };
        for (ulong i = 1; i <= 3; i++)
        {
            run.Machine.Define($"far{i}", X + (64 * i), 8);
            run.Watch($"far{i}");
        }

        run.Machine.At(2, () => run.Machine.Store(new StoreAct { Address = X, Length = 2, Value = 5 }.Says()));
        run.Machine.At(3, () => run.Machine.Store(new StoreAct { Address = X + 3, Length = 1, Value = 9 }.Says()));
        run.Machine.At(4, () => run.Machine.Store(new StoreAct { Address = X + 2, Length = 2, Value = 0x700 }.Says()));
        run.Machine.At(5, () => run.Machine.Store(new StoreAct { Address = X + 2, Length = 1, Value = 1 }.Says()));
        await run.RunAsync();
        run.Sink.Hits.Select(Describe).Should().Equal("tag 0->5", "tag 5->65541");
        run.Sink.Coverage.Hits.Should().BeEquivalentTo(new { Counted = 4, Filtered = 1, Beside = 1, Reported = 2 }, "what changes the byte behind it does not change it");
        run.Sink.Notes.Should().Contain($"tag has one debug register of 4 bytes at 0x{X:x}, for there are more watched pieces than registers: "
            + "a hit of the bytes beside it is told apart by the instruction's operand, or else by the bytes that change");
        run.Sink.Coverage.Complete.Should().BeTrue(string.Join("; ", run.Sink.Coverage.Gaps));
    }

    [Fact]
    public async Task WhatMustBeDecidedAtTheHitSharesNothing()
    {
        WatchRun run = Create(condition: new Condition("new == g", [
            new ConditionStep(ConditionOperation.Constant, 1, 0, 0, 0, X + 64), new ConditionStep(ConditionOperation.Load, 0, 1, 0, 4, 0)]));
        Func<Task> attempt = run.RunAsync;
        (await attempt.Should().ThrowAsync<UserException>()).WithMessage(
            "too few debug registers: *f0 shares none with its neighbours, for its condition reads other memory at the hit, *; watch fewer or smaller objects, or let them take turns (--rotate)");
        WatchRun other = Create();
        other.Requests[0] = other.Requests[0] with { Reaction = new HitReaction { Actions = [new HitAction(ActionKind.Stop, "stop") { Signal = 19 }] } };
        await other.RunAsync();
        other.Sink.Coverage.Sharings.Select(sharing => SharingTally.Join(sharing.Watches)).Should().Equal("f2 and f3", "f4 and f5");
        other.Sink.Armed[0].Slots.Single().Length.Should().Be(4, "the signal is sent at the hit, and the kernel knows the register only");
    }

    [Fact]
    public async Task AChildsHitsAreToldApartToo()
    {
        WatchRun run = Create(followFork: true);
        run.Machine.At(2, () => run.Machine.Store(Field(0, 7)));
        run.Machine.At(5, () => run.Machine.Fork(FakeMachine.Root, 200));
        run.Machine.At(8, () => run.Machine.Store(Field(1, 5) with { Process = 200, Thread = 200 }));
        run.Machine.At(9, () => run.Machine.Store(Field(0, 8) with { Process = 200, Thread = 200 }));
        await run.RunAsync();
        run.Sink.Hits.Select(Describe).Should().Equal("f0 0->7", "f1 0->5", "f0 7->8");
        run.Sink.Coverage.Sharings.Should().HaveCount(2, "the family has one account");
        IsWhole(run, hits: 3);
    }

    [Fact]
    public async Task ADroppedHitsValueIsRememberedByNobody()
    {
        WatchRun run = Create();
        run.Machine.At(2, () => run.Machine.Store(Field(0, 1)));
        run.Machine.At(3, () => run.Machine.Source.RingRoom = 0);
        run.Machine.At(4, () => run.Machine.Store(Field(0, 2)));
        run.Machine.At(5, () => run.Machine.Source.RingRoom = 100);
        run.Machine.At(6, () => run.Machine.Store(Field(0, 3)));
        await run.RunAsync();
        run.Sink.Hits.Select(Describe).Should().Equal("f0 0->1", "f0 2->3");
        run.Sink.Coverage.Hits.Dropped.Should().Be(1);
    }

    [Fact]
    public async Task WhoHasRoomTogetherTakesNoTurns()
    {
        WatchRun run = Create(turn: TimeSpan.FromMilliseconds(20));
        run.Machine.At(2, () => run.Machine.Store(Field(5, 7)));
        await run.RunAsync();
        run.Sink.Coverage.Turns.Should().BeEmpty();
        run.Sink.Coverage.Sharings.Should().HaveCount(2);
        IsWhole(run, hits: 1);
    }

    [Fact]
    public async Task ALibraryThatGoesTakesTheSharedRegisterWithIt()
    {
        Mapping program = new(new Address(0x400000), new Address(0x500000), true, false, true, 0, 7, "/bin/first");
        Mapping library = new(new Address(X), new Address(X + 0x1000), true, true, false, 0, 8, "/lib/plugin.so");
        WatchRun run = Create(end: 2000);
        run.Machine.Main.Mappings = [program, library];
        for (int i = 0; i < 6; i++)
            run.Machine.Names[X + (4 * (ulong)i)] = $"f{i}";
        run.Machine.At(20, () => run.Machine.Store(Field(1, 7)));
        run.Machine.At(300, () => run.Machine.Main.Mappings = [program]);
        run.Machine.At(900, () => run.Machine.Arming.Occupied.Should().Be(0, "nobody has a register there"));
        await run.RunAsync();
        run.Sink.Hits.Select(Describe).Should().Equal("f1 0->7");
        run.Sink.Coverage.Hits.Counted.Should().Be(1);
        run.Sink.Coverage.Gaps.Should().Contain(gap => gap.StartsWith("f0 was in /lib/plugin.so")).And.Contain(gap => gap.StartsWith("f1 was in /lib/plugin.so"))
            .And.NotContain(gap => gap.Contains("counted"));
    }

    private static StoreAct Field(int field, ulong value, int width = 4) => new StoreAct { Address = X + (4 * (ulong)field), Length = width, Value = value }.Says();

    private static WatchRun Create(int width = 4, Condition? condition = null, bool followFork = false, TimeSpan? turn = null, int end = 100)
    {
        WatchRun run = new() { For = TimeSpan.FromMilliseconds(end), FollowFork = followFork, Turn = turn };
        for (int i = 0; i < 6; i++)
        {
            run.Machine.Define($"f{i}", X + (4 * (ulong)i), width, condition: condition);
            run.Watch($"f{i}");
        }

        return run;
    }

    private static void IsWhole(WatchRun run, int hits)
    {
        CoverageEvent coverage = run.Sink.Coverage;
        coverage.Complete.Should().BeTrue(string.Join("; ", coverage.Gaps));
        (coverage.Hits.Reported, coverage.Hits.Due).Should().Be((hits, hits));
        coverage.Hits.Counted.Should().Be(coverage.Hits.Recorded + coverage.Hits.Filtered);
    }

    private static string Describe(Hit hit) => $"{hit.Watch.Label} {hit.Old?.Text ?? "?"}->{hit.New?.Text ?? "?"}{(hit.Unsure ? " unsure" : "")}";
}
