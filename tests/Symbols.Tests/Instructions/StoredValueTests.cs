// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using AwesomeAssertions;
using Livewatcher.Model;
using Xunit;

namespace Livewatcher.Symbols.Tests.Instructions;

/// <summary>Values by arithmetic done by hand.</summary>
public sealed class StoredValueTests(Sample sample) : IClassFixture<Sample>
{
    private const ulong Memory = 0x7000_0000;
    private const ulong Source = 0x1122_3344_5566_7788;

    [Theory]
    [InlineData(0, 0, 8, 1UL, 0x1122_3344_5566_7789UL)] // add, whole
    [InlineData(0, 0, 4, 0xffff_ffffUL, 0x5566_7787UL)] // add, low half
    [InlineData(0, 4, 4, 1UL, null)] // add, high half: the carry is unknown
    [InlineData(1, 4, 4, 1UL, 0x1122_3345UL)] // or, high half
    [InlineData(1, 7, 1, 0UL, 0x11UL)] // or, last byte
    [InlineData(0, 0, 8, null, null)] // add to the unknown
    [InlineData(2, 0, 8, null, 0x1122_3344_5566_7788UL)] // mov
    [InlineData(2, 2, 2, null, 0x5566UL)] // mov, inner part
    [InlineData(2, -4, 8, null, null)] // mov over the upper half of a slot
    [InlineData(2, -4, 8, 0xaabb_ccddUL, 0x5566_7788_aabb_ccddUL)]
    [InlineData(2, 4, 8, 0x0102_0304_0506_0708UL, 0x0102_0304_1122_3344UL)]
    [InlineData(3, 0, 4, 0UL, 0xffff_ffffUL)] // sub wraps within its operand
    [InlineData(3, 0, 8, 0UL, 0xffff_ffffUL)]
    [InlineData(3, -4, 8, 0x1_0000_0005UL, 0x5UL)]
    [InlineData(4, 0, 8, 1UL, null)] // movaps: xmm registers are not sampled
    [InlineData(6, 0, 8, 1UL, null)] // xchg
    public void Writes(int index, long offset, int length, ulong? old, ulong? expected)
    {
        HardwareSlot slot = Hits.Write(Memory + (ulong)offset, length);
        UserRegisters registers = sample.After("modify", index) with { Rbx = Memory, Rcx = Source };
        sample.Finder().NewValue(Hits.Of(registers, slot), slot, old).Should().Be(expected);
    }

    [Theory]
    [InlineData(0x242UL, 0x1122_3344_5566_7788UL)] // ZF: exchanged
    [InlineData(0x202UL, 77UL)] // not exchanged: memory keeps what the accumulator now holds
    public void Cmpxchg_always_writes(ulong flags, ulong expected)
    {
        HardwareSlot slot = Hits.Write(Memory, 8);
        UserRegisters registers = sample.After("modify", 5) with { Rbx = Memory, Rcx = Source, Rax = 77, Eflags = flags };
        sample.Finder().Find(Hits.Of(registers, slot), [slot])!.Proven.Should().BeTrue();
        sample.Finder().NewValue(Hits.Of(registers, slot), slot, null).Should().Be(expected);
    }

    [Fact]
    public void Reads_keep_the_value()
    {
        HardwareSlot slot = Hits.Access(Memory, 8);
        UserRegisters registers = sample.After("modify", 7) with { Rbx = Memory };
        sample.Finder().NewValue(Hits.Of(registers, slot), slot, 5).Should().Be(5);
        sample.Finder().NewValue(Hits.Of(registers with { Rbx = 1 }, slot), slot, 5).Should().BeNull("it was not this instruction");
        sample.Finder().NewValue(Hits.Of(registers, slot, origin: HitOrigin.Kernel), slot, 5).Should().BeNull();
    }

    [Fact]
    public void A_wide_store_touches_all_its_slots()
    {
        HardwareSlot[] slots = [Hits.Write(Memory + 8, 8), Hits.Write(Memory + 16, 4), Hits.Write(Memory, 8), Hits.Access(Memory + 4, 1)];
        UserRegisters registers = sample.After("modify", 4) with { Rbx = Memory };
        sample.Finder().TouchedSlots(Hits.Of(registers, default, index: -1), slots).Should().Equal(0, 2, 3);
        sample.Finder().TouchedSlots(Hits.Of(registers, slots[2], index: 2), slots).Should().Equal(0, 2, 3);
        sample.Finder().TouchedSlots(Hits.Of(registers with { Rbx = 1 }, slots[2], index: 2), slots).Should().Equal(2);
        sample.Finder().TouchedSlots(Hits.Of(registers with { Rbx = 1 }, default, index: -1), slots).Should().BeEmpty();
        sample.Finder().TouchedSlots(Hits.Of(registers with { Rbx = 1 }, default, index: -1), slots[..1]).Should().Equal(0);
    }
}
