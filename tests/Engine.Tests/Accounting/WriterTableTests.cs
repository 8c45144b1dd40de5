// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using AwesomeAssertions;
using Livewatcher.Engine.Accounting;
using Livewatcher.Engine.Tests.Fakes;
using Livewatcher.Model;
using Xunit;

namespace Livewatcher.Engine.Tests.Accounting;

public sealed class WriterTableTests
{
    private static readonly Watch State = new(
        new WatchRequest("g_state", AccessMode.Write), new Address(0x1000), 4, NumberFormat.Instance, "int", null);

    private readonly WriterTable table = new();
    private long sequence;

    [Fact]
    public void OneStackIsOneWriter()
    {
        Add(0xa, 1);
        Add(0xa, 2);
        Add(0xb, 3);
        Rows().Select(row => (row.Stack.Frames[0].Address.Value, row.Count)).Should().BeEquivalentTo([(0xaUL, 2L), (0xbUL, 1L)]);
    }

    /// <summary>What a stack knows of itself is no part of it, and is not another's that is made of it.</summary>
    [Fact]
    public void AFingerprintIsOfTheFrames()
    {
        CallStack known = Hit(0xa, 1).Stack, unknown = known with { };
        long print = known.Fingerprint();
        known.Should().Be(unknown);
        known.GetHashCode().Should().Be(unknown.GetHashCode());
        unknown.Fingerprint().Should().Be(print);
        (known with { Frames = [.. known.Frames, .. known.Frames] }).Fingerprint().Should().NotBe(print);
        (known with { CutShort = "no more stack" }).Fingerprint().Should().Be(print);
    }

    [Fact]
    public void WatchAndInstructionAndCallTellWritersApart()
    {
        Hit hit = Hit(0xa, 1);
        table.Add(hit);
        table.Add(hit with { Watch = State with { Request = State.Request with { Expression = "other" } } });
        table.Add(hit with { Instruction = new Instruction(new Address(9), "inc", false, null, null) });
        table.Add(hit with { SystemCall = "read(3, 0x1000, 4)" });
        table.Add(hit with { SystemCall = "write(3, 0x1000, 4)" });
        Rows().Should().HaveCount(5);
    }

    [Fact]
    public void OneCallWithOtherArgumentsIsTheSameWriter()
    {
        table.Add(Hit(0xa, 1) with { SystemCall = "read(3, 0x1000, 4)" });
        table.Add(Hit(0xa, 2) with { SystemCall = "read(4, 0x1000, 8)" });
        Rows().Should().ContainSingle().Which.SystemCall.Should().Be("read");
    }

    [Fact]
    public void ThoseThatChangeTheValueComeFirstThenTheRarestThenTheNewest()
    {
        Add(0xa, 1, changed: false);
        AddMany(0xb, 5);
        Add(0xc, 6);
        Add(0xd, 7);
        List<WriterRow> rows = Rows();
        rows.Select(row => row.Stack.Frames[0].Address.Value).Should().Equal(0xd, 0xc, 0xb, 0xa);
        rows.Select(row => row.Rank).Should().Equal(1, 2, 3, 4);
    }

    [Fact]
    public void CountsChangesAndTimes()
    {
        Add(0xa, 1);
        Add(0xa, 1, changed: false);
        Add(0xa, 2);
        WriterRow row = Rows().Single();
        (row.Count, row.Changes).Should().Be((3, 2));
        row.First.Should().Be(FakeClock.Wall(1));
        row.Last.Should().Be(FakeClock.Wall(3));
    }

    [Fact]
    public void TheOnlyWriterIsCalledThat()
    {
        AddMany(0xa, 10);
        Rows().Single().Reason.Should().Be("the only one");
    }

    [Fact]
    public void SaysItsShareAndWhatOnlyItWrites()
    {
        AddMany(0xa, 4000);
        Add(0xb, 99999);
        Rows()[0].Reason.Should().Be("1 of 4,001 hits, only writer of 99999");
        Rows()[1].Reason.Should().Be("4,000 of 4,001 hits");
    }

    [Fact]
    public void SeveralValuesOfItsOwn()
    {
        Add(0xa, 1);
        Add(0xa, 2);
        Add(0xb, 3);
        Rows().Single(row => row.Count == 2).Reason.Should().Be("2 of 3 hits, only writer of its values");
    }

    [Fact]
    public void ASharedValueIsNobodysOwn()
    {
        Add(0xa, 1);
        Add(0xb, 1);
        Rows().Select(row => row.Reason).Should().OnlyContain(reason => reason == "1 of 2 hits");
    }

    [Fact]
    public void AValueOfAnotherWatchDoesNotCount()
    {
        Add(0xa, 1);
        Add(0xb, 2);
        table.Add(Hit(0xc, 1) with { Watch = State with { Request = State.Request with { Expression = "other" } } });
        Rows().Single(row => row.Stack.Frames[0].Address.Value == 0xa).Reason.Should().Be("1 of 2 hits, only writer of 1");
    }

    [Fact]
    public void NobodyIsTheOnlyWriterWhereAnotherOnesValueIsUnknown()
    {
        Add(0xa, 1);
        table.Add(Hit(0xb, 2) with { New = null, Changed = null });
        Rows().Single(row => row.Stack.Frames[0].Address.Value == 0xa).Reason.Should().Be("1 of 2 hits");
    }

    [Fact]
    public void NobodyIsTheOnlyWriterWhereValuesAreTooManyToCount()
    {
        AddMany(0xa, 5000);
        Add(0xb, 4999);
        Rows()[0].Reason.Should().Be("1 of 5,001 hits");
        Rows()[1].ValueCount.Should().Be(4096);
    }

    [Fact]
    public void WhoNeverChangesTheValueIsToldSo()
    {
        Add(0xa, 1, changed: false);
        Add(0xb, 2);
        Rows()[1].Reason.Should().Be("1 of 2 hits, only writer of 1, never changes the value");
    }

    [Fact]
    public void AnExecutionHasNoValueToSpeakOf()
    {
        Hit hit = Hit(0xa, 1) with { New = null, Old = null, Changed = null };
        table.Add(hit);
        table.Add(hit with { Stack = Stack(0xb) });
        Rows().Select(row => row.Reason).Should().OnlyContain(reason => reason == "1 of 2 hits");
    }

    [Fact]
    public void ShowsEightThreadsAndValuesAndCountsAll()
    {
        for (int i = 0; i < 20; i++)
            table.Add(Hit(0xa, (ulong)i) with { Thread = new ThreadId(i), ThreadName = $"w{i}" });
        WriterRow row = Rows().Single();
        row.Threads.Should().HaveCount(8).And.StartWith("w0 (0)");
        row.ThreadCount.Should().Be(20);
        row.Values.Select(value => value.Text).Should().Equal("0", "1", "2", "3", "4", "5", "6", "7");
        row.ValueCount.Should().Be(20);
    }

    [Fact]
    public void AnEscapedWriteHasNoWriter()
    {
        table.Add(Hit(0xa, 1) with { EscapedSince = FakeClock.Wall(0) });
        Rows().Should().BeEmpty();
    }

    [Fact]
    public void WritersWithoutEndShareARow()
    {
        for (ulong i = 0; i < 20_100; i++)
            table.Add(Hit(0x1000 + i, i));
        List<WriterRow> rows = Rows();
        rows.Should().HaveCount(20_001);
        WriterRow rest = rows.Single(row => row.Stack.Frames.Count == 0);
        rest.Count.Should().Be(100);
        rest.Instruction.Should().BeNull();
        rest.Stack.CutShort.Should().Contain("20,000");
    }

    [Fact]
    public void ALongRunWithManyWritersAndValuesStaysSmall()
    {
        for (ulong i = 0; i < 1_000_000; i++)
            table.Add(Hit(0x1000 + (i % 500), i));
        Rows().Sum(row => (long)row.ValueCount).Should().BeLessThanOrEqualTo(1 << 17);
        Rows().Sum(row => row.Count).Should().Be(1_000_000);
    }

    private List<WriterRow> Rows() => [.. table.Rank()];

    private void AddMany(ulong frame, ulong count)
    {
        for (ulong i = 0; i < count; i++)
            Add(frame, i);
    }

    private void Add(ulong frame, ulong value, bool changed = true) => table.Add(Hit(frame, value) with { Changed = changed });

    private Hit Hit(ulong frame, ulong value) => new()
    {
        Sequence = ++sequence,
        Time = FakeClock.Wall(sequence),
        Watch = State,
        Address = State.Address,
        Old = null,
        New = new Value(ValueKind.Integer, $"{value}", value),
        Changed = true,
        Process = new ProcessId(1),
        Thread = new ThreadId(1),
        ThreadName = "main",
        Instruction = new Instruction(new Address(frame), "mov", true, null, null),
        Stack = Stack(frame),
    };

    private static CallStack Stack(ulong frame) => new([new Frame(new Address(frame), "p", "f", 0, null, 0, false)], null);
}
