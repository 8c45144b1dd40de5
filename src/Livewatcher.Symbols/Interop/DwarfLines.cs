// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using static Livewatcher.Symbols.Interop.DwarfNative;

namespace Livewatcher.Symbols.Interop;

/// <summary>A row of the line table that begins a statement.</summary>
internal readonly record struct DwarfLineRow(ulong Address, int Line, int File);

/// <summary>One unit's line table (DWARF 5, 6.2).</summary>
internal static class DwarfLines
{
    /// <summary>The table's files by index; libdw makes them absolute where the compilation directory is known.</summary>
    internal static IReadOnlyList<string?> ReadFiles(DwarfDie unit)
    {
        if (dwarf_getsrcfiles(ref unit, out nint files, out nuint count) != 0)
        {
            return [];
        }

        var names = new string?[(int)Math.Min(count, 1 << 20)];
        for (int i = 0; i < names.Length; i++)
        {
            names[i] = DwarfText.Read(dwarf_filesrc(files, (nuint)i, 0, 0));
        }

        return names;
    }

    /// <summary>One file of the table; null where it has none of this number, and for "???", libdw's word for no file.</summary>
    internal static string? FileAt(DwarfDie unit, ulong index) =>
        unit.IsValid && dwarf_getsrcfiles(ref unit, out nint files, out nuint count) == 0 && index < count
        && DwarfText.Read(dwarf_filesrc(files, (nuint)index, 0, 0)) is { } name and not "???" ? name : null;

    /// <summary>Rows with is_stmt set that do not end a sequence.</summary>
    internal static IReadOnlyList<DwarfLineRow> ReadStatements(DwarfDie unit)
    {
        List<DwarfLineRow> rows = [];
        if (dwarf_getsrclines(ref unit, out nint lines, out nuint count) != 0)
        {
            return rows;
        }

        for (nuint i = 0; i < count; i++)
        {
            nint line = dwarf_onesrcline(lines, i);
            if (line != 0
                && dwarf_linebeginstatement(line, out byte statement) == 0 && statement != 0
                && dwarf_lineendsequence(line, out byte end) == 0 && end == 0
                && dwarf_lineaddr(line, out ulong address) == 0
                && dwarf_lineno(line, out int number) == 0 && number > 0
                && dwarf_line_file(line, out _, out nuint file) == 0 && file <= int.MaxValue)
            {
                rows.Add(new(address, number, (int)file));
            }
        }

        return rows;
    }
}
