// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using Livewatcher.Symbols.Interop;

namespace Livewatcher.Symbols.Unwinding;

/// <summary>How a caller's register follows from the frame of its callee (DWARF 5, 6.4.1).</summary>
internal enum RuleKind : byte
{
    /// <summary>r' is lost.</summary>
    Undefined,

    /// <summary>r' = r</summary>
    Same,

    /// <summary>r' = *(cfa + offset)</summary>
    AtCfa,

    /// <summary>r' = cfa + offset</summary>
    CfaPlus,

    /// <summary>r' = the callee's register number offset</summary>
    Register,

    /// <summary>r' = *expression</summary>
    AtExpression,

    /// <summary>r' = expression</summary>
    Expression,
}

/// <summary>One register's rule.</summary>
internal readonly record struct RegisterRule(byte Register, RuleKind Kind, long Offset, DwarfOperation[]? Expression = null);

/// <summary>The rules for one code address: a row of the call frame table, as data. The unwinder executes them.</summary>
internal sealed class UnwindRow
{
    /// <summary>cfa = register + offset, unless there is an expression.</summary>
    public required int CfaRegister { get; init; }

    public required long CfaOffset { get; init; }

    public DwarfOperation[]? CfaExpression { get; init; }

    /// <summary>Where the return address is; <see cref="RuleKind.Undefined"/> marks the outermost frame.</summary>
    public required RegisterRule ReturnAddress { get; init; }

    /// <summary>Rules other than the calling convention's own (callee-saved: same, rsp: cfa, others: lost).</summary>
    public required RegisterRule[] Rules { get; init; }

    /// <summary>The frame that the kernel has made to call a signal handler: its caller was interrupted, not calling.</summary>
    public bool IsSignalFrame { get; init; }

    /// <summary>A frame pointer instead of rules: rsp' = rbp + 16, rbp' = *rbp, pc' = *(rbp + 8). For code that has no
    /// call frame information; a guess that the unwinder checks.</summary>
    public static UnwindRow FramePointer { get; } = new()
    {
        CfaRegister = X64.Rbp,
        CfaOffset = 16,
        ReturnAddress = new RegisterRule(X64.ReturnAddress, RuleKind.AtCfa, -8),
        Rules = [new RegisterRule(X64.Rbp, RuleKind.AtCfa, -16)],
    };

    /// <summary>The code to which a signal handler returns, at its first instruction: rsp points to struct ucontext
    /// (asm-generic/ucontext.h), whose sigcontext begins 40 bytes in and holds r8 to r15, rdi, rsi, rbp, rbx, rdx, rax,
    /// rcx, rsp, rip (arch/x86/include/uapi/asm/sigcontext.h).</summary>
    public static UnwindRow SignalTrampoline { get; } = new()
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
    };
}
