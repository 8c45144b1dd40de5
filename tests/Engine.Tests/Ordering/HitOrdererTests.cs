// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using AwesomeAssertions;
using CsCheck;
using Livewatcher.Engine.Ordering;
using Livewatcher.Engine.Tests.Fakes;
using Livewatcher.Model;
using Xunit;

namespace Livewatcher.Engine.Tests.Ordering;

public sealed class HitOrdererTests
{
    private const ulong Start = FakeClock.Start;
    private const ulong Window = HitOrderer.Window;

    private readonly HitOrderer orderer = new();

    [Fact]
    public void WhatCameFromSeveralSourcesLeavesInTheOrderOfTime()
    {
        orderer.Add(Hit(Start + 3000, thread: 1));
        orderer.Add(new SessionItem.Forked(Start + 2000, new ProcessId(1), new ProcessId(2)));
        orderer.Add(Hit(Start + 1000, thread: 2));
        orderer.Add(new SessionItem.Escaped(Start + 4000, Start, new ProcessId(1), 0, 1, 2));
        Times(orderer.Release(ulong.MaxValue)).Should().Equal(Start + 1000, Start + 2000, Start + 3000, Start + 4000);
    }

    [Fact]
    public void EqualTimesLeaveInTheOrderOfArrival()
    {
        for (int child = 1; child <= 20; child++)
            orderer.Add(new SessionItem.Forked(Start, new ProcessId(1), new ProcessId(child)));
        orderer.Release(ulong.MaxValue).Cast<SessionItem.Forked>().Select(item => item.Child.Value).Should().BeInAscendingOrder();
    }

    [Fact]
    public void NothingLeavesBeforeTheWindowIsOver()
    {
        orderer.Add(new SessionItem.Exited(Start, new ProcessId(1)));
        orderer.Release(Start + Window - 1).Should().BeEmpty();
        orderer.Release(Start + Window).Should().ContainSingle();
    }

    [Fact]
    public void AHitWaitsUntilItCannotBeContinued()
    {
        orderer.Add(Hit(Start));
        orderer.Release(Start + Window).Should().BeEmpty("a later hit could belong to the same access");
        orderer.Release(Start + (2 * Window)).Should().ContainSingle();
    }

    [Fact]
    public void AHitThatAnotherOneOfItsThreadFollowsIsWhole()
    {
        orderer.Add(Hit(Start));
        orderer.Add(Hit(Start + 1000, rip: 0x402000));
        Times(orderer.Release(Start + Window + 1000)).Should().Equal(Start);
    }

    [Fact]
    public void ALateItemStillComes()
    {
        orderer.Add(Hit(Start + 1000));
        Times(orderer.Release(ulong.MaxValue)).Should().Equal(Start + 1000);
        orderer.Add(Hit(Start));
        Times(orderer.Release(ulong.MaxValue)).Should().Equal(Start);
    }

    [Fact]
    public void NearZeroNothingOverflows()
    {
        orderer.Add(Hit(5));
        orderer.Release(10).Should().BeEmpty();
        Times(orderer.Release(ulong.MaxValue)).Should().Equal(5UL);
    }

    [Fact]
    public void TwoSlotsOfAWideStoreAreOneAccess()
    {
        orderer.Add(Hit(Start, slot: 0));
        orderer.Add(Hit(Start + 20_000, slot: 1));
        AccessGroup group = orderer.Release(ulong.MaxValue).Should().ContainSingle().Which.Should().BeOfType<AccessGroup>().Subject;
        group.Count.Should().Be(2);
        group.Values.Keys.Should().BeEquivalentTo([0, 1]);
    }

    [Fact]
    public void DifferentThreadsNeverFold()
    {
        orderer.Add(Hit(Start, slot: 0, thread: 1));
        orderer.Add(Hit(Start + 1000, slot: 1, thread: 2));
        orderer.Add(new SessionItem.RawHitItem(Hits.Kernel(Start + 2000, FakeMemory.Base + 1, thread: 3)));
        orderer.Add(new SessionItem.RawHitItem(Hits.Kernel(Start + 3000, FakeMemory.Base + 2, thread: 4)));
        orderer.Release(ulong.MaxValue).Should().HaveCount(4);
    }

    [Fact]
    public void OtherThreadsInBetweenDoNotTearAnAccess()
    {
        orderer.Add(Hit(Start, slot: 0, thread: 1));
        orderer.Add(Hit(Start + 1000, slot: 0, thread: 2));
        orderer.Add(Hit(Start + 2000, slot: 1, thread: 1));
        orderer.Release(ulong.MaxValue).Cast<AccessGroup>().Select(group => (group.First.Thread.Value, group.Count))
            .Should().Equal((1, 2), (2, 1));
    }

    [Fact]
    public void ALoopOfTheSameStoreIsOneAccessEach()
    {
        for (ulong i = 0; i < 100; i++)
            orderer.Add(Hit(Start + (i * 1000)));
        orderer.Release(ulong.MaxValue).Should().HaveCount(100);
    }

    [Fact]
    public void ALoopOfTheSameWideStoreIsOneAccessEach()
    {
        for (ulong i = 0; i < 100; i++)
            orderer.Add(Hit(Start + (i * 1000), slot: (int)(i % 2)));
        orderer.Release(ulong.MaxValue).Cast<AccessGroup>().Should().HaveCount(50).And.OnlyContain(group => group.Count == 2);
    }

    [Fact]
    public void TheBytesOfOneCallAreOneAccess()
    {
        for (ulong i = 1; i <= 8; i++)
            orderer.Add(new SessionItem.RawHitItem(Hits.Kernel(Start + (i * 20_000), FakeMemory.Base + i)));
        AccessGroup group = orderer.Release(ulong.MaxValue).Should().ContainSingle().Which.Should().BeOfType<AccessGroup>().Subject;
        group.Count.Should().Be(8);
        group.Values[0].Should().Be((Start + 20_000, Start + 160_001));
    }

    [Fact]
    public void ARepeatedReadIsOneAccessPerCall()
    {
        ulong time = Start;
        for (int call = 0; call < 50; call++)
        {
            for (ulong i = 1; i <= 8; i++)
                orderer.Add(new SessionItem.RawHitItem(Hits.Kernel(time += 20_000, FakeMemory.Base + i)));
        }

        orderer.Release(ulong.MaxValue).Cast<AccessGroup>().Should().HaveCount(50).And.OnlyContain(group => group.Count == 8);
    }

    /// <summary>However late the session looks, the same hits are the same accesses.</summary>
    [Fact]
    public void HowOftenItIsAskedDoesNotChangeWhatFolds()
    {
        ulong[] times = [Start, Start + 20_000, Start + 40_000, Start + 40_000 + (3 * Window), Start + 60_000 + (3 * Window)];
        HitOrderer late = new();
        int early = 0;
        for (ulong i = 0; i < (ulong)times.Length; i++)
        {
            SessionItem item = new SessionItem.RawHitItem(Hits.Kernel(times[i], FakeMemory.Base + i + 1));
            orderer.Add(item);
            early += orderer.Release(times[i] + Window).Count();
            late.Add(item);
        }

        early += orderer.Release(ulong.MaxValue).Count();
        early.Should().Be(2);
        late.Release(ulong.MaxValue).Should().HaveCount(early);
    }

    [Fact]
    public void WhatIsDueComesAfterAllThatHappenedBefore()
    {
        orderer.Add(new SessionItem.Due(Start + 1000, () => { }));
        orderer.Add(Hit(Start + 500));
        orderer.Add(Hit(Start + 1500, thread: 2));
        orderer.Release(Start + Window + 1500).Should().BeEmpty("the first hit is still open");
        orderer.Release(ulong.MaxValue).Select(item => item.GetType().Name).Should().Equal("AccessGroup", "Due", "AccessGroup");
    }

    [Fact]
    public void EveryHitIsInExactlyOneGroup() =>
        Gen.Select(Gen.Int[1, 3], Gen.Int[0, 3], Gen.ULong[1, 4_000], Gen.Bool, Gen.ULong[0, 12]).Array[0, 200].Sample(steps =>
        {
            HitOrderer one = new();
            ulong time = Start;
            List<object> left = [];
            foreach ((int thread, int slot, ulong microseconds, bool kernel, ulong offset) in steps)
            {
                time += microseconds * 1000;
                ulong address = FakeMemory.Base + (8 * (ulong)slot);
                one.Add(new SessionItem.RawHitItem(kernel ? Hits.Kernel(time, address + offset, slot, thread) : Hits.User(time, thread, slot)));
                left.AddRange(one.Release(time));
            }

            left.AddRange(one.Release(ulong.MaxValue));
            List<AccessGroup> groups = [.. left.Cast<AccessGroup>()];
            groups.Sum(group => group.Count).Should().Be(steps.Length);
            groups.Select(group => group.First.Time).Should().BeInAscendingOrder();
            groups.Should().OnlyContain(group => group.First.Thread == group.Last.Thread && group.First.Origin == group.Last.Origin);
        });

    private static SessionItem.RawHitItem Hit(ulong time, int thread = 1, int slot = 0, ulong rip = 0x401003) => new(Hits.User(time, thread, slot, rip));

    private static IEnumerable<ulong> Times(IEnumerable<object> items) =>
        items.Select(item => item is AccessGroup group ? group.First.Time : ((SessionItem)item).Time);
}
