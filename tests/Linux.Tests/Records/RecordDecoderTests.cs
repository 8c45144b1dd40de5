// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using System.Runtime.InteropServices;
using System.Text;
using AwesomeAssertions;
using Livewatcher.Linux.Records;
using Livewatcher.Model;
using Xunit;

namespace Livewatcher.Linux.Tests.Records;

public sealed class RecordDecoderTests
{
    [Fact]
    public void A_record_becomes_a_hit()
    {
        WatchRecord record = Sample();
        byte[] stack = [1, 2, 3, 4, 5, 6, 7, 8];

        RawHit hit = RecordDecoder.ToHit(record, stack, new ThreadNames());

        hit.Should().BeEquivalentTo(new
        {
            Time = 1_234_567_890UL,
            Process = new ProcessId(100),
            Thread = new ThreadId(101),
            ThreadName = "worker/3",
            Cpu = 5,
            Slot = 2,
            Address = new Address(0x7f00_1234_5678),
            Origin = HitOrigin.User,
            Recovered = false,
            Old = (ulong?)7,
            New = (ulong?)8,
            StackCut = StackCut.None,
        });
        hit.Kernel.Should().BeNull();
        hit.Stack.ToArray().Should().Equal(stack);
    }

    /// <summary>Each register holds its own index in struct pt_regs (arch/x86/include/uapi/asm/ptrace.h).</summary>
    [Fact]
    public void Registers_are_in_the_order_of_pt_regs()
    {
        WatchRecord record = Sample();
        for (int i = 0; i < RecordLimits.LW_REGISTERS; i++)
            record.Registers[i] = (ulong)i;

        UserRegisters registers = RecordDecoder.ToHit(record, [], new ThreadNames()).Registers;

        registers.Should().Be(new UserRegisters(
            R15: 0, R14: 1, R13: 2, R12: 3, Rbp: 4, Rbx: 5, R11: 6, R10: 7, R9: 8, R8: 9, Rax: 10, Rcx: 11, Rdx: 12, Rsi: 13, Rdi: 14,
            OrigRax: 15, Rip: 16, Cs: 17, Eflags: 18, Rsp: 19, Ss: 20));
    }

    [Fact]
    public void A_kernel_hit_brings_the_kernels_registers()
    {
        WatchRecord record = Sample();
        record.Flags |= RecordFlags.LW_KERNEL;
        record.KernelIp = 0xffff_ffff_8100_0000;
        record.KernelDi = 0x5008;
        record.KernelCx = 3;

        RawHit hit = RecordDecoder.ToHit(record, [], new ThreadNames());

        hit.Origin.Should().Be(HitOrigin.Kernel);
        hit.Kernel.Should().Be(new KernelContext(0xffff_ffff_8100_0000, 0x5008, 3));
    }

    [Fact]
    public void Values_that_were_not_read_are_absent()
    {
        WatchRecord record = Sample();
        record.Flags = RecordFlags.LW_RECOVERED | RecordFlags.LW_STACK_UNREAD;
        record.Slot = 0xffff;

        RawHit hit = RecordDecoder.ToHit(record, [], new ThreadNames());

        hit.Old.Should().BeNull();
        hit.New.Should().BeNull();
        hit.Slot.Should().Be(-1);
        hit.Recovered.Should().BeTrue();
        hit.StackCut.Should().Be(StackCut.Unreadable);
    }

    [Fact]
    public void A_stack_length_that_lies_is_cut_to_what_is_there()
    {
        WatchRecord record = Sample();
        record.StackLength = uint.MaxValue;

        RecordDecoder.ToHit(record, [1, 2, 3], new ThreadNames()).Stack.Length.Should().Be(3);
    }

    [Fact]
    public void A_thread_name_without_an_end_is_sixteen_bytes()
    {
        WatchRecord record = Sample();
        Encoding.UTF8.GetBytes("0123456789abcdef", record.Comm);

        RecordDecoder.ToHit(record, [], new ThreadNames()).ThreadName.Should().Be("0123456789abcdef");
    }

    [Fact]
    public void Short_and_foreign_records_are_refused()
    {
        WatchRecord record = Sample();
        byte[] bytes = MemoryMarshal.AsBytes(new ReadOnlySpan<WatchRecord>(ref record)).ToArray();

        RecordDecoder.TryReadHeader(bytes, out WatchRecord read).Should().BeTrue();
        read.Tid.Should().Be(101);
        RecordDecoder.TryReadHeader(bytes.AsSpan(0, bytes.Length - 1), out _).Should().BeFalse();
        RecordDecoder.TryReadHeader([], out _).Should().BeFalse();
        bytes[2]++;
        RecordDecoder.TryReadHeader(bytes, out _).Should().BeFalse("another version may have another layout");
    }

    private static WatchRecord Sample()
    {
        WatchRecord record = new()
        {
            Kind = RecordKind.LW_RECORD_HIT,
            Version = RecordLimits.LW_RECORD_VERSION,
            Slot = 2,
            Flags = RecordFlags.LW_OLD_VALID | RecordFlags.LW_NEW_VALID,
            Time = 1_234_567_890,
            Tgid = 100,
            Tid = 101,
            Cpu = 5,
            StackLength = 8,
            Address = 0x7f00_1234_5678,
            OldValue = 7,
            NewValue = 8,
        };
        Encoding.UTF8.GetBytes("worker/3", record.Comm);
        return record;
    }
}
