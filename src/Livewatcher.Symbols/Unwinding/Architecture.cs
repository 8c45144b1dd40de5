// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using Livewatcher.Model;
using Livewatcher.Symbols.Modules;

namespace Livewatcher.Symbols.Unwinding;

/// <summary>The x86-64 registers by DWARF number (System V ABI, AMD64 supplement, figure 3.36).</summary>
internal static class X64
{
    public const int Rax = 0;
    public const int Rbx = 3;
    public const int Rbp = 6;
    public const int Rsp = 7;
    public const int R12 = 12;
    public const int R15 = 15;
    public const int ReturnAddress = 16;
}

/// <summary>The i386 registers by DWARF number (System V ABI, Intel386 supplement, table 2.14; esp is 4 and ebp 5 on Linux
/// in .eh_frame as in .debug_frame).</summary>
internal static class X86
{
    public const int Ebx = 3;
    public const int Esp = 4;
    public const int Ebp = 5;
    public const int Esi = 6;
    public const int Edi = 7;
    public const int ReturnAddress = 8;
}

/// <summary>Code to which a signal handler returns, and the frame that the kernel has made there.</summary>
internal readonly record struct SignalTrampoline(byte[] Code, UnwindRow Row);

/// <summary>Writes sampled registers in the order of their DWARF numbers.</summary>
internal delegate void RegisterOrder(in UserRegisters user, Span<ulong> values);

/// <summary>All that the unwinder knows of an architecture. Another one means another value here; the checklist: the
/// numbers above, what a call preserves, the width of a word, the order of the sampled registers, the frame pointer's row,
/// the trampolines; beside it ElfShape, RelocationShape, the bitness that Instructions decode, and the system calls.</summary>
internal sealed class Architecture
{
    public static readonly Architecture Wide = new()
    {
        WordSize = sizeof(ulong),
        StackPointer = X64.Rsp,
        FramePointer = X64.Rbp,
        ReturnAddress = X64.ReturnAddress,
        CalleeSaved = (1u << X64.Rbx) | (1u << X64.Rbp) | (0xfu << X64.R12),
        Unspoken = (1u << X64.Rax) | (1u << X64.Rbx) | (1u << X64.Rbp) | (0xfu << X64.R12),
        Order = static (in user, values) => ((ReadOnlySpan<ulong>)
        [
            user.Rax, user.Rdx, user.Rcx, user.Rbx, user.Rsi, user.Rdi, user.Rbp, user.Rsp,
            user.R8, user.R9, user.R10, user.R11, user.R12, user.R13, user.R14, user.R15, user.Rip,
        ]).CopyTo(values),
        Trampolines = [SignalFrames.Wide],
    };

    public static readonly Architecture Narrow = new()
    {
        WordSize = sizeof(uint),
        StackPointer = X86.Esp,
        FramePointer = X86.Ebp,
        ReturnAddress = X86.ReturnAddress,
        CalleeSaved = (1u << X86.Ebx) | (1u << X86.Ebp) | (1u << X86.Esi) | (1u << X86.Edi),
        Unspoken = (1u << X86.Ebx) | (1u << X86.Ebp) | (1u << X86.Esi) | (1u << X86.Edi),
        Order = static (in user, values) => ((ReadOnlySpan<ulong>)
        [
            user.Rax, user.Rcx, user.Rdx, user.Rbx, user.Rsp, user.Rbp, user.Rsi, user.Rdi, user.Rip,
        ]).CopyTo(values),
        Trampolines = [SignalFrames.Narrow, SignalFrames.NarrowWithInfo],
    };

    /// <summary>Bytes of a stack slot.</summary>
    public required int WordSize { get; init; }

    public required int StackPointer { get; init; }

    public required int FramePointer { get; init; }

    /// <summary>The column of the return address, the highest number of all.</summary>
    public required int ReturnAddress { get; init; }

    /// <summary>A bit for each register that a function leaves as it was where it does not mention it.</summary>
    public required uint CalleeSaved { get; init; }

    /// <summary>A bit for each register of which libdw says "same value" without the table having said so: its defaults are
    /// the calling convention's, but take rax for rbx (backends/x86_64_cfi.c in 0.188).</summary>
    public required uint Unspoken { get; init; }

    public required RegisterOrder Order { get; init; }

    public required SignalTrampoline[] Trampolines { get; init; }

    public int Count => ReturnAddress + 1;

    /// <summary>Values wrap at this width.</summary>
    public ulong Mask => WordSize == sizeof(uint) ? uint.MaxValue : ulong.MaxValue;

    /// <summary>A frame pointer instead of rules: sp' = bp + 2 words, bp' = *bp, pc' = *(bp + 1 word). For code that has no
    /// call frame information; a guess that the unwinder checks.</summary>
    public UnwindRow FramePointerRow => field ??= new UnwindRow
    {
        CfaRegister = FramePointer,
        CfaOffset = 2 * WordSize,
        ReturnAddress = new RegisterRule((byte)ReturnAddress, RuleKind.AtCfa, -WordSize),
        Rules = [new RegisterRule((byte)FramePointer, RuleKind.AtCfa, -2 * WordSize)],
    };

    /// <summary>By the code segment: 32-bit code runs in the compatibility segment.</summary>
    public static Architecture Of(in UserRegisters registers) => registers.IsCompatibilityMode ? Narrow : Wide;

    public static Architecture Of(ElfLayout layout) => layout.Shape.WordSize == sizeof(uint) ? Narrow : Wide;
}
