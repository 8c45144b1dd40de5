// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

namespace Livewatcher.Model;

/// <summary>A thread's general registers at user level, in the order of the kernel's struct pt_regs
/// (arch/x86/include/uapi/asm/ptrace.h). For a hit inside the kernel: the registers at the system call.</summary>
public readonly record struct UserRegisters(
    ulong R15, ulong R14, ulong R13, ulong R12, ulong Rbp, ulong Rbx, ulong R11, ulong R10, ulong R9, ulong R8,
    ulong Rax, ulong Rcx, ulong Rdx, ulong Rsi, ulong Rdi, ulong OrigRax, ulong Rip, ulong Cs, ulong Eflags,
    ulong Rsp, ulong Ss)
{
    /// <summary>In OrigRax: the source of the hit does not tell system calls' numbers. (Negative, as outside a system call.)</summary>
    public const ulong UnknownCall = 1UL << 63;

    /// <summary>__USER32_CS (arch/x86/include/asm/segment.h): the segment in which 32-bit code runs.</summary>
    private const ulong CompatibilityCodeSegment = 0x23;

    /// <summary>32-bit code: i386's registers, in the low halves of these.</summary>
    public bool IsCompatibilityMode => Cs == CompatibilityCodeSegment;
}
