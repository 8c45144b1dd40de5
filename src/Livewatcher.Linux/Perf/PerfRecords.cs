// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Livewatcher.Model;

namespace Livewatcher.Linux.Perf;

/// <summary>enum perf_event_type, include/uapi/linux/perf_event.h: those that our attributes can bring.</summary>
internal enum PerfRecordType : uint
{
    PERF_RECORD_LOST = 2,
    PERF_RECORD_THROTTLE = 5,
    PERF_RECORD_FORK = 7,
    PERF_RECORD_SAMPLE = 9,
    PERF_RECORD_LOST_SAMPLES = 13,
}

/// <summary>struct perf_event_header.</summary>
[StructLayout(LayoutKind.Sequential)]
internal readonly record struct PerfRecordHeader(PerfRecordType Type, ushort Misc, ushort Size)
{
    private const int PERF_RECORD_MISC_CPUMODE_MASK = 7;
    private const int PERF_RECORD_MISC_KERNEL = 1;
    private const int PERF_RECORD_MISC_GUEST_KERNEL = 4;

    internal bool IsKernel => (Misc & PERF_RECORD_MISC_CPUMODE_MASK) is PERF_RECORD_MISC_KERNEL or PERF_RECORD_MISC_GUEST_KERNEL;
}

/// <summary>The body of a PERF_RECORD_SAMPLE of <see cref="PerfSampling"/>'s shape (perf_event_open(2), "MMAP layout").</summary>
internal readonly ref struct PerfSample
{
    private const int FixedBytes = 48;
    private const int RegisterCount = 20;
    private const ulong PERF_SAMPLE_REGS_ABI_NONE = 0;

    internal ulong Identifier { get; private init; }

    internal ulong InstructionPointer { get; private init; }

    internal int Pid { get; private init; }

    internal int Tid { get; private init; }

    internal ulong Time { get; private init; }

    internal ulong Address { get; private init; }

    internal int Cpu { get; private init; }

    internal UserRegisters Registers { get; private init; }

    /// <summary>RCX and RDI of the code that made the access, the kernel's at a hit there; 0 where the kernel does not say.</summary>
    internal (ulong Rcx, ulong Rdi) Interrupted { get; private init; }

    /// <summary>Bytes of stack that the kernel meant to copy.</summary>
    internal ulong StackAsked { get; private init; }

    /// <summary>The bytes that it could copy.</summary>
    internal ReadOnlySpan<byte> Stack { get; private init; }

    internal static bool TryDecode(ReadOnlySpan<byte> body, out PerfSample sample)
    {
        sample = default;
        if (body.Length < FixedBytes + sizeof(ulong))
            return false;
        ReadOnlySpan<ulong> words = MemoryMarshal.Cast<byte, ulong>(body);
        int at = FixedBytes / sizeof(ulong);
        UserRegisters registers = default;
        if (words[at++] != PERF_SAMPLE_REGS_ABI_NONE)
        {
            if (words.Length < at + RegisterCount)
                return false;
            registers = ToRegisters(words.Slice(at, RegisterCount));
            at += RegisterCount;
        }

        if (!TryReadStack(words[at..], out ulong asked, out ReadOnlySpan<byte> stack, out ReadOnlySpan<ulong> rest)
            || !TryReadInterrupted(rest, out (ulong Rcx, ulong Rdi) interrupted))
            return false;
        sample = new PerfSample
        {
            Identifier = words[0],
            InstructionPointer = words[1],
            Pid = (int)(uint)words[2],
            Tid = (int)(words[2] >> 32),
            Time = words[3],
            Address = words[4],
            Cpu = (int)(uint)words[5],
            Registers = registers,
            Interrupted = interrupted,
            StackAsked = asked,
            Stack = stack,
        };
        return true;
    }

    private static bool TryReadStack(ReadOnlySpan<ulong> words, out ulong asked, out ReadOnlySpan<byte> stack, out ReadOnlySpan<ulong> after)
    {
        asked = 0;
        stack = default;
        after = default;
        if (words.IsEmpty)
            return false;
        asked = words[0];
        after = words[1..];
        if (asked == 0)
            return true;
        ReadOnlySpan<byte> rest = MemoryMarshal.AsBytes(words[1..]);
        // The data, then dyn_size, how much of the data is real.
        if (asked > (ulong)rest.Length || (ulong)rest.Length - asked < sizeof(ulong))
            return false;
        ulong copied = BinaryPrimitives.ReadUInt64LittleEndian(rest[(int)asked..]);
        if (copied > asked)
            return false;
        stack = rest[..(int)copied];
        after = words[(2 + (int)(asked / sizeof(ulong)))..];
        return true;
    }

    private static bool TryReadInterrupted(ReadOnlySpan<ulong> words, out (ulong Rcx, ulong Rdi) registers)
    {
        registers = default;
        if (words.IsEmpty)
            return false;
        if (words[0] == PERF_SAMPLE_REGS_ABI_NONE)
            return true;
        if (words.Length < 3)
            return false;
        registers = (words[1], words[2]);
        return true;
    }

    /// <summary>From the order of enum perf_event_x86_regs (arch/x86/include/uapi/asm/perf_regs.h), AX BX CX DX SI DI BP SP
    /// IP FLAGS CS SS and R8 to R15, to that of struct pt_regs. perf has no orig_rax.</summary>
    private static UserRegisters ToRegisters(ReadOnlySpan<ulong> r) => new(
        R15: r[19], R14: r[18], R13: r[17], R12: r[16], Rbp: r[6], Rbx: r[1], R11: r[15], R10: r[14], R9: r[13], R8: r[12],
        Rax: r[0], Rcx: r[2], Rdx: r[3], Rsi: r[4], Rdi: r[5], OrigRax: UserRegisters.UnknownCall, Rip: r[8], Cs: r[10], Eflags: r[9],
        Rsp: r[7], Ss: r[11]);
}

/// <summary>PERF_RECORD_FORK: a new thread, or the first one of a new process.</summary>
internal readonly record struct PerfFork(int Pid, int ParentPid, int Tid)
{
    internal static bool TryDecode(ReadOnlySpan<byte> body, out PerfFork fork)
    {
        // { u32 pid, ppid; u32 tid, ptid; u64 time; }
        ReadOnlySpan<int> words = MemoryMarshal.Cast<byte, int>(body);
        fork = words.Length < 3 ? default : new PerfFork(words[0], words[1], words[2]);
        return words.Length >= 3;
    }
}

/// <summary>The other records' one number each.</summary>
internal static class PerfLoss
{
    /// <summary>PERF_RECORD_LOST is { id, lost }, PERF_RECORD_LOST_SAMPLES is { lost }.</summary>
    internal static ulong Read(PerfRecordType type, ReadOnlySpan<byte> body)
    {
        int offset = type == PerfRecordType.PERF_RECORD_LOST ? sizeof(ulong) : 0;
        return body.Length >= offset + sizeof(ulong) ? Unsafe.ReadUnaligned<ulong>(in body[offset]) : 0;
    }
}
