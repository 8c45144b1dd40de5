// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using AwesomeAssertions;
using Livewatcher.Model;
using Livewatcher.Symbols.Instructions;
using Xunit;

namespace Livewatcher.Symbols.Tests.Instructions;

/// <summary>How code is read, kept and shown.</summary>
public sealed class MemoryAndTextTests(Sample sample) : IClassFixture<Sample>
{
    private const ulong Memory = 0x7000_0000;

    [Fact]
    public void Operands_are_named_where_names_are_known()
    {
        UserRegisters registers = sample.After("callee", 0);
        HardwareSlot slot = Hits.Write(sample.Module["g_count"].Address.Value, 4);
        var named = new InstructionFinder(sample.Module, _ => sample.Module, address => address == slot.Address ? "g_count" : null);
        named.Find(Hits.Of(registers, slot), [slot])!.Text.Should().Be("mov dword ptr [g_count], eax");
        Instruction plain = sample.Finder().Find(Hits.Of(registers, slot), [slot])!;
        ulong displacement = slot.Address.Value - registers.Rip;
        plain.Text.Should().Be($"mov dword ptr [rip+0x{displacement:x}], eax");

        byte[] stack = BitConverter.GetBytes(sample.At("caller", 2));
        registers = Hits.Registers with { Rip = sample.At("callee", 0), Rsp = Memory };
        named = new InstructionFinder(sample.Module, _ => sample.Module, address => address.Value == registers.Rip ? "callee" : null);
        named.Find(Hits.Of(registers, Hits.Write(Memory, 8), stack), [Hits.Write(Memory, 8)])!.Text.Should().Be("call callee");
        named = new InstructionFinder(sample.Module, _ => sample.Module, _ => null);
        named.Find(Hits.Of(registers, Hits.Write(Memory, 8), stack), [Hits.Write(Memory, 8)])!.Text
            .Should().Be($"call 0x{registers.Rip:x}");
    }

    [Fact]
    public void Code_that_is_rewritten_is_read_again()
    {
        var code = new CodeMemory(0x5000, [0x89, 0x03, 0x90, 0xc3]); // mov [rbx], eax; nop; ret
        var finder = new InstructionFinder(code, _ => null);
        HardwareSlot slot = Hits.Write(Memory, 8);
        RawHit hit = Hits.Of(Hits.Registers with { Rip = 0x5002, Rbx = Memory, Rcx = Memory }, slot);
        finder.Find(hit, [slot])!.Text.Should().Be("mov dword ptr [rbx], eax");
        code.Bytes[1] = 0x01; // mov [rcx], eax
        finder.Find(hit, [slot])!.Text.Should().Be("mov dword ptr [rcx], eax");
    }

    [Fact]
    public void Code_that_cannot_be_read_names_nobody()
    {
        var finder = new InstructionFinder(new CodeMemory(0x5000, []), _ => null);
        HardwareSlot slot = Hits.Write(Memory, 8);
        finder.Find(Hits.Of(Hits.Registers with { Rip = 0x5002 }, slot), [slot]).Should().BeNull();
        finder.Find(Hits.Of(Hits.Registers, slot), [slot]).Should().BeNull();
        finder.Find(Hits.Of(Hits.Registers with { Rip = ulong.MaxValue }, slot), [slot]).Should().BeNull();
        finder.TouchedSlots(Hits.Of(Hits.Registers, slot, index: -1), []).Should().BeEmpty();
    }

    [Fact]
    public void An_instruction_at_the_very_start_of_a_mapping_is_found()
    {
        var finder = new InstructionFinder(new CodeMemory(0x5000, [0x48, 0x89, 0x03, 0xc3]), _ => null);
        HardwareSlot slot = Hits.Write(Memory, 8);
        finder.Find(Hits.Of(Hits.Registers with { Rip = 0x5003, Rbx = Memory }, slot), [slot]).Should().BeEquivalentTo(
            new { Address = new Address(0x5000), Proven = true, Text = "mov qword ptr [rbx], rax" });
    }

    [Fact]
    public void The_same_hit_again_costs_no_memory()
    {
        InstructionFinder finder = sample.Finder();
        HardwareSlot[] slots = [Hits.Write(Memory, 8)];
        RawHit hit = Hits.Of(sample.After("modify", 2) with { Rbx = Memory, Rcx = 5 }, slots[0]);
        Instruction? first = finder.Find(hit, slots);
        first!.Proven.Should().BeTrue();
        for (int i = 0; i < 100; i++)
        {
            finder.Find(hit, slots).Should().BeSameAs(first);
        }

        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 1000; i++)
        {
            finder.Find(hit, slots);
            finder.TouchedSlots(hit, slots);
        }

        (GC.GetAllocatedBytesForCurrentThread() - before).Should().Be(0);
    }

    private sealed class CodeMemory(ulong start, byte[] bytes) : ITargetMemory
    {
        public byte[] Bytes => bytes;

        public bool TryRead(Address address, Span<byte> buffer)
        {
            ulong offset = address.Value - start;
            if (address.Value < start || offset > (ulong)bytes.Length || offset + (ulong)buffer.Length > (ulong)bytes.Length)
            {
                return false;
            }

            bytes.AsSpan((int)offset, buffer.Length).CopyTo(buffer);
            return true;
        }
    }
}
