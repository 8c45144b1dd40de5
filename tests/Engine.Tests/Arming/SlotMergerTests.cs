// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using AwesomeAssertions;
using CsCheck;
using Livewatcher.Engine.Arming;
using Livewatcher.Engine.Tests.Fakes;
using Livewatcher.Model;
using Xunit;

namespace Livewatcher.Engine.Tests.Arming;

/// <summary>Neighbours in one register, where there are more pieces than registers.</summary>
public sealed class SlotMergerTests
{
    private static readonly Dictionary<int, HardwareSlot> Nothing = [];

    private static readonly Gen<WantedWatch> Any = Gen.Select(Gen.ULong[0, 40], Gen.Int[1, 12], Gen.Int[0, 9])
        .Select((offset, length, kind) => Wanted(0x1000 + offset, length, kind == 0 ? AccessMode.Execute : kind < 4 ? AccessMode.Access : AccessMode.Write, alone: kind == 9));

    [Theory]
    [InlineData("0:4 4:4 8:4 12:4 16:4", "0:8 0:8 8:4 c:4 10:4", "only as many are put together as will do")]
    [InlineData("0:1 1:1 2:1 3:1 4:1 5:1 6:1", "0:4 0:4 0:4 0:4 4:1 5:1 6:1", "one register of four bytes is fewer than two of two")]
    [InlineData("0:2 8:2 16:2 24:2 4:1", "0:8 8:2 10:2 18:2 0:8", "what lies between them is in it too")]
    [InlineData("0:8 8:8 16:8 24:8 8:4", "0:8 8:8 10:8 18:8 8:8", "a part of what is watched is no register more")]
    [InlineData("1:31", "0:8 0:8 0:8 8:8 10:8 18:8", "one watch's own pieces too")]
    [InlineData("0:4 4:4 64:4 68:4 128:4 132:4", "0:8 0:8 40:8 40:8 80:4 84:4", "two pairs where one does not do")]
    public void NeighboursShare(string watches, string contents, string because) => Describe(Plan(Parse(watches))).Should().Be(contents, because);

    [Theory]
    [InlineData("0:8 8:8 16:8 24:8 32:8", "none of them have a range of eight bytes together")]
    [InlineData("4:4 8:4 20:4 24:4 36:4", "they are neighbours, but across a border of eight bytes")]
    [InlineData("1:32", "five ranges")]
    public void WhatHasNoAlignedRangeInCommonDoesNot(string watches, string because) => Plan(Parse(watches)).Should().BeNull(because);

    [Fact]
    public void WritesAndAccessesAreNotMixed()
    {
        WantedWatch[] wanted = [.. Parse("0:2 8:2 16:2 24:2"), Wanted(2, 2, AccessMode.Access)];
        Plan(wanted).Should().BeNull();
        Plan([.. wanted.Skip(1), Wanted(4, 2, AccessMode.Access)])!.Contents[^1].Should().Be(new HardwareSlot(new Address(0), 8, AccessMode.Access));
    }

    [Fact]
    public void WhatIsArmedStaysAsItIs()
    {
        Dictionary<int, HardwareSlot> held = new() { [1] = Slot(0, 4) };
        Plan(Parse("4:4 8:4 12:4 16:4"), held)!.Contents.Should().NotContain(Slot(0, 8)).And.Contain(Slot(8, 8));
        Plan(Parse("4:4 16:4 24:4 32:4"), held).Should().BeNull("4:4 has its only neighbour in a register that is armed");
    }

    [Fact]
    public void WhoMustHaveARegisterForHimselfHasIt()
    {
        Plan([.. Parse("0:4 8:4 16:4 24:4"), Wanted(4, 4, AccessMode.Write, alone: true)]).Should().BeNull();
        Plan([.. Parse("0:4 8:4 16:4 20:4"), Wanted(4, 4, AccessMode.Write, alone: true)])!.Contents.Should().Equal(Slot(0, 4), Slot(8, 4), Slot(16, 8), Slot(16, 8), Slot(4, 4));
    }

    [Fact]
    public void RangesCoverAreAlignedAndNotMoreThanWillDo() =>
        Gen.Select(Any.Array[1, 8], Gen.Int[0, 4], Gen.Bool).Sample((wanted, available, hasHeld) =>
        {
            Dictionary<int, HardwareSlot> held = hasHeld ? new() { [2] = Slot(0x1008, 4) } : [];
            HardwareSlot[] pieces = [.. wanted.SelectMany(one => one.Pieces)];
            SlotPlan? plan = Plan(wanted, held, available);
            int fewest = FewestShared(wanted, held, available);
            if (plan is null)
            {
                fewest.Should().Be(-1, "there is a way");
                return;
            }

            Dictionary<int, HardwareSlot> after = new(held);
            for (int i = 0; i < pieces.Length; i++)
            {
                (HardwareSlot content, int slot) = (plan.Contents[i], plan.Places[i]);
                content.Mode.Should().Be(pieces[i].Mode);
                content.Length.Should().BeOneOf(1, 2, 4, 8);
                (content.Address.Value % (ulong)content.Length).Should().Be(0UL);
                Covers(content, pieces[i]).Should().BeTrue();
                if (after.TryGetValue(slot, out HardwareSlot there))
                    there.Should().Be(content, "a register holds one thing, and what was held stays");
                after[slot] = content;
            }

            after.Should().HaveCountLessThanOrEqualTo(Math.Max(available, held.Count));
            HardwareSlot[] shared = [.. plan.Contents.Where((content, i) => content != pieces[i]).Distinct()];
            shared.Should().HaveCount(fewest);
            foreach (HardwareSlot range in shared)
            {
                range.Mode.Should().NotBe(AccessMode.Execute);
                wanted.Where(one => one.WhyAlone is not null).SelectMany(one => one.Pieces).Should().NotContain(piece => Covers(range, piece));
                for (int i = 0; i < pieces.Length; i++)
                    (Covers(range, pieces[i]) && plan.Contents[i] != range).Should().BeFalse("what lies in a range is in its register");
            }
        });

    [Fact]
    public void ManyWatchesAreRefusedAtOnce() =>
        Plan([.. Enumerable.Range(0, 5000).Select(i => Wanted((ulong)i, 1, AccessMode.Write))]).Should().BeNull();

    /// <summary>By trying every set of aligned ranges; -1 where none will do.</summary>
    private static int FewestShared(WantedWatch[] wanted, Dictionary<int, HardwareSlot> held, int available)
    {
        List<HardwareSlot> fresh = [.. wanted.SelectMany(one => one.Pieces).Except(held.Values)];
        if (fresh.Count == 0)
            return 0;
        HashSet<HardwareSlot> alone = [.. wanted.Where(one => one.WhyAlone is not null).SelectMany(one => one.Pieces)];
        List<HardwareSlot> ranges = [];
        foreach (AccessMode mode in (AccessMode[])[AccessMode.Write, AccessMode.Access])
        {
            foreach (int length in (int[])[2, 4, 8])
            {
                for (ulong at = 0x1000; at < 0x1040; at += (ulong)length)
                {
                    HardwareSlot range = new(new Address(at), length, mode);
                    List<HardwareSlot> inside = fresh.FindAll(piece => Covers(range, piece));
                    if (inside.Count > 1 && !inside.Exists(alone.Contains) && !held.Values.Any(other => other.Mode == mode && (Covers(range, other) || Covers(other, range))))
                        ranges.Add(range);
                }
            }
        }

        return Try(ranges, 0, fresh, available - held.Count);
    }

    private static int Try(List<HardwareSlot> ranges, int next, List<HardwareSlot> left, int room)
    {
        if (left.Count <= room)
            return 0;
        int best = -1;
        for (int i = next; i < ranges.Count; i++)
        {
            List<HardwareSlot> outside = left.FindAll(piece => !Covers(ranges[i], piece));
            if (left.Count - outside.Count < 2)
                continue; // another range has taken them
            int others = Try(ranges, i + 1, outside, room - 1);
            if (others >= 0 && (best < 0 || 1 + others < best))
                best = 1 + others;
        }

        return best;
    }

    private static SlotPlan? Plan(IReadOnlyList<WantedWatch> wanted, Dictionary<int, HardwareSlot>? held = null, int available = SlotPlanner.SlotCount) =>
        SlotMerger.Plan(held ?? Nothing, wanted, available);

    private static bool Covers(HardwareSlot range, HardwareSlot piece) =>
        range.Mode == piece.Mode && range.Address <= piece.Address && piece.Address.Value + (ulong)piece.Length <= range.Address.Value + (ulong)range.Length;

    private static HardwareSlot Slot(ulong address, int length) => new(new Address(address), length, AccessMode.Write);

    private static WantedWatch Wanted(ulong address, int length, AccessMode mode, bool alone = false)
    {
        HitReaction reaction = alone ? new HitReaction { Actions = [new HitAction(ActionKind.Stop, "stop") { Signal = 19 }] } : HitReaction.None;
        Watch watch = new(new WatchRequest("x", mode) { Reaction = reaction }, new Address(address), length, NumberFormat.Instance, null, null);
        return new WantedWatch(watch, SlotPlanner.Split(watch.Address, length, mode));
    }

    private static WantedWatch[] Parse(string watches) => [.. watches.Split(' ').Select(word => word.Split(':')).Select(word => Wanted(ulong.Parse(word[0]), int.Parse(word[1]), AccessMode.Write))];

    private static string Describe(SlotPlan? plan) => string.Join(' ', plan!.Contents.Select(content => $"{content.Address.Value:x}:{content.Length}"));
}
