// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using Livewatcher.Symbols.Interop;

namespace Livewatcher.Symbols.Naming;

/// <summary>A place in the source. File null or line 0 where the debug information does not say.</summary>
internal readonly record struct SourcePlace(string? File, int Line);

/// <summary>One unit's line table, as libdw keeps it: rows by ascending address.</summary>
internal sealed class LineTable
{
    /// <summary>How many rows are looked through for the line of an instruction that has none of its own.</summary>
    private const int MaxStepsBack = 64;

    private readonly nint _lines;

    private readonly nuint _count;

    private readonly string? _folder;

    /// <param name="unit">The entry that owns the table.</param>
    public LineTable(DwarfDie unit)
    {
        _folder = unit.Text(DwarfAt.CompilationDirectory);
        if (DwarfNative.dwarf_getsrclines(ref unit, out _lines, out _count) != 0)
        {
            _count = 0;
        }
    }

    /// <summary>The line of an instruction. Compilers give line 0 to code that belongs to no single line; then it is
    /// the line that the code before came from, within the same function.</summary>
    /// <param name="address">Of the file.</param>
    /// <param name="functionStart">Where to stop looking back.</param>
    public SourcePlace Find(ulong address, ulong functionStart)
    {
        SourcePlace place = default;
        var row = LastAtOrBefore(address);
        for (var steps = 0; row >= 0 && steps < MaxStepsBack; row--, steps++)
        {
            var line = DwarfNative.dwarf_onesrcline(_lines, (nuint)row);
            if (line == 0 || DwarfNative.dwarf_lineendsequence(line, out var ends) != 0 || ends != 0
                || DwarfNative.dwarf_lineaddr(line, out var start) != 0 || (steps > 0 && start < functionStart))
            {
                break;
            }

            if (DwarfNative.dwarf_lineno(line, out var number) == 0
                && DwarfNative.dwarf_line_file(line, out var files, out var index) == 0)
            {
                place = new SourcePlace(Absolute(DwarfText.Read(DwarfNative.dwarf_filesrc(files, index, 0, 0)), _folder), number);
                if (number > 0)
                {
                    break;
                }
            }
        }

        return place;
    }

    /// <summary>All of the table, as code of the file and the line it comes from.</summary>
    public IEnumerable<(ulong Start, ulong End, SourcePlace Place)> Pieces()
    {
        for (nuint row = 0; row + 1 < _count; row++)
        {
            nint line = DwarfNative.dwarf_onesrcline(_lines, row), next = DwarfNative.dwarf_onesrcline(_lines, row + 1);
            if (line != 0 && next != 0
                && DwarfNative.dwarf_lineendsequence(line, out byte ends) == 0 && ends == 0
                && DwarfNative.dwarf_lineaddr(line, out ulong start) == 0 && DwarfNative.dwarf_lineaddr(next, out ulong end) == 0 && start < end
                && DwarfNative.dwarf_lineno(line, out int number) == 0
                && DwarfNative.dwarf_line_file(line, out nint files, out nuint index) == 0)
            {
                yield return (start, end, new SourcePlace(Absolute(DwarfText.Read(DwarfNative.dwarf_filesrc(files, index, 0, 0)), _folder), number));
            }
        }
    }

    /// <summary>Joins a file's name with the folder in which the compiler ran. "???" is libdw's word for no file.</summary>
    public static string? Absolute(string? file, string? folder)
    {
        if (string.IsNullOrEmpty(file) || file == "???")
        {
            return null;
        }

        return file[0] == '/' || string.IsNullOrEmpty(folder) ? file : $"{folder.TrimEnd('/')}/{file}";
    }

    private long LastAtOrBefore(ulong address)
    {
        long low = 0;
        var high = (long)_count;
        while (low < high)
        {
            var middle = (low + high) / 2;
            var line = DwarfNative.dwarf_onesrcline(_lines, (nuint)middle);
            if (line != 0 && DwarfNative.dwarf_lineaddr(line, out var start) == 0 && start <= address)
            {
                low = middle + 1;
            }
            else
            {
                high = middle;
            }
        }

        return low - 1;
    }
}
