// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using AwesomeAssertions;
using Livewatcher.Engine.Tests.Fakes;
using Livewatcher.Model;
using Xunit;

namespace Livewatcher.Engine.Tests.Watching;

public sealed class NamingTests
{
    private const ulong X = FakeMemory.Base;

    [Fact]
    public async Task AHitHasEverythingThatIsKnownOfIt()
    {
        WatchRun run = Create(("x", X, 4, AccessMode.Write));
        run.Machine.At(2, () => run.Machine.Store(new StoreAct { Address = X, Value = 5, Thread = 104, ThreadName = "worker", Rip = 0x401234 }));
        await run.RunAsync();
        Hit hit = run.Sink.Hits.Should().ContainSingle().Subject;
        hit.Should().BeEquivalentTo(new
        {
            Sequence = 1L,
            Address = new Address(X),
            Access = AccessMode.Write,
            Changed = true,
            Process = new ProcessId(FakeMachine.Root),
            Thread = new ThreadId(104),
            ThreadName = "worker",
            Cpu = 0,
            Origin = HitOrigin.User,
            SystemCall = (string?)null,
            Merged = 1,
            Recovered = false,
            Escaped = false,
        });
        (hit.Old!.Text, hit.New!.Text).Should().Be(("0", "5"));
        hit.Stack.Frames[0].Function.Should().Be("f_401234");
        hit.Instruction!.Address.Value.Should().Be(0x401231);
        hit.Time.Should().BeAfter(FakeClock.Wall(2)).And.BeBefore(FakeClock.Wall(6));
    }

    [Fact]
    public async Task TheSameValueAgainIsAHitWithoutAChange()
    {
        WatchRun run = Create(("x", X, 4, AccessMode.Write));
        run.Machine.At(2, () => run.Machine.Store(new StoreAct { Address = X, Value = 5 }));
        run.Machine.At(4, () => run.Machine.Store(new StoreAct { Address = X, Value = 5 }));
        await run.RunAsync();
        run.Sink.Hits.Select(hit => hit.Changed).Should().Equal(true, false);
    }

    [Fact]
    public async Task AStoreOverSeveralSlotsOfOneWatchIsOneHit()
    {
        WatchRun run = Create(("x", X, 16, AccessMode.Write));
        run.Machine.At(2, () => run.Machine.Store(new StoreAct { Address = X, Length = 16, Value = 0x0807060504030201, HighValue = 0x100f0e0d0c0b0a09 }));
        await run.RunAsync();
        Hit hit = run.Sink.Hits.Should().ContainSingle().Subject;
        hit.New!.Text.Should().Be("0102030405060708090a0b0c0d0e0f10");
        hit.Old!.Text.Should().Be(new string('0', 32));
        hit.Merged.Should().Be(2);
        run.Sink.Coverage.Hits.Should().BeEquivalentTo(new { Recorded = 2L, Merged = 1L, Reported = 1L });
        run.Sink.Coverage.Complete.Should().BeTrue();
    }

    [Fact]
    public async Task APartOfAnObjectShowsTheWholeObject()
    {
        WatchRun run = Create(("x", X, 12, AccessMode.Write));
        run.Machine.At(2, () => run.Machine.Store(new StoreAct { Address = X, Length = 1, Value = 0xaa }));
        run.Machine.At(4, () => run.Machine.Store(new StoreAct { Address = X + 8, Length = 2, Value = 0xbbbb, Rip = 0x401013 }));
        await run.RunAsync();
        run.Sink.Hits.Select(hit => $"{hit.Old!.Text} {hit.New!.Text}").Should().Equal(
            "000000000000000000000000 aa0000000000000000000000",
            "aa0000000000000000000000 aa00000000000000bbbb0000");
    }

    [Fact]
    public async Task OneInstructionOnTwoWatchesIsAHitOfEach()
    {
        WatchRun run = Create(("x", X, 4, AccessMode.Write), ("y", X + 4, 4, AccessMode.Write));
        run.Machine.At(2, () => run.Machine.Store(new StoreAct { Address = X, Length = 8, Value = 0x200000001 }));
        await run.RunAsync();
        run.Sink.Hits.Select(hit => $"{hit.Watch.Label}={hit.New!.Text}").Should().Equal("x=1", "y=2");
        run.Sink.Hits.Select(hit => hit.Sequence).Should().Equal(1, 2);
    }

    [Fact]
    public async Task OneRegisterThatTwoWatchesShareIsReportedForBoth()
    {
        WatchRun run = Create(("x", X, 4, AccessMode.Write), ("alias", X, 4, AccessMode.Write));
        run.Machine.At(2, () => run.Machine.Store(new StoreAct { Address = X, Value = 5 }));
        await run.RunAsync();
        run.Sink.Hits.Select(hit => $"{hit.Watch.Label}={hit.New!.Text}").Should().Equal("x=5", "alias=5");
        run.Sink.Coverage.Hits.Should().BeEquivalentTo(new { Recorded = 1L, Shared = 1L, Merged = 0L, Reported = 2L });
        run.Sink.Coverage.Complete.Should().BeTrue();
    }

    [Fact]
    public async Task WhatIsBeyondTheLimitIsAccountedFor()
    {
        WatchRun run = Create(3, ("x", X, 4, AccessMode.Write), ("y", X + 4, 4, AccessMode.Write));
        run.Machine.At(2, () =>
        {
            for (ulong i = 1; i <= 4; i++)
                run.Machine.Store(new StoreAct { Address = X, Length = 8, Value = i << 32 | i, Rip = 0x401000 + (16 * i) });
        });
        await run.RunAsync();
        run.Sink.Hits.Should().HaveCount(3);
        run.Sink.Coverage.Hits.Should().BeEquivalentTo(new { Recorded = 8L, Withheld = 5L, Reported = 3L });
        run.Sink.Coverage.Complete.Should().BeTrue();
    }

    [Fact]
    public async Task ARegisterThatTheProcessorNamedWithoutCauseIsNoHit()
    {
        WatchRun run = Create(("x", X, 4, AccessMode.Write), ("y", X + 64, 4, AccessMode.Write));
        run.Machine.NamesAlso = X + 64;
        run.Machine.Proven = hit => hit.Address.Value == X;
        run.Machine.At(2, () => run.Machine.Store(new StoreAct { Address = X, Value = 5 }));
        await run.RunAsync();
        run.Sink.Hits.Should().ContainSingle().Which.Watch.Label.Should().Be("x");
        run.Sink.Coverage.Hits.Should().BeEquivalentTo(new { Recorded = 2L, Spurious = 1L, Merged = 0L, Reported = 1L });
        run.Sink.Coverage.Complete.Should().BeTrue();
    }

    [Fact]
    public async Task ASpuriousOneThatComesLateIsKnownByItsInstruction()
    {
        WatchRun run = Create(("x", X, 4, AccessMode.Write), ("y", X + 64, 4, AccessMode.Write));
        run.Machine.Proven = hit => hit.Address.Value == X;
        run.Machine.At(2, () => run.Machine.Store(new StoreAct { Address = X, Value = 5 }));
        run.Machine.At(30, () => run.Machine.NameAgain(new StoreAct { Address = X + 64 }));
        await run.RunAsync();
        run.Sink.Hits.Should().ContainSingle().Which.Watch.Label.Should().Be("x");
        run.Sink.Coverage.Hits.Should().BeEquivalentTo(new { Recorded = 2L, Spurious = 1L, Reported = 1L });
        run.Sink.Coverage.Complete.Should().BeTrue();
    }

    /// <summary>As where the other one is an access watch, and the instruction a load into its own address register.</summary>
    [Theory]
    [InlineData(false, 1)]
    [InlineData(true, 2)]
    public async Task WhatTheInstructionExcludesIsSpuriousWhereItMayHaveTouchedTheOther(bool changes, int reported)
    {
        WatchRun run = Create(("x", X, 4, AccessMode.Access), ("y", X + 64, 4, AccessMode.Write));
        run.Machine.NamesAlso = X + 64;
        run.Machine.Proven = _ => false;
        run.Machine.Excluded = hit => hit.Address.Value == X + 64;
        run.Machine.At(2, () =>
        {
            if (changes)
                run.Machine.Store(new StoreAct { Address = X + 64, Value = 9, Thread = 7, Lost = true });
            run.Machine.Store(new StoreAct { Address = X, Value = 5 });
        });
        await run.RunAsync();
        run.Sink.Hits.Should().HaveCount(reported);
        run.Sink.Coverage.Hits.Spurious.Should().Be(2 - reported);
    }

    /// <summary>On a backend that sees no values. Another access watch may have been read by it.</summary>
    [Theory]
    [InlineData(true, AccessMode.Write, 1)]
    [InlineData(false, AccessMode.Write, 2)]
    [InlineData(true, AccessMode.Access, 2)]
    public async Task AnInstructionThatOnlyReadsHasStoredNowhere(bool onlyReads, AccessMode other, int reported)
    {
        WatchRun run = Create(("x", X, 4, AccessMode.Access), ("y", X + 64, 4, other));
        run.Machine.Source.TracksValues = false;
        run.Machine.NamesAlso = X + 64;
        run.Machine.Proven = _ => false;
        run.Machine.Excluded = hit => hit.Address.Value == X + 64;
        run.Machine.OnlyReads = onlyReads;
        run.Machine.At(2, () => run.Machine.Store(new StoreAct { Address = X, Value = 0 }));
        await run.RunAsync();
        run.Sink.Hits.Select(hit => hit.Watch.Label).Should().Contain("x").And.HaveCount(reported);
        run.Sink.Coverage.Hits.Should().BeEquivalentTo(new { Recorded = 2L, Spurious = 2L - reported, Reported = (long)reported });
    }

    [Fact]
    public async Task AChangeThatASpuriousOneHasSeenIsTheNextHits()
    {
        WatchRun run = Create(("x", X, 4, AccessMode.Write), ("y", X + 64, 4, AccessMode.Write));
        run.Machine.Proven = hit => hit.Address.Value == X || hit.Thread.Value == 7;
        run.Machine.Excluded = hit => !run.Machine.Proven(hit);
        run.Machine.At(2, () =>
        {
            // Thread 7 has stored into y, its #DB is still to come; thread 100 stores into x, and the processor names y as well.
            run.Machine.Store(new StoreAct { Address = X + 64, Value = 9, Thread = 7, Lost = true });
            run.Machine.NamesAlso = X + 64;
            run.Machine.Store(new StoreAct { Address = X, Value = 5 });
            run.Machine.NamesAlso = null;
            run.Machine.NameAgain(new StoreAct { Address = X + 64, Thread = 7, Rip = 0x402003 });
        });
        await run.RunAsync();
        run.Sink.Hits.Select(hit => $"{hit.Watch.Label} {hit.Old!.Text}->{hit.New!.Text} {hit.Changed}").Should().Equal("x 0->5 True", "y 0->9 True");
        run.Sink.Coverage.Hits.Spurious.Should().Be(1);
    }

    [Fact]
    public async Task ARegisterWhoseValueChangedIsNeverTakenForSpurious()
    {
        WatchRun run = Create(("x", X, 4, AccessMode.Write), ("y", X + 4, 4, AccessMode.Write));
        run.Machine.Proven = hit => hit.Address.Value == X;
        run.Machine.At(2, () => run.Machine.Store(new StoreAct { Address = X, Length = 8, Value = 0x200000001 }));
        await run.RunAsync();
        run.Sink.Hits.Should().HaveCount(2);
        run.Sink.Coverage.Hits.Spurious.Should().Be(0);
    }

    [Fact]
    public async Task AnExecutionHasNoValues()
    {
        WatchRun run = Create(("f", 0x401000, 1, AccessMode.Execute));
        run.Machine.At(2, () => run.Machine.Execute(new StoreAct { Rip = 0x401000 }));
        await run.RunAsync();
        Hit hit = run.Sink.Hits.Should().ContainSingle().Subject;
        (hit.Old, hit.New, hit.Changed).Should().Be((null, null, null));
        hit.Access.Should().Be(AccessMode.Execute);
        run.Sink.Armed.Single().Initial.Should().BeNull();
    }

    [Fact]
    public async Task ACallThatWritesIsOneHitWithItsName()
    {
        WatchRun run = Create(("x", X, 8, AccessMode.Write));
        run.Machine.At(2, () =>
        {
            for (ulong i = 1; i <= 8; i++)
            {
                run.Machine.Store(new StoreAct
                {
                    Address = X + i - 1,
                    Length = 1,
                    Value = i,
                    OrigRax = 0,
                    Kernel = new KernelContext(0xffffffff81000000, X + i, 8 - i),
                });
            }
        });
        await run.RunAsync();
        Hit hit = run.Sink.Hits.Should().ContainSingle().Subject;
        hit.SystemCall.Should().Be("call0(1, 2)");
        hit.Origin.Should().Be(HitOrigin.Kernel);
        hit.Merged.Should().Be(8);
        (hit.Old!.Number, hit.New!.Number).Should().Be((0, 0x0807060504030201));
    }

    [Fact]
    public async Task ADescriptorIsWhatItWasWhenTheHitWasDrained()
    {
        WatchRun run = Create(("x", X, 8, AccessMode.Write));
        run.Machine.Main.Descriptor = "/var/lib/x.db";
        run.Machine.At(2, () => run.Machine.Store(new StoreAct
        {
            Address = X,
            Length = 8,
            Value = 1,
            OrigRax = 0,
            Rdi = 1,
            Kernel = new KernelContext(0xffffffff81000000, X + 8, 0),
        }));
        run.Machine.At(6, () => run.Machine.Main.Descriptor = null); // closed before the hit is old enough to be named
        await run.RunAsync();
        run.Sink.Hits.Should().ContainSingle().Which.SystemCall.Should().Be("call0(1 </var/lib/x.db>, 2)");
    }

    [Fact]
    public async Task WithoutValuesInTheRecordsTheRegistersTell()
    {
        WatchRun run = Create(("x", X, 4, AccessMode.Write));
        run.Machine.Source.TracksValues = false;
        run.Machine.Tell(0x401003, 0, 5);
        run.Machine.At(2, () => run.Machine.Store(new StoreAct { Address = X, Value = 5 }));
        await run.RunAsync();
        Hit hit = run.Sink.Hits.Should().ContainSingle().Subject;
        (hit.Old!.Text, hit.New!.Text, hit.Changed).Should().Be(("0", "5", true));
    }

    [Fact]
    public async Task AValueThatNobodyCouldTellIsNotTheNextOnesOldValue()
    {
        WatchRun run = Create(("x", X, 4, AccessMode.Write));
        run.Machine.Source.TracksValues = false;
        run.Machine.Tell(0x401003, 0, 8);
        run.Machine.At(2, () =>
        {
            run.Machine.Store(new StoreAct { Address = X, Value = 7, Rip = 0x402000 });
            run.Machine.Store(new StoreAct { Address = X, Value = 8, Rip = 0x401003 });
            run.Machine.Store(new StoreAct { Address = X, Value = 8, Rip = 0x401003 });
        });
        await run.RunAsync();
        run.Sink.Hits.Select(hit => $"{hit.Old?.Text ?? "?"} {hit.New?.Text ?? "?"} {hit.Changed}").Should().Equal("0 ? ", "? 8 ", "8 8 False");
    }

    [Fact]
    public async Task MemoryAtRestTellsWhatTheRegistersDidNot()
    {
        WatchRun run = Create(("x", X, 4, AccessMode.Write));
        run.Machine.Source.TracksValues = false;
        run.Machine.Tell(0x401003, 0, 8);
        run.Machine.At(2, () => run.Machine.Store(new StoreAct { Address = X, Value = 7, Rip = 0x402000 }));
        run.Machine.At(30, () => run.Machine.Store(new StoreAct { Address = X, Value = 8, Rip = 0x401003 }));
        await run.RunAsync();
        run.Sink.Hits.Select(hit => $"{hit.Old?.Text ?? "?"} {hit.New?.Text ?? "?"}").Should().Equal("0 ?", "7 8");
        run.Sink.Coverage.Complete.Should().BeTrue();
    }

    private static WatchRun Create(params (string Name, ulong Address, int Length, AccessMode Mode)[] watches) => Create(null, watches);

    private static WatchRun Create(long? maxHits, params (string Name, ulong Address, int Length, AccessMode Mode)[] watches)
    {
        WatchRun run = new() { For = TimeSpan.FromMilliseconds(60), MaxHits = maxHits };
        foreach ((string name, ulong address, int length, AccessMode mode) in watches)
        {
            run.Machine.Define(name, address, length, mode);
            run.Watch(name, mode);
        }

        return run;
    }
}
