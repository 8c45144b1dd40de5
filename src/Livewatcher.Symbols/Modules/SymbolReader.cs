// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using System.Text;
using Livewatcher.Model;
using Livewatcher.Symbols.Interop;

namespace Livewatcher.Symbols.Modules;

/// <summary>Reads a module's symbol table: .symtab of the file or of its debug file, else .dynsym, joined with
/// .gnu_debugdata where there is one. libdwfl chooses and adds the bias.</summary>
internal sealed class SymbolReader
{
    /// <summary>SHN_UNDEF, and SHN_LORESERVE from where on a section number means something else (elf(5)).</summary>
    private const uint Undefined = 0;

    private const uint FirstReserved = 0xff00;

    /// <summary>More symbols than the largest programs have.</summary>
    private const int MaxSymbols = 1 << 24;

    private const int MaxNameLength = 1 << 16;

    private readonly Dictionary<nint, List<(nint Start, nint End)>> _strings = [];

    public static SymbolTable Read(nint module)
    {
        var count = Math.Min(DwflNative.ModuleSymbolCount(module), MaxSymbols);
        if (count <= 0)
        {
            return SymbolTable.Empty;
        }

        var reader = new SymbolReader();
        List<ElfSymbol> symbols = new(count);
        var importsDlopen = false;
        for (var i = 0; i < count; i++)
        {
            var name = DwflNative.ModuleSymbol(module, i, out var record, out var address, out var section, out var elf, out _);
            if (name != 0 && section == Undefined && reader.NameAt(elf, name) is "dlopen" or "dlmopen")
            {
                importsDlopen = true;
            }

            if (name == 0 || section is Undefined or >= FirstReserved || !IsWanted(record.Type))
            {
                continue;
            }

            if (reader.NameAt(elf, name) is { Length: > 0 } text)
            {
                var place = record.Type == ElfSymbol.ThreadLocal ? record.Value : address;
                symbols.Add(new ElfSymbol(text, new Address(place), record.Size, record.Type, record.Binding));
            }
        }

        return new SymbolTable(symbols, importsDlopen);
    }

    private static bool IsWanted(byte type) =>
        type is ElfSymbol.NoType or ElfSymbol.Object or ElfSymbol.Function or ElfSymbol.ThreadLocal or ElfSymbol.IndirectFunction;

    /// <summary>libdwfl checks where a name starts but not that it ends: the last name of a table without a final
    /// NUL would run on behind the mapped file.</summary>
    private unsafe string? NameAt(nint elf, nint name)
    {
        if (!_strings.TryGetValue(elf, out var ranges))
        {
            _strings[elf] = ranges = StringRanges(elf);
        }

        foreach (var (start, end) in ranges)
        {
            if (name >= start && name < end)
            {
                var span = new ReadOnlySpan<byte>((void*)name, (int)Math.Min(end - name, MaxNameLength));
                var length = span.IndexOf((byte)0);
                return length < 0 ? null : DwarfText.Clean(Encoding.UTF8.GetString(WithoutVersion(span[..length])));
            }
        }

        return null;
    }

    /// <summary>Linkers write versioned symbols to .symtab as memcpy@@GLIBC_2.14.</summary>
    private static ReadOnlySpan<byte> WithoutVersion(ReadOnlySpan<byte> name) =>
        name.IndexOf((byte)'@') is > 0 and var at ? name[..at] : name;

    /// <summary>The memory that strings of this file can lie in: its string tables (which libelf may have copied when
    /// they were compressed), and the file itself for tables found without section headers.</summary>
    private static unsafe List<(nint Start, nint End)> StringRanges(nint elf)
    {
        List<(nint, nint)> ranges = [];
        for (nint section = 0; (section = ElfNative.NextSection(elf, section)) != 0;)
        {
            if (ElfNative.GetSectionHeader(section, out var header) == 0 || header.Type != ElfNative.StringTable)
            {
                continue;
            }

            var data = ElfNative.GetData(section, null);
            if (data != null && data->Buffer != 0)
            {
                ranges.Add((data->Buffer, data->Buffer + (nint)data->Size));
            }
        }

        var raw = ElfNative.RawFile(elf, out var size);
        if (raw != 0)
        {
            ranges.Add((raw, raw + (nint)size));
        }

        return ranges;
    }
}
