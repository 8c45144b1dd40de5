// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using Livewatcher.Symbols.Interop;

namespace Livewatcher.Symbols.Types;

/// <summary>DW_AT_language of a unit (DWARF 5, table 7.17).</summary>
internal static class UnitLanguage
{
    /// <summary>C89, C, C99, Objective-C, C11, C17, C23, assembler: struct, union and enum belong to the name. C++ and
    /// others name types without.</summary>
    internal static bool IsCxx(DwarfDie unit) => unit.Unsigned(DwarfAt.Language) is not
        (null or 0x01 or 0x02 or 0x0c or 0x10 or 0x1d or 0x2c or 0x3e or 0x8001);
}
