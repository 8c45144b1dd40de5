// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using System.Runtime.InteropServices;
using static Livewatcher.Symbols.Interop.DwarfNative;

namespace Livewatcher.Symbols.Interop;

/// <summary>libdw's Dwarf_Attribute by value.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct DwarfAttribute
{
    private uint _code;
    private uint _form;
    private nint _value;
    private nint _unit;

    /// <summary>DW_AT_*.</summary>
    internal readonly uint Code => _code;

    /// <summary>DW_FORM_*.</summary>
    internal readonly uint Form => _form;

    internal readonly ulong? Unsigned
    {
        get
        {
            DwarfAttribute copy = this;
            return dwarf_formudata(ref copy, out ulong value) == 0 ? value : null;
        }
    }

    internal readonly long? Signed
    {
        get
        {
            DwarfAttribute copy = this;
            return dwarf_formsdata(ref copy, out long value) == 0 ? value : null;
        }
    }

    internal readonly ulong? Address
    {
        get
        {
            DwarfAttribute copy = this;
            return dwarf_formaddr(ref copy, out ulong value) == 0 ? value : null;
        }
    }

    internal readonly bool Flag
    {
        get
        {
            DwarfAttribute copy = this;
            return dwarf_formflag(ref copy, out byte value) == 0 && value != 0;
        }
    }

    internal readonly string? Text
    {
        get
        {
            DwarfAttribute copy = this;
            return DwarfText.Read(dwarf_formstring(ref copy));
        }
    }

    internal readonly DwarfDie? Reference
    {
        get
        {
            DwarfAttribute copy = this;
            return dwarf_formref_die(ref copy, out DwarfDie die) != 0 ? die : null;
        }
    }

    /// <summary>A constant of a block form (DW_FORM_block, exprloc, data16), at most 16 bytes; null for other forms.</summary>
    internal readonly unsafe byte[]? Block
    {
        get
        {
            DwarfAttribute copy = this;
            return dwarf_formblock(ref copy, out DwarfBlock block) == 0 && block.Length <= 16
                ? new ReadOnlySpan<byte>((void*)block.Data, (int)block.Length).ToArray()
                : null;
        }
    }
}
