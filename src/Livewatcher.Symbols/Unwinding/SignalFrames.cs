// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using Livewatcher.Symbols.Interop;

namespace Livewatcher.Symbols.Unwinding;

/// <summary>What the kernel lays on the stack to call a signal handler, found by the code that the handler returns to: by
/// that debuggers know it. glibc and the vDSO have call frame information for it, musl has none. Rows hold at the code's
/// first instruction.</summary>
internal static class SignalFrames
{
    /// <summary>"mov $15, %rax; syscall": rt_sigreturn(2). rsp points to struct ucontext (asm-generic/ucontext.h), whose
    /// sigcontext begins 40 bytes in and holds r8 to r15, rdi, rsi, rbp, rbx, rdx, rax, rcx, rsp, rip
    /// (arch/x86/include/uapi/asm/sigcontext.h).</summary>
    public static SignalTrampoline Wide { get; } = new(
        [0x48, 0xc7, 0xc0, 0x0f, 0, 0, 0, 0x0f, 0x05],
        new UnwindRow
        {
            CfaRegister = X64.Rsp,
            CfaOffset = 0,
            IsSignalFrame = true,
            ReturnAddress = new RegisterRule(X64.ReturnAddress, RuleKind.AtCfa, 40 + (16 * 8)),
            Rules =
            [
                .. new byte[] { 8, 9, 10, 11, 12, 13, 14, 15, 5, 4, 6, 3, 1, 0, 2, 7 }
                    .Select((register, index) => new RegisterRule(register, RuleKind.AtCfa, 40 + (index * 8))),
            ],
        });

    /// <summary>"pop %eax; mov $119, %eax; int $0x80": sigreturn(2), for handlers without SA_SIGINFO. The handler's return has
    /// left esp at the signal's number; struct sigcontext_32 (arch/x86/include/uapi/asm/sigcontext.h) follows.</summary>
    public static SignalTrampoline Narrow { get; } = new(
        [0x58, 0xb8, 0x77, 0, 0, 0, 0xcd, 0x80],
        new UnwindRow
        {
            CfaRegister = X86.Esp,
            CfaOffset = 0,
            IsSignalFrame = true,
            ReturnAddress = new RegisterRule(X86.ReturnAddress, RuleKind.AtCfa, sizeof(uint) + NarrowInstructionPointer),
            Rules =
            [
                .. NarrowRegisters.Select((register, index) =>
                    new RegisterRule(register, RuleKind.AtCfa, sizeof(uint) + NarrowFirst + (index * sizeof(uint)))),
            ],
        });

    /// <summary>"mov $173, %eax; int $0x80": rt_sigreturn(2). esp points to the signal's number, to a pointer to siginfo and to
    /// one to struct ucontext_ia32 (arch/x86/include/asm/sigframe.h), whose sigcontext_32 begins 20 bytes in.</summary>
    public static SignalTrampoline NarrowWithInfo { get; } = new(
        [0xb8, 0xad, 0, 0, 0, 0xcd, 0x80],
        new UnwindRow
        {
            CfaRegister = X86.Esp,
            CfaOffset = 0,
            IsSignalFrame = true,
            ReturnAddress = InContext(X86.ReturnAddress, NarrowInstructionPointer),
            Rules = [.. NarrowRegisters.Select((register, index) => InContext(register, NarrowFirst + (index * sizeof(uint))))],
        });

    /// <summary>Behind gs, fs, es and ds: edi, esi, ebp, esp, ebx, edx, ecx, eax, by their DWARF numbers.</summary>
    private static byte[] NarrowRegisters => [7, 6, 5, 4, 3, 2, 1, 0];

    private const int NarrowFirst = 16;

    /// <summary>Behind those, trapno and err.</summary>
    private const int NarrowInstructionPointer = 56;

    /// <summary>r' = *(*(esp + 8) + 20 + offset)</summary>
    private static RegisterRule InContext(byte register, int offset) => new(
        register, RuleKind.AtExpression, 0,
        [
            new DwarfOperation(FrameOp.BregX, X86.Esp, 2 * sizeof(uint)),
            new DwarfOperation(DwarfOp.Deref, 0, 0),
            new DwarfOperation(DwarfOp.PlusUconst, (ulong)(20 + offset), 0),
        ]);
}
