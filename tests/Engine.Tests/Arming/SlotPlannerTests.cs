// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using AwesomeAssertions;
using CsCheck;
using Livewatcher.Engine.Arming;
using Livewatcher.Model;
using Xunit;

namespace Livewatcher.Engine.Tests.Arming;

public sealed class SlotPlannerTests
{
    private static readonly Gen<AccessMode> DataMode = Gen.Bool.Select(write => write ? AccessMode.Write : AccessMode.Access);

    private static readonly Dictionary<int, HardwareSlot> Nothing = [];

    [Theory]
    [InlineData(0x1000, 1, "1000:1")]
    [InlineData(0x1000, 4, "1000:4")]
    [InlineData(0x1000, 8, "1000:8")]
    [InlineData(0x1000, 12, "1000:8 1008:4")]
    [InlineData(0x1004, 12, "1004:4 1008:8")]
    [InlineData(0x1001, 7, "1001:1 1002:2 1004:4")]
    [InlineData(0x1001, 8, "1001:1 1002:2 1004:4 1008:1")]
    [InlineData(0x1000, 7, "1000:4 1004:2 1006:1")]
    [InlineData(0x1004, 8, "1004:4 1008:4")]
    [InlineData(0x1000, 16, "1000:8 1008:8")]
    [InlineData(0x1000, 32, "1000:8 1008:8 1010:8 1018:8")]
    public void CutsAnObjectIntoAlignedPieces(ulong address, int length, string pieces) =>
        Describe(SlotPlanner.Split(new Address(address), length, AccessMode.Write)).Should().Be(pieces);

    [Fact]
    public void AnExecutionBreakpointIsOnePieceWhereverItIs() =>
        SlotPlanner.Split(new Address(0x401001), 1, AccessMode.Execute).Should().Equal(new HardwareSlot(new Address(0x401001), 1, AccessMode.Execute));

    [Fact]
    public void PiecesAreLegalDisjointAndCoverExactly() =>
        Gen.Select(Gen.ULong[1, 1UL << 47], Gen.Int[1, 96], DataMode).Sample((address, length, mode) =>
        {
            IReadOnlyList<HardwareSlot> pieces = SlotPlanner.Split(new Address(address), length, mode);
            ulong next = address;
            foreach (HardwareSlot piece in pieces)
            {
                piece.Mode.Should().Be(mode);
                piece.Length.Should().BeOneOf(1, 2, 4, 8);
                (piece.Address.Value % (ulong)piece.Length).Should().Be(0UL, "the processor ignores low address bits");
                piece.Address.Value.Should().Be(next, "pieces follow each other without a hole or an overlap");
                next += (ulong)piece.Length;
            }

            if (pieces.Count <= SlotPlanner.MostPieces)
                next.Should().Be(address + (ulong)length);
        });

    [Fact]
    public void NoCoverHasFewerPieces() =>
        Gen.Select(Gen.ULong[0, 64], Gen.Int[1, 96]).Sample((address, length) =>
        {
            int fewest = FewestPieces(address, length);
            SlotPlanner.Split(new Address(address), length, AccessMode.Write).Should().HaveCount(Math.Min(fewest, SlotPlanner.MostPieces + 1));
        });

    [Fact]
    public void AnObjectOfGigabytesCostsNoGigabytes()
    {
        long before = GC.GetAllocatedBytesForCurrentThread();
        SlotPlanner.Split(new Address(0x1000), int.MaxValue, AccessMode.Write).Count.Should().BeGreaterThan(SlotPlanner.SlotCount);
        (GC.GetAllocatedBytesForCurrentThread() - before).Should().BeLessThan(1 << 20);
    }

    [Fact]
    public void PlacesPiecesIntoFreeSlots()
    {
        Dictionary<int, HardwareSlot> held = new() { [0] = Slot(0x1000), [2] = Slot(0x2000) };
        SlotPlanner.Place(held, [Slot(0x3000), Slot(0x4000)]).Should().Equal(1, 3);
    }

    [Fact]
    public void TheSamePieceSharesARegister()
    {
        Dictionary<int, HardwareSlot> held = new() { [3] = Slot(0x1000) };
        SlotPlanner.Place(held, [Slot(0x1000), Slot(0x2000), Slot(0x2000)]).Should().Equal(3, 0, 0);
    }

    [Fact]
    public void TheSameAddressInAnotherWayTakesARegisterOfItsOwn()
    {
        HardwareSlot access = new(new Address(0x1000), 4, AccessMode.Access);
        HardwareSlot shorter = new(new Address(0x1000), 2, AccessMode.Write);
        SlotPlanner.Place(Nothing, [Slot(0x1000), access, shorter]).Should().Equal(0, 1, 2);
    }

    [Fact]
    public void FivePiecesAreTooMany() =>
        SlotPlanner.Place(Nothing, [Slot(0), Slot(8), Slot(16), Slot(24), Slot(32)]).Should().BeNull();

    [Fact]
    public void AReservedRegisterCounts()
    {
        SlotPlanner.Place(Nothing, [Slot(0), Slot(8), Slot(16)], available: 3).Should().Equal(0, 1, 2);
        SlotPlanner.Place(Nothing, [Slot(0), Slot(8), Slot(16), Slot(24)], available: 3).Should().BeNull();
    }

    [Fact]
    public void PlacingNeverMovesOrOverwritesWhatIsHeld() =>
        Gen.Select(Gen.Int[0, 15], Gen.ULong[0, 5].Array[0, 6], Gen.Int[0, 4]).Sample((mask, addresses, available) =>
        {
            Dictionary<int, HardwareSlot> held = [];
            for (int slot = 0; slot < SlotPlanner.SlotCount; slot++)
            {
                if ((mask & (1 << slot)) != 0)
                    held[slot] = Slot(0x1000 + (ulong)slot);
            }

            HardwareSlot[] wanted = [.. addresses.Select(address => Slot(0x1000 + address))];
            int distinct = held.Values.Concat(wanted).Distinct().Count();
            IReadOnlyList<int>? places = SlotPlanner.Place(held, wanted, available);
            if (places is null)
            {
                distinct.Should().BeGreaterThan(available, "there was room");
                return;
            }

            Dictionary<int, HardwareSlot> after = new(held);
            for (int i = 0; i < wanted.Length; i++)
            {
                if (after.TryGetValue(places[i], out HardwareSlot there))
                    there.Should().Be(wanted[i]);
                after[places[i]] = wanted[i];
            }

            after.Should().HaveCount(distinct, "equal pieces share");
            after.Keys.Should().OnlyContain(slot => slot >= 0 && slot < SlotPlanner.SlotCount);
        });

    private static HardwareSlot Slot(ulong address) => new(new Address(address), 1, AccessMode.Write);

    private static string Describe(IReadOnlyList<HardwareSlot> pieces) =>
        string.Join(' ', pieces.Select(piece => $"{piece.Address.Value:x}:{piece.Length}"));

    /// <summary>By trying every legal piece at every place.</summary>
    private static int FewestPieces(ulong address, int length)
    {
        int[] best = new int[length + 1];
        for (int done = length - 1; done >= 0; done--)
        {
            best[done] = int.MaxValue;
            foreach (int piece in (ReadOnlySpan<int>)[1, 2, 4, 8])
            {
                if ((address + (ulong)done) % (ulong)piece == 0 && done + piece <= length)
                    best[done] = Math.Min(best[done], 1 + best[done + piece]);
            }
        }

        return best[0];
    }
}
