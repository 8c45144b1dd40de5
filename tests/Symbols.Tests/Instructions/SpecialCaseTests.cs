// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using AwesomeAssertions;
using Livewatcher.Model;
using Livewatcher.Symbols.Instructions;
using Xunit;

namespace Livewatcher.Symbols.Tests.Instructions;

/// <summary>Cases that a trace of writes does not show: reads, jumps, code this machine may not be able to run.
/// Addresses of instructions are objdump's.</summary>
public sealed class SpecialCaseTests(Sample sample) : IClassFixture<Sample>
{
    private const ulong Memory = 0x7000_0000;

    [Fact]
    public void A_load_that_overwrites_its_base_is_named_but_not_proven()
    {
        Instruction? found = Find(sample.After("loads", 0) with { Rax = 5 }, Hits.Access(Memory, 8));
        found.Should().NotBeNull();
        found.Should().BeEquivalentTo(
            new { Address = new Address(sample.At("loads", 0)), Proven = false, EffectiveAddress = (Address?)null });
        found!.Text.Should().Be("mov rax, qword ptr [rax]");
        found.OnlyReads.Should().BeTrue();
    }

    [Theory]
    [InlineData(1, Memory + 16)]
    [InlineData(2, Memory)]
    [InlineData(3, Memory + 0x100 - 8)]
    [InlineData(4, Memory + 0x200 - 1)]
    [InlineData(5, Memory + 0x200 - 1)]
    [InlineData(7, Memory + 0x200 - 1)]
    [InlineData(8, Memory + 8)]
    public void Reads_are_proven_for_access_watches_and_excluded_for_write_watches(int index, ulong address)
    {
        UserRegisters registers = sample.After("loads", index) with
        {
            Rbx = Memory, Rcx = 64 + 5, Rsi = Memory + 0x100, Rdi = Memory + 0x200,
        };
        Find(registers, Hits.Access(address, 1)).Should().BeEquivalentTo(
            new { Address = new Address(sample.At("loads", index)), Proven = true, Stores = (ulong?)null });
        Find(registers, Hits.Write(address, 1)).Should().BeNull();
    }

    [Fact]
    public void A_repeated_search_in_the_middle_is_at_rip()
    {
        UserRegisters registers = sample.After("loads", 6) with { Rdi = Memory + 9, Rsi = 0, Rcx = 3 };
        Find(registers, Hits.Access(Memory + 8, 1)).Should().BeEquivalentTo(
            new { Address = new Address(sample.At("loads", 7)), Proven = true });
    }

    [Fact]
    public void What_computes_an_address_only_has_accessed_nothing() =>
        Find(sample.After("loads", 10) with { Rbx = Memory }, Hits.Access(Memory, 8)).Should().BeNull();

    [Theory]
    [InlineData(0, true)]
    [InlineData(1, true)]
    [InlineData(2, true)]
    [InlineData(3, true)]
    [InlineData(4, false)]
    public void Stores_of_64_bytes_are_proven_and_scatters_are_not(int index, bool proven)
    {
        UserRegisters registers = sample.After("wide", index) with { Rbx = Memory };
        Find(registers, Hits.Write(Memory + 60, 4)).Should().BeEquivalentTo(
            new { Address = new Address(sample.At("wide", index)), Proven = proven, Stores = (ulong?)null });
        Find(registers, Hits.Write(Memory + 64, 4))?.Proven.Should().Be(false);
    }

    [Theory]
    [InlineData(0, true)]
    [InlineData(568, true)]
    [InlineData(800, false)]
    public void The_variable_part_of_an_xsave_area_is_possible_only(ulong offset, bool proven) =>
        Find(sample.After("wide", 5) with { Rbx = Memory }, Hits.Write(Memory + offset, 8)).Should().BeEquivalentTo(
            new { Address = new Address(sample.At("wide", 5)), Proven = proven });

    [Fact]
    public void Clzero_clears_the_whole_cache_line() =>
        Find(sample.After("line", 1) with { Rax = Memory + 5 }, Hits.Write(Memory + 56, 8)).Should().BeEquivalentTo(
            new { Address = new Address(sample.At("line", 1)), Proven = true });

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    public void A_call_is_found_by_the_return_address_it_pushed(int index)
    {
        byte[] stack = BitConverter.GetBytes(sample.At("caller", index + 1));
        UserRegisters registers = Hits.Registers with { Rip = sample.At("callee", 0), Rsp = Memory, Rcx = sample.At("callee", 0) };
        Instruction? found = Find(registers, Hits.Write(Memory, 8), stack);
        found.Should().BeEquivalentTo(new
        {
            Address = new Address(sample.At("caller", index)),
            Proven = true,
            Stores = sample.At("caller", index + 1),
            EffectiveAddress = new Address(Memory),
        });
        Find(registers, Hits.Write(Memory + 8, 8), stack).Should().BeNull("the call writes its return address only");
    }

    [Fact]
    public void A_call_into_a_stub_is_found_too() =>
        Find(
            Hits.Registers with { Rip = sample.At("stub", 0), Rsp = Memory }, Hits.Write(Memory + 4, 4),
            BitConverter.GetBytes(sample.At("caller", 4))).Should().BeEquivalentTo(
                new { Address = new Address(sample.At("caller", 3)), Proven = true });

    [Fact]
    public void An_indirect_call_is_found_as_the_reader_of_its_pointer()
    {
        HardwareSlot slot = Hits.Access(sample.Module["g_pointer"].Address.Value, 8);
        UserRegisters registers = Hits.Registers with { Rip = sample.At("callee", 0), Rsp = Memory };
        Find(registers, slot, BitConverter.GetBytes(sample.At("caller", 1))).Should().BeEquivalentTo(
            new { Address = new Address(sample.At("caller", 0)), Proven = true, EffectiveAddress = slot.Address });
    }

    [Fact]
    public void Nobody_is_blamed_for_what_a_jump_or_a_return_has_read()
    {
        HardwareSlot pointer = Hits.Access(sample.Module["g_pointer"].Address.Value, 8);
        Find(Hits.Registers with { Rip = sample.At("callee", 0), Rsp = Memory }, pointer, new byte[16]).Should().BeNull();
        Find(Hits.Registers with { Rip = sample.At("caller", 2), Rsp = Memory }, Hits.Access(Memory - 8, 8), new byte[16])
            .Should().BeNull();
    }

    [Fact]
    public void A_hit_in_the_kernel_is_of_the_system_call()
    {
        RawHit hit = Hits.Of(sample.After("kernel", 0) with { OrigRax = 0 }, Hits.Write(Memory, 8), origin: HitOrigin.Kernel);
        sample.Finder().Find(hit, [Hits.Write(Memory, 8)]).Should().BeEquivalentTo(
            new { Address = new Address(sample.At("kernel", 0)), Text = "syscall", Proven = true, Stores = (ulong?)null });
        hit = Hits.Of(sample.After("kernel", 2) with { OrigRax = 3 }, Hits.Write(Memory, 8), origin: HitOrigin.Kernel);
        sample.Finder().Find(hit, [Hits.Write(Memory, 8)])!.Address.Value.Should().Be(sample.At("kernel", 2));
        hit = Hits.Of(sample.After("kernel", 0), Hits.Write(Memory, 8), origin: HitOrigin.Kernel);
        sample.Finder().Find(hit, [Hits.Write(Memory, 8)]).Should().BeNull("an interrupt or a fault is no system call");
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    public void An_execution_breakpoint_names_the_instruction_at_rip(int index)
    {
        var slot = new HardwareSlot(new Address(sample.At("callee", 0)), 1, AccessMode.Execute);
        HardwareSlot[] slots = [slot, Hits.Write(Memory, 8)];
        RawHit hit = Hits.Of(Hits.Registers with { Rip = slot.Address.Value }, slot, index: index);
        sample.Finder().Find(hit, slots).Should().BeEquivalentTo(
            new { slot.Address, Proven = true, Stores = (ulong?)null, EffectiveAddress = (Address?)null });
        sample.Finder().TouchedSlots(hit, slots).Should().Equal(0);
    }

    [Fact]
    public void A_thread_local_variable_needs_the_thread_pointer()
    {
        HardwareSlot slot = Hits.Write(Memory - 8, 4);
        RawHit hit = Hits.Of(sample.After("local", 0), slot);
        sample.Finder().Find(hit, [slot])!.Proven.Should().BeFalse();
        sample.Finder(_ => null).Find(hit, [slot])!.Proven.Should().BeFalse();
        sample.Finder(_ => new Address(Memory)).Find(hit, [slot]).Should().BeEquivalentTo(
            new { Proven = true, Stores = 7UL, EffectiveAddress = slot.Address });

        ulong pointer = 0x1000;
        InstructionFinder finder = sample.Finder(_ => new Address(pointer));
        finder.Find(hit, [slot]).Should().BeNull();
        pointer = Memory;
        finder.Find(hit, [slot])!.Proven.Should().BeTrue("a thread's number may have come back as another thread's");
        Find(sample.After("local", 1), slot)!.Proven.Should().BeFalse("nobody knows gs");
    }

    [Fact]
    public void Of_a_slot_that_several_share_the_operand_tells_whose_bytes_were_touched()
    {
        HardwareSlot slot = Hits.Write(Memory - 8, 8); // the store is one of its first four bytes
        InstructionFinder finder = sample.Finder(_ => new Address(Memory));
        RawHit hit = Hits.Of(sample.After("local", 0), slot);
        finder.HasTouched(hit, slot, Hits.Write(Memory - 8, 4)).Should().BeTrue();
        finder.HasTouched(hit, slot, Hits.Write(Memory - 5, 3)).Should().BeTrue("one byte of it");
        finder.HasTouched(hit, slot, Hits.Write(Memory - 4, 4)).Should().BeFalse();
        finder.HasTouched(hit, slot, Hits.Write(Memory - 1, 1)).Should().BeFalse();
        RawHit recovered = Hits.Of(sample.After("local", 0), slot, index: -1);
        finder.HasTouched(recovered, slot, Hits.Write(Memory - 8, 1)).Should().BeTrue();
        finder.HasTouched(recovered, slot, Hits.Write(Memory - 4, 1)).Should().BeFalse();
        sample.Finder(_ => null).HasTouched(hit, slot, Hits.Write(Memory - 8, 4)).Should().BeNull("nobody knows where the operand is");
    }

    [Fact]
    public void What_is_not_proven_tells_nothing_of_a_part()
    {
        HardwareSlot slot = Hits.Access(Memory, 8);
        RawHit load = Hits.Of(sample.After("loads", 0) with { Rax = 5 }, slot);
        sample.Finder().HasTouched(load, slot, Hits.Access(Memory, 4)).Should().BeNull("it has overwritten its base");
        slot = Hits.Write(Memory, 8);
        RawHit call = Hits.Of(sample.After("kernel", 0) with { OrigRax = 0 }, slot, origin: HitOrigin.Kernel);
        sample.Finder().HasTouched(call, slot, Hits.Write(Memory, 4)).Should().BeNull("where a system call writes its code does not tell");
        RawHit doubtful = Hits.Of(sample.After("fill", 0) with { Rdi = Memory + 4, Rcx = 2, Rax = 0x11 }, slot);
        sample.Finder().HasTouched(doubtful, slot, Hits.Write(Memory, 4)).Should().BeNull("two instructions may have done it");
    }

    [Fact]
    public void Between_a_store_and_a_repetition_the_value_decides()
    {
        UserRegisters registers = sample.After("fill", 0) with { Rdi = Memory + 4, Rcx = 2, Rax = 0x11 };
        HardwareSlot slot = Hits.Write(Memory, 8);
        ulong store = sample.At("fill", 0);
        ulong repetition = sample.At("fill", 1);
        InstructionFinder finder = sample.Finder();
        finder.Find(Hits.Of(registers, slot, old: 0, now: 0xee000000), [slot])
            .Should().BeEquivalentTo(new { Address = new Address(store), Proven = true });
        finder.Find(Hits.Of(registers, slot, old: 0, now: 0x11000000), [slot])
            .Should().BeEquivalentTo(new { Address = new Address(repetition), Proven = true });
        finder.Find(Hits.Of(registers, slot), [slot]).Should().BeEquivalentTo(new { Address = new Address(repetition), Proven = false });
        finder.Find(Hits.Of(registers with { Eflags = 0x10202 }, slot), [slot])
            .Should().BeEquivalentTo(new { Address = new Address(repetition), Proven = true });
        finder.NewValue(Hits.Of(registers, slot), slot, 0).Should().BeNull();

        slot = Hits.Write(sample.Module["g_wide"].Address.Value, 8);
        registers = sample.After("fill", 2) with { Rdi = slot.Address.Value + 8, Rcx = 1 };
        finder.Find(Hits.Of(registers, slot), [slot])!.Address.Value.Should().Be(sample.At("fill", 2));
    }

    [Fact]
    public void Thirty_two_bit_code_is_decoded_as_such()
    {
        using var small = new Sample(SpecialProgram.Source32, is32: true);
        UserRegisters registers = Hits.Registers with { Cs = 0x23, Rbx = 0x5000, Rsp = 0x6000, Rax = 9, Rcx = 8 };
        small.Finder().Find(Hits.Of(registers with { Rip = small.At("caller", 1) }, Hits.Write(0x5004, 4)), [Hits.Write(0x5004, 4)])
            .Should().BeEquivalentTo(new { Address = new Address(small.At("caller", 0)), Proven = true, Stores = 9UL });
        small.Finder().Find(Hits.Of(registers with { Rip = small.At("caller", 2) }, Hits.Write(0x6000, 4)), [Hits.Write(0x6000, 4)])
            .Should().BeEquivalentTo(new { Address = new Address(small.At("caller", 1)), Proven = true, Stores = 8UL });
        byte[] stack = BitConverter.GetBytes((uint)small.At("caller", 3));
        small.Finder().Find(Hits.Of(registers with { Rip = small.At("callee", 0) }, Hits.Write(0x6000, 4), stack), [Hits.Write(0x6000, 4)])
            .Should().BeEquivalentTo(new { Address = new Address(small.At("caller", 2)), Proven = true, Stores = small.At("caller", 3) });
    }

    /// <summary>The thread pointer is gs's base there, and a negative offset wraps at 32 bits.</summary>
    [Fact]
    public void Thread_local_variables_of_thirty_two_bit_code_are_found_by_gs()
    {
        using var small = new Sample(SpecialProgram.Source32, is32: true);
        UserRegisters registers = Hits.Registers with { Cs = 0x23, Rip = small.At("local", 1) };
        HardwareSlot slot = Hits.Write(0xf7c0_0b3c, 4);
        var mov = new Address(small.At("local", 0));
        small.Finder(_ => new Address(0xf7c0_0b40)).Find(Hits.Of(registers, slot), [slot])
            .Should().BeEquivalentTo(new { Address = mov, Proven = true, Stores = 7UL, EffectiveAddress = slot.Address });
        small.Finder(_ => new Address(0xf7c0_0c40)).Find(Hits.Of(registers, slot), [slot]).Should().BeNull("that is another thread's");
        small.Finder().Find(Hits.Of(registers, slot), [slot]).Should().BeEquivalentTo(new { Address = mov, Proven = false });
    }

    private Instruction? Find(UserRegisters registers, HardwareSlot slot, byte[]? stack = null) =>
        sample.Finder().Find(Hits.Of(registers, slot, stack), [slot]);
}
