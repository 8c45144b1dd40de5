// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using AwesomeAssertions;
using Livewatcher.Engine.Ordering;
using Livewatcher.Engine.Tests.Fakes;
using Livewatcher.Model;
using Xunit;

namespace Livewatcher.Engine.Tests.Ordering;

/// <summary>The memory of a hit's stack goes back when nobody can ask for it any more, and no sooner.</summary>
public sealed class StackPoolTests
{
    private const ulong Start = FakeClock.Start;
    private const int Bytes = 4000;

    private readonly StackPool pool = new();
    private readonly HitOrderer orderer = new();

    [Theory]
    [InlineData(1, 256)]
    [InlineData(256, 256)]
    [InlineData(257, 512)]
    [InlineData(1024, 1024)]
    [InlineData(1025, 2048)]
    [InlineData(9000, 16384)]
    [InlineData(16384, 16384)]
    public void AnArrayIsAsLongAsNeededAndLessThanTwiceThat(int length, int size)
    {
        byte[] array = pool.Borrow(length);
        array.Should().HaveCount(size).And.HaveCount(StackPool.SizeFor(length));
        pool.GiveBack(array);
        pool.Borrow(size).Should().BeSameAs(array);
        pool.Borrow(size).Should().NotBeSameAs(array);
    }

    [Fact]
    public void WhatNoStackIsLikeIsNotKept()
    {
        byte[] large = pool.Borrow(20_000);
        large.Should().HaveCount(20_000);
        pool.GiveBack(large);
        pool.Borrow(20_000).Should().NotBeSameAs(large);
        pool.Borrow(0).Should().BeEmpty();
        pool.GiveBack([]);
        pool.Borrow(1).Should().HaveCount(256);
        StackPool.SizeFor(0).Should().Be(0);
        StackPool.SizeFor(20_000).Should().Be(20_000);
    }

    /// <summary>After a burst it does not hold what only the burst needed.</summary>
    [Fact]
    public void NoMoreIsKeptThanAFewHundred()
    {
        byte[][] burst = [.. Enumerable.Range(0, 1000).Select(_ => pool.Borrow(Bytes))];
        Array.ForEach(burst, pool.GiveBack);
        Enumerable.Range(0, 1000).Count(_ => burst.Contains(pool.Borrow(Bytes))).Should().Be(256);
    }

    /// <summary>A later hit of the thread may be of the same instruction, and is held against it.</summary>
    [Fact]
    public void AStackIsThereUntilItsHitIsReportedAndItsThreadHasHitElsewhere()
    {
        RawHit one = Hit(Start, rip: 0x401003), two = Hit(Start + 1000, rip: 0x402000);
        orderer.Add(new SessionItem.RawHitItem(one));
        orderer.Add(new SessionItem.RawHitItem(two));
        AccessGroup[] groups = [.. orderer.Release(ulong.MaxValue).Cast<AccessGroup>()];
        one.Stack.Length.Should().Be(Bytes, "it is not reported");
        groups[0].EndReport();
        one.Stack.Length.Should().Be(0);
        groups[1].EndReport();
        two.Stack.Length.Should().Be(0, "a second later nobody asks for it");
    }

    [Fact]
    public void AStackIsThereAsLongAsALaterHitMayBeHeldAgainstIt()
    {
        RawHit one = Hit(Start, rip: 0x401003);
        orderer.Add(new SessionItem.RawHitItem(one));
        AccessGroup group = orderer.Release(Start + (3 * HitOrderer.Window)).Cast<AccessGroup>().Single();
        group.EndReport();
        one.Stack.Length.Should().Be(Bytes);
        orderer.Add(new SessionItem.RawHitItem(Hit(Start + (4 * HitOrderer.Window), slot: 1, rip: 0x401003)));
        AccessGroup late = orderer.Release(Start + (8 * HitOrderer.Window)).Cast<AccessGroup>().Single();
        late.Earlier.Should().BeSameAs(group);
        one.Stack.Length.Should().Be(Bytes, "its instruction is looked for once more");
    }

    /// <summary>The bytes of a system call: nobody reads the stacks between the first and the last.</summary>
    [Fact]
    public void OfAnAccessOfManyHitsAllStacksGoBack()
    {
        RawHit[] hits = [.. Enumerable.Range(0, 4).Select(i => Hit(Start + (ulong)i, slot: i, rip: 0x401003))];
        foreach (RawHit hit in hits)
            orderer.Add(new SessionItem.RawHitItem(hit));
        AccessGroup group = orderer.Release(ulong.MaxValue).Cast<AccessGroup>().Single();
        group.Count.Should().Be(4);
        group.EndReport();
        hits.Should().AllSatisfy(hit => hit.Stack.Length.Should().Be(0));
    }

    private RawHit Hit(ulong time, int slot = 0, ulong rip = 0) => Hits.User(time, slot: slot, rip: rip, lender: pool, stackBytes: Bytes);
}
