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

    /// <summary>Rules other than the calling convention's own (callee-saved: same, stack pointer: cfa, others: lost).</summary>
    public required RegisterRule[] Rules { get; init; }

    /// <summary>The frame that the kernel has made to call a signal handler: its caller was interrupted, not calling.</summary>
    public bool IsSignalFrame { get; init; }
}
