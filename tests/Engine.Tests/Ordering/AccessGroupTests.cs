// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using AwesomeAssertions;
using Livewatcher.Engine.Ordering;
using Livewatcher.Engine.Tests.Fakes;
using Livewatcher.Model;
using Xunit;

namespace Livewatcher.Engine.Tests.Ordering;

public sealed class AccessGroupTests
{
    private const ulong Start = FakeClock.Start;
    private const ulong Here = FakeMemory.Base;

    [Fact]
    public void ASecondHitOfTheSameSlotIsAnotherStore() =>
        Takes(Hits.User(Start), Hits.User(Start + 1000)).Should().BeFalse();

    [Fact]
    public void AnotherInstructionIsAnotherStore() =>
        Takes(Hits.User(Start), Hits.User(Start + 1000, slot: 1, rip: 0x401007)).Should().BeFalse();

    [Fact]
    public void OtherRegistersAreAnotherPassOfTheLoop() =>
        Takes(Hits.User(Start, rax: 1), Hits.User(Start + 1000, slot: 1, rax: 2)).Should().BeFalse();

    [Fact]
    public void AVirtualProcessorMayStandStillBetweenTheSlotsOfOneStore() =>
        Takes(Hits.User(Start), Hits.User(Start + 4_000_000, slot: 1)).Should().BeTrue();

    [Fact]
    public void TheSameInstructionOnTheSameSlotHasRunAgain() =>
        Takes(Hits.User(Start), Hits.User(Start + 1000)).Should().BeFalse();

    [Fact]
    public void AHitFromBeforeIsNoContinuation() =>
        Takes(Hits.User(Start), Hits.User(Start - 1000, slot: 1)).Should().BeFalse();

    [Fact]
    public void AUserHitDoesNotContinueACallNorACallAUserHit()
    {
        Takes(Hits.Kernel(Start, Here + 1), Hits.User(Start + 1000, slot: 1)).Should().BeFalse();
        Takes(Hits.User(Start), Hits.Kernel(Start + 1000, Here + 1, slot: 1)).Should().BeFalse();
    }

    [Theory]
    [InlineData(1, 7, true, "seven bytes are to come")]
    [InlineData(0, 8, false, "eight bytes at once say the same as the first of a loop")]
    [InlineData(8, 4000, false, "the rest is not for this slot")]
    public void AThreadMayBeKeptFromRunningInTheMidstOfACopy(ulong stored, ulong left, bool more, string why) =>
        Takes(
            Hits.Kernel(Start, Here + stored, left: left, length: 8),
            Hits.Kernel(Start + 100_000_000, Here + stored + 1, left: left - 1, length: 8)).Should().Be(more, why);

    [Fact]
    public void TheKernelsLoopForShortCopiesCountsAfterTheStore()
    {
        AccessGroup group = Group(Hits.Kernel(Start, Here, left: 4, length: 4));
        group.TryTake(Hits.Kernel(Start + 1000, Here + 1, left: 3, length: 4), null, null).Should().BeTrue();
        group.TryTake(Hits.Kernel(Start + 100_000_000, Here + 2, left: 2, length: 4), null, null).Should().BeTrue("two bytes were to come");
        group.TryTake(Hits.Kernel(Start + 100_001_000, Here + 3, left: 1, length: 4), null, null).Should().BeTrue();
        group.Patience.Should().Be(HitOrderer.Window, "that was the last one");
    }

    [Theory]
    [InlineData(4, 4, true, "three bytes are to come")]
    [InlineData(2, 2, true, "one byte is to come")]
    [InlineData(1, 4, false, "that was all")]
    [InlineData(5, 4, false, "who copies more than the slot may copy eight bytes at once")]
    public void AShortCopyIntoASmallSlotHasMoreToComeAfterItsFirstByte(ulong left, int length, bool more, string why) =>
        Takes(
            Hits.Kernel(Start, Here, left: left, length: length),
            Hits.Kernel(Start + 100_000_000, Here + 1, left: left - 1, length: length)).Should().Be(more, why);

    [Fact]
    public void TheCopyGoesUpwards()
    {
        Takes(Hits.Kernel(Start, Here + 1), Hits.Kernel(Start + 1000, Here + 2)).Should().BeTrue();
        Takes(Hits.Kernel(Start, Here + 8), Hits.Kernel(Start + 1000, Here + 1)).Should().BeFalse("a new call starts over");
        Takes(Hits.Kernel(Start, Here + 1), Hits.Kernel(Start + 1000, Here + 1)).Should().BeFalse("one byte is not written twice");
    }

    [Fact]
    public void AnUnrolledCopyHitsSeveralSlotsFromOnePlace() =>
        Takes(Hits.Kernel(Start, Here, slot: 0), Hits.Kernel(Start + 1000, Here, slot: 1)).Should().BeTrue();

    [Fact]
    public void ACopyIntoTheNextSlotIsTheSameCall() =>
        Takes(Hits.Kernel(Start, Here + 8, slot: 0), Hits.Kernel(Start + 1000, Here + 9, slot: 1)).Should().BeTrue();

    [Theory]
    [InlineData(1UL, FakeMemory.Base, "another call")]
    [InlineData(0UL, FakeMemory.Base + 0x1000, "another buffer")]
    public void AnotherCallIsAnotherAccess(ulong call, ulong buffer, string why) =>
        Takes(Hits.Kernel(Start, Here + 1), Hits.Kernel(Start + 1000, Here + 2, call: call, buffer: buffer)).Should().BeFalse(why);

    /// <summary>put_user() keeps its pointer in RCX (arch/x86/lib/putuser.S): RDI holds whatever the caller had there, often a
    /// kernel address that differs from call to call.</summary>
    [Fact]
    public void PutUserOfARepeatedCallIsOneAccessPerCall() =>
        Takes(Hits.Kernel(Start, 0xffff888100001000), Hits.Kernel(Start + 1000, 0xffff888100002000)).Should().BeFalse();

    [Fact]
    public void ACallDoesNotGoOnForEver() =>
        Takes(Hits.Kernel(Start, Here + 1), Hits.Kernel(Start + HitOrderer.Window, Here + 2)).Should().BeFalse();

    [Fact]
    public void ValuesReachFromBeforeTheFirstToAfterTheLast()
    {
        AccessGroup group = Group(Hits.User(Start, old: 1, now: 2));
        group.TryTake(Hits.User(Start + 1000, slot: 1), 10, 20).Should().BeTrue();
        group.Values.Should().BeEquivalentTo(new Dictionary<int, (ulong? Old, ulong? New)> { [0] = (1, 2), [1] = (10, 20) });
        group.Last.Time.Should().Be(Start + 1000);
    }

    [Fact]
    public void SiblingsThatTheProcessorDidNotNameAreIn()
    {
        AccessGroup group = Group(Hits.User(Start, old: 1, now: 2).With(new SlotChange(1, 10, 20)));
        group.Values.Should().BeEquivalentTo(new Dictionary<int, (ulong? Old, ulong? New)> { [0] = (1, 2), [1] = (10, 20) });
        group.Count.Should().Be(1, "siblings are no hits");
    }

    [Fact]
    public void ASiblingThatIsNamedAfterAllKeepsItsOldValue()
    {
        AccessGroup group = Group(Hits.User(Start, old: 1, now: 2).With(new SlotChange(1, 10, 20)));
        group.TryTake(Hits.User(Start + 1000, slot: 1), 20, 20).Should().BeTrue();
        group.Values[1].Should().Be((10UL, 20UL));
    }

    [Fact]
    public void RecoveredHitsFoldWithNothing()
    {
        RawHit recovered = new()
        {
            Time = Start,
            Process = new ProcessId(1),
            Thread = new ThreadId(1),
            ThreadName = "t",
            Cpu = 0,
            Slot = -1,
            Address = default,
            Origin = HitOrigin.User,
            Registers = default,
            Recovered = true,
        };
        AccessGroup group = new(recovered, new Dictionary<int, (ulong? Old, ulong? New)> { [0] = (1, 2) });
        group.TryTake(Hits.User(Start + 1, slot: 1, rip: 0), 0, 1).Should().BeFalse();
        group.Values.Should().ContainKey(0);
    }

    private static bool Takes(RawHit first, RawHit next) => Group(first).TryTake(next, next.Old, next.New);

    private static AccessGroup Group(RawHit first) =>
        new(first, new Dictionary<int, (ulong? Old, ulong? New)> { [first.Slot] = (first.Old, first.New) });
}
