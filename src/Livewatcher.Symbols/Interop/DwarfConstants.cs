// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

namespace Livewatcher.Symbols.Interop;

/// <summary>DW_TAG_* (DWARF 5, table 7.3).</summary>
internal static class DwarfTag
{
    internal const int ArrayType = 0x01;
    internal const int ClassType = 0x02;
    internal const int EnumerationType = 0x04;
    internal const int FormalParameter = 0x05;
    internal const int LexicalBlock = 0x0b;
    internal const int Member = 0x0d;
    internal const int PointerType = 0x0f;
    internal const int ReferenceType = 0x10;
    internal const int CompileUnit = 0x11;
    internal const int StructureType = 0x13;
    internal const int SubroutineType = 0x15;
    internal const int Typedef = 0x16;
    internal const int UnionType = 0x17;
    internal const int UnspecifiedParameters = 0x18;
    internal const int Inheritance = 0x1c;
    internal const int Module = 0x1e;
    internal const int PointerToMemberType = 0x1f;
    internal const int SubrangeType = 0x21;
    internal const int BaseType = 0x24;
    internal const int ConstType = 0x26;
    internal const int Enumerator = 0x28;
    internal const int Subprogram = 0x2e;
    internal const int Variable = 0x34;
    internal const int VolatileType = 0x35;
    internal const int RestrictType = 0x37;
    internal const int Namespace = 0x39;
    internal const int UnspecifiedType = 0x3b;
    internal const int RvalueReferenceType = 0x42;
    internal const int AtomicType = 0x47;
}

/// <summary>DW_AT_* (DWARF 5, table 7.5).</summary>
internal static class DwarfAt
{
    internal const uint Location = 0x02;
    internal const uint Name = 0x03;
    internal const uint ByteSize = 0x0b;
    internal const uint BitOffset = 0x0c;
    internal const uint BitSize = 0x0d;
    internal const uint LowPc = 0x11;
    internal const uint Language = 0x13;
    internal const uint CompilationDirectory = 0x1b;
    internal const uint ConstValue = 0x1c;
    internal const uint Inline = 0x20;
    internal const uint UpperBound = 0x2f;
    internal const uint AbstractOrigin = 0x31;
    internal const uint Artificial = 0x34;
    internal const uint CallingConvention = 0x36;
    internal const uint Count = 0x37;
    internal const uint DataMemberLocation = 0x38;
    internal const uint DeclarationFile = 0x3a;
    internal const uint DeclarationLine = 0x3b;
    internal const uint Declaration = 0x3c;
    internal const uint Encoding = 0x3e;
    internal const uint External = 0x3f;
    internal const uint FrameBase = 0x40;
    internal const uint Specification = 0x47;
    internal const uint Type = 0x49;
    internal const uint Virtuality = 0x4c;
    internal const uint Ranges = 0x55;
    internal const uint Signature = 0x69;
    internal const uint DataBitOffset = 0x6b;
    internal const uint EnumClass = 0x6d;
    internal const uint LinkageName = 0x6e;
    internal const uint DwoName = 0x76;
    internal const uint ExportSymbols = 0x89;
    internal const uint MipsLinkageName = 0x2007;
    internal const uint GnuVector = 0x2107;
    internal const uint GnuDwoName = 0x2130;
}

/// <summary>DW_ATE_* (DWARF 5, table 7.11).</summary>
internal static class DwarfEncoding
{
    internal const uint Address = 0x01;
    internal const uint Boolean = 0x02;
    internal const uint ComplexFloat = 0x03;
    internal const uint Float = 0x04;
    internal const uint Signed = 0x05;
    internal const uint SignedChar = 0x06;
    internal const uint Unsigned = 0x07;
    internal const uint UnsignedChar = 0x08;
    internal const uint Utf = 0x10;
}

/// <summary>DW_OP_* (DWARF 5, table 7.9) and the GNU extensions that gcc and clang emit for variables.</summary>
internal static class DwarfOp
{
    internal const byte Addr = 0x03;
    internal const byte Deref = 0x06;
    internal const byte Const1U = 0x08;
    internal const byte Const1S = 0x09;
    internal const byte Const2U = 0x0a;
    internal const byte Const2S = 0x0b;
    internal const byte Const4U = 0x0c;
    internal const byte Const4S = 0x0d;
    internal const byte Const8U = 0x0e;
    internal const byte Const8S = 0x0f;
    internal const byte ConstU = 0x10;
    internal const byte ConstS = 0x11;
    internal const byte Dup = 0x12;
    internal const byte Drop = 0x13;
    internal const byte Over = 0x14;
    internal const byte Swap = 0x16;
    internal const byte And = 0x1a;
    internal const byte Minus = 0x1c;
    internal const byte Plus = 0x22;
    internal const byte PlusUconst = 0x23;
    internal const byte Lit0 = 0x30;
    internal const byte Lit31 = 0x4f;
    internal const byte Reg0 = 0x50;
    internal const byte Reg31 = 0x6f;
    internal const byte Breg0 = 0x70;
    internal const byte Breg31 = 0x8f;
    internal const byte RegX = 0x90;
    internal const byte FbReg = 0x91;
    internal const byte Piece = 0x93;
    internal const byte Nop = 0x96;
    internal const byte FormTlsAddress = 0x9b;
    internal const byte CallFrameCfa = 0x9c;
    internal const byte BitPiece = 0x9d;
    internal const byte ImplicitValue = 0x9e;
    internal const byte StackValue = 0x9f;
    internal const byte ImplicitPointer = 0xa0;
    internal const byte AddrX = 0xa1;
    internal const byte ConstX = 0xa2;
    internal const byte GnuPushTlsAddress = 0xe0;
    internal const byte GnuImplicitPointer = 0xf2;
    internal const byte GnuAddrIndex = 0xfb;
    internal const byte GnuConstIndex = 0xfc;
}
