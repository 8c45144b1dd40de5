// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using AwesomeAssertions;
using Livewatcher.Engine.Auditing;
using Livewatcher.Engine.Ordering;
using Livewatcher.Engine.Tests.Fakes;
using Livewatcher.Model;
using Xunit;

namespace Livewatcher.Engine.Tests.Auditing;

public sealed class AuditorTests
{
    private static readonly HardwareSlot Content = new(new Address(FakeMemory.Base), 4, AccessMode.Write);

    private readonly FakeMachine machine = new();
    private readonly Auditor auditor;
    private readonly AuditedSlot slot;

    public AuditorTests()
    {
        auditor = new Auditor(machine.Source, machine.Clock, TimeSpan.Zero);
        machine.Source.AddProcess(machine.Main.Id);
        machine.Source.SetSlot(machine.Main.Id, 0, Content, 0, 0);
        machine.Arming.Arm(machine.Main.Id, new Dictionary<int, HardwareSlot> { [0] = Content });
        slot = new AuditedSlot(machine.Main.Id, machine.Main.Memory, 0, Content, 0, FakeClock.Start);
        auditor.Watch([slot]);
    }

    [Fact]
    public void WhereMemoryAndHitsAgreeThereIsNothingToSay()
    {
        Store(1);
        Look(0).Should().BeEmpty();
        Look(100).Should().BeEmpty();
        slot.AgreedAt.Should().Be(FakeClock.At(100));
        auditor.Doubts.Should().BeFalse();
    }

    [Fact]
    public void ADifferenceIsASuspicionFirst()
    {
        Look(0);
        Store(7, lost: true);
        Look(3).Should().BeEmpty();
        auditor.Doubts.Should().BeTrue();
        Look(22).Should().BeEmpty("it has stood for 19 ms");
    }

    [Fact]
    public void ASuspicionThatStandsIsAnEscapedWriteBetweenTwoTimes()
    {
        Look(0);
        Store(7, lost: true);
        Look(3);
        SessionItem.Escaped escaped = Look(23).Should().ContainSingle().Which.Should().BeOfType<SessionItem.Escaped>().Subject;
        escaped.Should().Be(new SessionItem.Escaped(FakeClock.At(23), FakeClock.At(0), machine.Main.Id, 0, 0, 7));
    }

    [Fact]
    public void AnEscapeIsToldOnceAndThenAgreedOn()
    {
        Store(7, lost: true);
        Look(0);
        Look(20).Should().ContainSingle();
        Look(40).Should().BeEmpty();
        auditor.Doubts.Should().BeFalse();
        machine.Source.ReadAccount(machine.Main.Id, 0)!.Value.LastValue.Should().Be(7, "the next hit's old value is what memory held");
    }

    [Fact]
    public void AfterAnEscapeTheNextOneIsFoundToo()
    {
        Store(7, lost: true);
        Look(0);
        Look(20);
        Store(8, lost: true);
        Look(40).Should().BeEmpty();
        Look(60).Should().ContainSingle().Which.Should().Be(new SessionItem.Escaped(FakeClock.At(60), FakeClock.At(20), machine.Main.Id, 0, 7, 8));
    }

    [Fact]
    public void AHitOnItsWayIsNoEscape()
    {
        Look(0);
        Store(7, lost: true);
        Look(3);
        machine.Source.CorrectLastValue(machine.Main.Id, 0, 0, 7); // the record of that very store
        Look(23).Should().BeEmpty();
        auditor.Doubts.Should().BeFalse();
    }

    [Fact]
    public void AValueThatKeepsChangingWithoutAHitIsAnEscapeToo()
    {
        Look(0);
        for (int ms = 3; ms < 23; ms += 4)
        {
            Store((ulong)ms, lost: true);
            Look(ms).Should().BeEmpty("there may be hits on their way");
        }

        Store(23, lost: true);
        Look(23).Should().ContainSingle().Which.Should().Be(new SessionItem.Escaped(FakeClock.At(23), FakeClock.At(0), machine.Main.Id, 0, 0, 23));
        Store(24, lost: true);
        Look(24).Should().BeEmpty();
        Look(44).Should().ContainSingle().Which.Should().Be(new SessionItem.Escaped(FakeClock.At(44), FakeClock.At(23), machine.Main.Id, 0, 23, 24));
    }

    [Fact]
    public void AHitThatExplainsAnEarlierChangeRestartsTheSuspicion()
    {
        Look(0);
        Store(7, lost: true);
        Look(3);
        machine.Source.CorrectLastValue(machine.Main.Id, 0, 0, 7);
        Store(8, lost: true);
        Look(23).Should().BeEmpty("it is the second one, which has just come");
        Look(43).Should().ContainSingle();
    }

    [Fact]
    public void HitsInBetweenRestartTheSuspicion()
    {
        machine.Source.TracksValues = true;
        Look(0);
        Store(7, lost: true);
        Look(3);
        Store(7); // seen: the value that the record shows now is the same
        Look(23).Should().BeEmpty();
    }

    [Fact]
    public void UnreadableMemoryIsNoEscape()
    {
        Store(7, lost: true);
        Look(0);
        machine.Main.Space.Gone = true;
        Look(30).Should().BeEmpty();
        auditor.Doubts.Should().BeFalse();
    }

    [Fact]
    public void AProcessWithoutAnAccountIsLeftAlone()
    {
        Store(7, lost: true);
        Look(0);
        machine.Source.RemoveProcess(machine.Main.Id);
        Look(30).Should().BeEmpty();
    }

    [Fact]
    public void WithoutValuesAHitExplainsWhateverMemoryHolds()
    {
        machine.Source.TracksValues = false;
        Look(0);
        Store(7);
        Look(3).Should().BeEmpty();
        Look(30).Should().BeEmpty();
        slot.Agreed.Should().Be(7);
    }

    [Fact]
    public void WithoutValuesAChangeWithoutAHitIsAnEscape()
    {
        machine.Source.TracksValues = false;
        Store(7);
        Look(0);
        Look(3);
        Store(9, lost: true);
        Look(6);
        Look(26).Should().ContainSingle().Which.Should().Be(new SessionItem.Escaped(FakeClock.At(26), FakeClock.At(3), machine.Main.Id, 0, 7, 9));
    }

    /// <summary>A source that tracks values tells of execve(2) itself.</summary>
    [Theory]
    [InlineData(true, false)]
    [InlineData(true, true)]
    [InlineData(false, false)]
    [InlineData(false, true)]
    public void WhatAnotherProgramHasThereIsNoEscape(bool isReplaced, bool tracksValues)
    {
        machine.Source.TracksValues = tracksValues;
        auditor.Watch([new AuditedSlot(machine.Main.Id, machine.Main.Memory, 0, Content, 0, FakeClock.Start) { IsReplaced = () => isReplaced }]);
        Store(9, lost: true);
        Look(0);
        SessionItem[] expected = (isReplaced, tracksValues) switch
        {
            (true, true) => [],
            (true, false) => [new SessionItem.Execed(FakeClock.At(20), machine.Main.Id)],
            _ => [new SessionItem.Escaped(FakeClock.At(20), FakeClock.At(0), machine.Main.Id, 0, 0, 9)],
        };
        Look(20).Should().Equal(expected);
        Look(60).Should().BeEmpty("once is enough");
    }

    /// <summary>The memory of the new program is there before its auxiliary vector is, and before the kernel tells of it.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void InTheMidstOfAnExecNothingIsDecided(bool tracksValues)
    {
        machine.Source.TracksValues = tracksValues;
        bool? isReplaced = null;
        auditor.Watch([new AuditedSlot(machine.Main.Id, machine.Main.Memory, 0, Content, 0, FakeClock.Start) { IsReplaced = () => isReplaced }]);
        Store(9, lost: true);
        Look(0);
        Look(20).Should().BeEmpty();
        auditor.Doubts.Should().BeTrue();
        isReplaced = false; // it was something else
        Look(23).Should().ContainSingle().Which.Should().BeOfType<SessionItem.Escaped>();
    }

    [Fact]
    public void WithoutValuesTheRestAfterHitsIsToldOnce()
    {
        machine.Source.TracksValues = false;
        Store(7);
        Look(0);
        auditor.TakeRests(0).Should().BeEmpty("hits have just come");
        Look(3);
        auditor.TakeRests(FakeClock.At(3)).Should().Equal(new SessionItem.AtRest(FakeClock.At(3), machine.Main.Id, 0, 7));
        Look(6);
        auditor.TakeRests(FakeClock.At(6)).Should().BeEmpty();
    }

    /// <summary>All of a process's slots are read at once, which fails where one of them is not mapped any more.</summary>
    [Fact]
    public void WhatIsUnmappedDoesNotHideItsNeighbours()
    {
        machine.Main.Space.Limit = 64;
        AuditedSlot gone = Another(1, FakeMemory.Base + 64), last = Another(2, FakeMemory.Base + 8);
        auditor.Watch([slot, gone, last]);
        Look(0);
        Store(7, lost: true);
        machine.Main.Space.Write(FakeMemory.Base + 8, [9]);
        Look(3);
        Look(23).Should().BeEquivalentTo(
        [
            new SessionItem.Escaped(FakeClock.At(23), FakeClock.At(0), machine.Main.Id, 0, 0, 7),
            new SessionItem.Escaped(FakeClock.At(23), FakeClock.At(0), machine.Main.Id, 2, 0, 9),
        ]);
        (slot.Unreadable, gone.Unreadable, last.Unreadable).Should().Be((false, true, false));
    }

    /// <summary>More than are read at once, and of two processes.</summary>
    [Fact]
    public void EverySlotIsLookedAt()
    {
        FakeMemory other = new();
        AuditedSlot[] all =
        [
            .. Enumerable.Range(0, 11).Select(i => Another(i, FakeMemory.Base + (8 * (ulong)i))),
            .. Enumerable.Range(11, 2).Select(i => Another(i, FakeMemory.Base + (8 * (ulong)i), other)),
        ];
        auditor.Watch(all);
        Look(0);
        for (int i = 0; i < all.Length; i++)
            (i < 11 ? machine.Main.Space : other).Write(FakeMemory.Base + (8 * (ulong)i), [(byte)(i + 1)]);
        Look(3);
        Look(23).Cast<SessionItem.Escaped>().Select(escaped => (escaped.Slot, escaped.New)).Should().Equal(Enumerable.Range(0, 13).Select(i => (i, (ulong)i + 1)));
    }

    [Fact]
    public void BetweenTwoLooksIsTheIntervalUntilTheEnd()
    {
        Auditor slow = new(machine.Source, machine.Clock, TimeSpan.FromMilliseconds(100));
        slow.Watch([slot]);
        slow.Look(FakeClock.At(0));
        Store(7, lost: true);
        slow.Look(FakeClock.At(99));
        slow.Doubts.Should().BeFalse("nobody has looked");
        slow.Look(FakeClock.At(100));
        slow.Doubts.Should().BeTrue();
        slow.Look(FakeClock.At(130)).Should().BeFalse("the next look is at 200 ms");
        slow.Conclude();
        slow.Look(FakeClock.At(131)).Should().BeTrue("it is the last chance");
    }

    [Fact]
    public void ASlotIsReadLittleEndianAndNoFurther()
    {
        machine.Main.Space.Write(FakeMemory.Base, [1, 2, 3, 4, 5, 6, 7, 8]);
        Auditor.TryReadValue(machine.Main.Memory, Content, out ulong four).Should().BeTrue();
        four.Should().Be(0x04030201);
        Auditor.TryReadValue(machine.Main.Memory, new HardwareSlot(new Address(1), 8, AccessMode.Write), out _).Should().BeFalse();
    }

    /// <summary>What the drain loop does after a drain.</summary>
    private List<SessionItem> Look(double milliseconds) =>
        auditor.Look(FakeClock.At(milliseconds)) ? [.. auditor.Confirm(FakeClock.At(milliseconds))] : [];

    private AuditedSlot Another(int number, ulong address, FakeMemory? memory = null)
    {
        HardwareSlot content = new(new Address(address), 4, AccessMode.Write);
        machine.Source.SetSlot(machine.Main.Id, number, content, 0, 0);
        return new AuditedSlot(machine.Main.Id, memory ?? machine.Main.Space, number, content, 0, FakeClock.Start);
    }

    private void Store(ulong value, bool lost = false) =>
        machine.Store(new StoreAct { Address = FakeMemory.Base, Value = value, Lost = lost });
}
