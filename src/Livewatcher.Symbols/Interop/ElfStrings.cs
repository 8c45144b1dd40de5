// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using System.Text;

namespace Livewatcher.Symbols.Interop;

/// <summary>Symbol names by the pointers that libdwfl gives. libdwfl checks where a name starts but not that it ends: the
/// last name of a table without a final NUL would run on behind the mapped file, so each is held against its table.</summary>
internal sealed unsafe class ElfStrings
{
    private const int MaxNameLength = 1 << 16;

    private readonly Dictionary<nint, List<(nint Start, nint End)>> _ranges = [];

    /// <param name="elf">The Elf* that the name is of.</param>
    /// <param name="name">Its first byte.</param>
    /// <returns>Null where it does not lie in a string table of the file or does not end there.</returns>
    public string? NameAt(nint elf, nint name)
    {
        if (!_ranges.TryGetValue(elf, out var ranges))
        {
            _ranges[elf] = ranges = RangesOf(elf);
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
    private static List<(nint Start, nint End)> RangesOf(nint elf)
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
