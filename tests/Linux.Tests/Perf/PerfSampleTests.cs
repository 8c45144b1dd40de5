// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using System.Buffers.Binary;
using AwesomeAssertions;
using Livewatcher.Linux.Perf;
using Livewatcher.Linux.Records;
using Livewatcher.Model;
using Xunit;

namespace Livewatcher.Linux.Tests.Perf;

/// <summary>A sample's bytes, written down by perf_event_open(2), "MMAP layout", in the order of sample_type's bits.</summary>
public sealed class PerfSampleTests
{
    private const ulong Asked = 32;

    [Fact]
    public void A_sample_is_decoded()
    {
        PerfSample.TryDecode(Bytes(stack: [.. Enumerable.Range(1, 32).Select(i => (byte)i)], copied: 32), out PerfSample sample).Should().BeTrue();

        sample.Identifier.Should().Be(77);
        sample.InstructionPointer.Should().Be(0x5555_0000_1234);
        sample.Pid.Should().Be(4000);
        sample.Tid.Should().Be(4001);
        sample.Time.Should().Be(123_456_789_012);
        sample.Address.Should().Be(0x7fff_0000_0010);
        sample.Cpu.Should().Be(63);
        sample.StackAsked.Should().Be(Asked);
        sample.Stack.Length.Should().Be(32);
        sample.Stack[31].Should().Be(32);
        sample.Interrupted.Should().Be((202UL, 205UL));
    }

    [Fact]
    public void A_sample_without_interrupted_registers_has_none()
    {
        PerfSample.TryDecode(Bytes(stack: new byte[32], copied: 32, interrupted: false), out PerfSample sample).Should().BeTrue();

        sample.Interrupted.Should().Be((0UL, 0UL));
        sample.Stack.Length.Should().Be(32);
    }

    /// <summary>Register i of enum perf_event_x86_regs (arch/x86/include/uapi/asm/perf_regs.h) holds 100 + i. A 64-bit kernel
    /// writes those of a 32-bit program in the same way, and says so (PERF_SAMPLE_REGS_ABI_32).</summary>
    [Theory]
    [InlineData(2)]
    [InlineData(1)]
    public void Registers_go_from_perfs_order_to_that_of_pt_regs(ulong abi)
    {
        PerfSample.TryDecode(Bytes(stack: [], copied: 0, asked: 0, abi: abi), out PerfSample sample).Should().BeTrue();

        sample.Registers.Should().Be(new UserRegisters(
            Rax: 100, Rbx: 101, Rcx: 102, Rdx: 103, Rsi: 104, Rdi: 105, Rbp: 106, Rsp: 107, Rip: 108, Eflags: 109, Cs: 110, Ss: 111,
            R8: 116, R9: 117, R10: 118, R11: 119, R12: 120, R13: 121, R14: 122, R15: 123, OrigRax: UserRegisters.UnknownCall));
    }

    [Fact]
    public void A_stack_that_ends_early_is_as_long_as_was_copied()
    {
        PerfSample.TryDecode(Bytes(stack: new byte[32], copied: 8), out PerfSample sample).Should().BeTrue();

        sample.StackAsked.Should().Be(32);
        sample.Stack.Length.Should().Be(8);
    }

    [Fact]
    public void A_sample_without_user_registers_has_none()
    {
        PerfSample.TryDecode(Bytes(stack: [], copied: 0, asked: 0, registers: false), out PerfSample sample).Should().BeTrue();

        sample.Registers.Should().Be(default(UserRegisters));
        sample.Stack.Length.Should().Be(0);
    }

    [Fact]
    public void Every_shorter_sample_is_refused()
    {
        byte[] whole = Bytes(stack: new byte[32], copied: 32);
        for (int length = 0; length < whole.Length; length++)
            PerfSample.TryDecode(whole.AsSpan(0, length), out _).Should().BeFalse($"{length} bytes are too few");
    }

    [Theory]
    [InlineData(40, 32)]
    [InlineData(ulong.MaxValue, 32)]
    [InlineData(32, 33)]
    [InlineData(32, ulong.MaxValue)]
    public void Lengths_that_lie_are_refused(ulong asked, ulong copied) =>
        PerfSample.TryDecode(Bytes(stack: new byte[32], copied, asked), out _).Should().BeFalse();

    [Fact]
    public void The_length_of_the_stack_names_the_slot()
    {
        PerfSampling sampling = new(StackBytes: 4096, ExcludeKernel: false, Watermark: 0);

        for (int slot = 0; slot < RecordLimits.LW_SLOTS; slot++)
            sampling.SlotOf((ulong)sampling.StackBytesOf(slot)).Should().Be(slot);
        sampling.SlotOf(4088).Should().Be(-1, "the kernel has shortened it");
        sampling.SlotOf(4100).Should().Be(-1);
        sampling.SlotOf(4096 + 32).Should().Be(-1);
        sampling.SlotOf(0).Should().Be(-1);
    }

    [Fact]
    public void Lost_records_tell_how_many()
    {
        byte[] lost = new byte[16];
        BinaryPrimitives.WriteUInt64LittleEndian(lost, 77);
        BinaryPrimitives.WriteUInt64LittleEndian(lost.AsSpan(8), 5142);

        PerfLoss.Read(PerfRecordType.PERF_RECORD_LOST, lost).Should().Be(5142);
        PerfLoss.Read(PerfRecordType.PERF_RECORD_LOST_SAMPLES, lost).Should().Be(77);
        PerfLoss.Read(PerfRecordType.PERF_RECORD_LOST, lost.AsSpan(0, 8)).Should().Be(0);
    }

    private static byte[] Bytes(byte[] stack, ulong copied, ulong asked = Asked, bool registers = true, ulong abi = 2, bool interrupted = true)
    {
        MemoryStream bytes = new();
        BinaryWriter writer = new(bytes);
        writer.Write(77UL); // PERF_SAMPLE_IDENTIFIER
        writer.Write(0x5555_0000_1234UL); // IP
        writer.Write(4000); // TID: pid, tid
        writer.Write(4001);
        writer.Write(123_456_789_012UL); // TIME
        writer.Write(0x7fff_0000_0010UL); // ADDR
        writer.Write(63); // CPU: cpu, res
        writer.Write(0);
        writer.Write(registers ? abi : 0UL); // REGS_USER: PERF_SAMPLE_REGS_ABI_64 is 2, then one word for each bit of the mask
        for (int register = 0; registers && register < 24; register++)
        {
            if ((PerfSampling.SampleRegisters >> register & 1) != 0)
                writer.Write(100UL + (ulong)register);
        }

        writer.Write(asked); // STACK_USER: size, data, dyn_size
        if (asked != 0)
        {
            writer.Write(stack);
            writer.Write(copied);
        }

        writer.Write(interrupted ? abi : 0UL); // REGS_INTR: CX is register 2 and DI 5
        for (int register = 0; interrupted && register < 24; register++)
        {
            if ((PerfSampling.InterruptedRegisters >> register & 1) != 0)
                writer.Write(200UL + (ulong)register);
        }

        return bytes.ToArray();
    }
}
