// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using Livewatcher.Model;
using Livewatcher.Symbols.Interop;

namespace Livewatcher.Symbols.Modules;

/// <summary>Reads a module's symbol table: .symtab of the file or of its debug file, else .dynsym, joined with
/// .gnu_debugdata where there is one. libdwfl chooses and adds the bias.</summary>
internal static class SymbolReader
{
    /// <summary>SHN_UNDEF, and SHN_LORESERVE from where on a section number means something else (elf(5)).</summary>
    private const uint Undefined = 0;

    private const uint FirstReserved = 0xff00;

    /// <summary>More symbols than the largest programs have.</summary>
    private const int MaxSymbols = 1 << 24;

    /// <summary>Room that is made on a file's word.</summary>
    private const int MostExpected = 1 << 16;

    public static SymbolTable Read(nint module)
    {
        var count = Math.Min(DwflNative.ModuleSymbolCount(module), MaxSymbols);
        if (count <= 0)
        {
            return SymbolTable.Empty;
        }

        var strings = new ElfStrings();
        List<ElfSymbol> symbols = new(Math.Min(count, MostExpected));
        var importsDlopen = false;
        for (var i = 0; i < count; i++)
        {
            var name = DwflNative.ModuleSymbol(module, i, out var record, out var address, out var section, out var elf, out _);
            if (name != 0 && section == Undefined && strings.NameAt(elf, name) is "dlopen" or "dlmopen")
            {
                importsDlopen = true;
            }

            if (name == 0 || section is Undefined or >= FirstReserved || !IsWanted(record.Type))
            {
                continue;
            }

            if (strings.NameAt(elf, name) is { Length: > 0 } text)
            {
                var place = record.Type == ElfSymbol.ThreadLocal ? record.Value : address;
                symbols.Add(new ElfSymbol(text, new Address(place), record.Size, record.Type, record.Binding));
            }
        }

        return new SymbolTable(symbols, importsDlopen);
    }

    private static bool IsWanted(byte type) =>
        type is ElfSymbol.NoType or ElfSymbol.Object or ElfSymbol.Function or ElfSymbol.ThreadLocal or ElfSymbol.IndirectFunction;
}
