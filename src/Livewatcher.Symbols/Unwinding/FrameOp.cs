// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

namespace Livewatcher.Symbols.Unwinding;

/// <summary>DW_OP_* (DWARF 5, table 7.9) that only call frame information uses; the others are in DwarfOp.</summary>
internal static class FrameOp
{
    public const byte Mul = 0x1e;
    public const byte Neg = 0x1f;
    public const byte Not = 0x20;
    public const byte Or = 0x21;
    public const byte Shl = 0x24;
    public const byte Shr = 0x25;
    public const byte Shra = 0x26;
    public const byte Xor = 0x27;
    public const byte Eq = 0x29;
    public const byte Ge = 0x2a;
    public const byte Gt = 0x2b;
    public const byte Le = 0x2c;
    public const byte Lt = 0x2d;
    public const byte Ne = 0x2e;
    public const byte Breg0 = 0x70;
    public const byte Breg31 = 0x8f;
    public const byte RegX = 0x90;
    public const byte BregX = 0x92;
    public const byte CallFrameCfa = 0x9c;
}
