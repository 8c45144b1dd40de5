// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using Livewatcher.Model;
using Livewatcher.Symbols.Expressions.Lookup;
using Livewatcher.Symbols.Expressions.Memory;
using Livewatcher.Symbols.Interop;
using Livewatcher.Symbols.Modules;
using Livewatcher.Symbols.Naming;

namespace Livewatcher.Symbols.Expressions.Code;

/// <summary>Finds the code of a source line in the line tables.</summary>
internal sealed class LineFinder(TargetView view, ModuleIndexes indexes)
{
    private const int MostListed = 4;

    internal CodePlace Find(string file, int line)
    {
        HashSet<string> seen = new(StringComparer.Ordinal);
        foreach (ILoadedModule module in view.Modules)
        {
            List<Row> rows = Rows(module, file, seen);
            if (rows.Count > 0)
            {
                return Choose(module, rows, file, line);
            }
        }

        throw NoCode(file, seen);
    }

    /// <summary>Where the statements of a line begin, in every function that has them; those of the next line that has code, where it has none.</summary>
    internal (int Line, string File, IReadOnlyList<Address> Places) Starts(string file, int line)
    {
        HashSet<string> seen = new(StringComparer.Ordinal);
        foreach (ILoadedModule module in view.Modules)
        {
            if (Rows(module, file, seen) is { Count: > 0 } rows)
            {
                int found = Nearest(rows, file, line);
                return (found, SourcePath.Base(rows[0].File), [.. rows.Where(row => row.Line == found).Select(row => row.Address).Distinct().Order()]);
            }
        }

        throw NoCode(file, seen);
    }

    /// <summary>All code of a line, FILE:LINE, inlined copies too; in order, without overlaps.</summary>
    internal IReadOnlyList<(Address Start, Address End)> Code(string place)
    {
        int colon = place.LastIndexOf(':');
        if (colon <= 0 || !int.TryParse(place[(colon + 1)..], out int line))
        {
            throw new RefusalException($"{place} is no FILE:LINE");
        }

        HashSet<string> seen = new(StringComparer.Ordinal);
        string file = place[..colon].Trim('\'');
        foreach (ILoadedModule module in view.Modules)
        {
            if (Rows(module, file, seen) is { Count: > 0 } rows)
            {
                return Code(module, rows, line) is { Count: > 0 } code ? code : throw new RefusalException($"line {line} of {file} has no code");
            }
        }

        throw new RefusalException($"no code comes from a file {file}{NearestNames.Phrase(NearestNames.Find(SourcePath.Base(file), seen.Select(SourcePath.Base)))}");
    }

    /// <summary>A line's code goes from each of its rows to the next row of whatever line.</summary>
    private List<(Address Start, Address End)> Code(ILoadedModule module, List<Row> rows, int line)
    {
        HashSet<string> files = [.. rows.Select(row => row.File)];
        List<(Address Start, Address End)> found = [];
        foreach (DwarfUnit unit in indexes[module].Units)
        {
            LineTable lines = new(unit.LineOwner);
            foreach ((ulong start, ulong end, SourcePlace place) in lines.Pieces())
            {
                if (place.Line == line && place.File is { } path && files.Contains(SourcePath.Simplify(path)))
                {
                    found.Add((new Address(unchecked(start + module.DwarfBias)), new Address(unchecked(end + module.DwarfBias))));
                }
            }
        }

        found.Sort((left, right) => left.Start.CompareTo(right.Start));
        List<(Address Start, Address End)> joined = [];
        foreach ((Address start, Address end) in found)
        {
            if (joined.Count > 0 && joined[^1].End >= start)
            {
                joined[^1] = (joined[^1].Start, joined[^1].End > end ? joined[^1].End : end);
            }
            else
            {
                joined.Add((start, end));
            }
        }

        return joined;
    }

    private static RefusalException NoCode(string file, HashSet<string> seen) =>
        new($"no code comes from a file {file}{NearestNames.Phrase(NearestNames.Find(SourcePath.Base(file), seen.Select(SourcePath.Base)))}", mayComeLater: true);

    /// <summary>The line, or the next that has code.</summary>
    private static int Nearest(List<Row> rows, string file, int line)
    {
        string[] files = [.. rows.Select(r => r.File).Distinct(StringComparer.Ordinal)];
        if (files.Length > 1)
        {
            throw new RefusalException(
                $"{file} is {files.Length} different files; say which: {string.Join(", ", SourcePath.Shorten(files).Take(MostListed).Select(f => $"{f}:{line}"))}");
        }

        int[] later = [.. rows.Select(r => r.Line).Where(l => l >= line)];
        if (later.Length == 0)
        {
            throw new RefusalException($"{file} has no code at or after line {line}; its last is line {rows.Max(r => r.Line)}");
        }

        return later.Min();
    }

    private static CodePlace Choose(ILoadedModule module, List<Row> rows, string file, int line)
    {
        int found = Nearest(rows, file, line);
        List<(Address Address, ElfSymbol? Function)> places = [.. rows.Where(r => r.Line == found).Select(r => r.Address).Distinct().Order()
            .Select(a => (a, module.SymbolAt(a)))
            .DistinctBy(p => p.Item2?.Address ?? p.a)
            .OrderBy(p => IsCold(p.Item2))];
        (Address address, ElfSymbol? function) = places[0];
        string shown = SourcePath.Base(rows[0].File);
        string start = found == line ? $"line {line} of {shown}" : $"line {line} of {shown} has no code, line {found} is the next that has";
        return new(address, start + (function is { } symbol ? $", in {FunctionNames.OfSymbol(symbol.Name)}" : "") + Others([.. places.Skip(1)]));
    }

    private static string Others(List<(Address Address, ElfSymbol? Function)> others)
    {
        if (others.Count == 0)
        {
            return "";
        }

        IEnumerable<string> listed = others.Take(MostListed).Select(o => o.Function is { } f ? $"{o.Address} in {FunctionNames.OfSymbol(f.Name)}" : o.Address.ToString());
        string more = others.Count > MostListed ? $" and {others.Count - MostListed} more" : "";
        return $"; not armed are its copies at {string.Join(", ", listed)}{more}";
    }

    /// <summary>gcc moves unlikely parts of a function to a place before all others.</summary>
    private static bool IsCold(ElfSymbol? function) => function is { } symbol && symbol.Name.Contains(".cold", StringComparison.Ordinal);

    /// <summary>The rows of all files with a name, in all units.</summary>
    private List<Row> Rows(ILoadedModule module, string wanted, HashSet<string> seen)
    {
        List<Row> rows = [];
        foreach (DwarfUnit unit in indexes[module].Units)
        {
            string? folder = unit.Folder;
            IReadOnlyList<string?> files = DwarfLines.ReadFiles(unit.LineOwner);
            string?[] matching = new string?[files.Count];
            bool any = false;
            for (int i = 0; i < files.Count; i++)
            {
                string? path = LineTable.Absolute(files[i], folder) is { } absolute ? SourcePath.Simplify(absolute) : null;
                if (path is not null && SourcePath.Matches(path, wanted))
                {
                    matching[i] = path;
                    any = true;
                }
                else if (path is not null)
                {
                    seen.Add(path);
                }
            }

            foreach (DwarfLineRow row in any ? DwarfLines.ReadStatements(unit.LineOwner) : [])
            {
                var address = new Address(unchecked(row.Address + module.DwarfBias));
                if (row.File < matching.Length && matching[row.File] is { } path && row.Address > 1 && address >= module.Start && address < module.End)
                {
                    rows.Add(new(path, row.Line, address));
                }
            }
        }

        return rows;
    }

    private readonly record struct Row(string File, int Line, Address Address);
}
