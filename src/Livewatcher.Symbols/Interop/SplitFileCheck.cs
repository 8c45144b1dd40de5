// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using static Livewatcher.Symbols.Interop.DwarfNative;

namespace Livewatcher.Symbols.Interop;

/// <summary>Files of split debug information (.dwo) are opened by libdw itself as soon as somebody asks for the units, by a plain
/// open(2) (try_split_file in libdw/libdw_find_split_unit.c). Where the name is a FIFO's it would wait for ever. So each name is
/// looked at before. Who can put a FIFO there between the look and the opening still makes libdw wait.</summary>
internal static class SplitFileCheck
{
    private const int MaximumUnits = 1 << 20;

    /// <param name="dwarf">libdw's Dwarf*.</param>
    /// <param name="folders">What a relative name may be relative to: where the file and its debug file are.</param>
    /// <returns>The first name that must not be opened; null where all may.</returns>
    internal static string? FindUnfit(nint dwarf, IReadOnlyList<string> folders)
    {
        foreach (var (name, compiledIn) in Names(dwarf))
        {
            foreach (string path in Candidates(name, compiledIn, folders))
            {
                using var file = ElfFile.Open(path, out string? reason);
                if (reason == ElfFile.NotRegular)
                {
                    return path;
                }
            }
        }

        // What dwz(1) makes has no split units (DWARF 5, 3.1.2: a skeleton is in the executable).
        return dwarf_getalt(dwarf) is var other and not 0 ? Names(other).Select(found => found.Name).FirstOrDefault() : null;
    }

    private static IEnumerable<(string Name, string? CompiledIn)> Names(nint dwarf)
    {
        ulong offset = 0;
        for (int i = 0; i < MaximumUnits; i++)
        {
            if (dwarf_next_unit(dwarf, offset, out ulong next, out nuint header, out _, 0, 0, 0, 0, 0) != 0 || next <= offset)
            {
                yield break;
            }

            // By the entry's own attributes: dwarf_attr_integrate would look into the split unit.
            if (dwarf_offdie(dwarf, offset + header, out DwarfDie root) != 0
                && (Own(root, DwarfAt.DwoName) ?? Own(root, DwarfAt.GnuDwoName)) is { } name)
            {
                yield return (name, Own(root, DwarfAt.CompilationDirectory));
            }

            offset = next;
        }
    }

    private static string? Own(DwarfDie die, uint attribute) => die.TryGetOwn(attribute, out DwarfAttribute own) ? own.Text : null;

    /// <summary>As __libdw_filepath in libdw/dwarf_begin_elf.c joins them, and some more.</summary>
    private static IEnumerable<string> Candidates(string name, string? compiledIn, IReadOnlyList<string> folders)
    {
        if (name.StartsWith('/'))
        {
            return [name];
        }

        string inside = compiledIn is null ? name : $"{compiledIn}/{name}";
        return [.. folders.SelectMany(folder => new[] { $"{folder}/{name}", $"{folder}/{inside}" }), .. inside.StartsWith('/') ? [inside] : Array.Empty<string>()];
    }
}
