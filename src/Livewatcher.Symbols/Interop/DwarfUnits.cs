// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using static Livewatcher.Symbols.Interop.DwarfNative;

namespace Livewatcher.Symbols.Interop;

/// <summary>One unit of a file.</summary>
/// <param name="Root">The entry whose children are the unit's content; for split debug information that of the .dwo file.</param>
/// <param name="LineOwner">The entry that has the line table: in the file itself also for split debug information.</param>
internal readonly record struct DwarfUnit(DwarfDie Root, DwarfDie LineOwner)
{
    /// <summary>The source file. A skeleton need not name it (DWARF 5, 3.1.2): clang's does not.</summary>
    internal string? Name => Root.Name ?? LineOwner.Name;

    /// <summary>Where the compiler ran; for split debug information only the skeleton says it (DWARF 5, 3.1.3).</summary>
    internal string? Folder => LineOwner.Text(DwarfAt.CompilationDirectory);
}

/// <summary>Enumerates the units of .debug_info and .debug_types.</summary>
internal static class DwarfUnits
{
    private const byte SkeletonUnit = 4;
    private const int MaximumUnits = 1 << 20;

    /// <param name="dwarf">libdw's Dwarf*.</param>
    /// <param name="problem">What stopped the enumeration or was left out; null where all is well.</param>
    internal static IReadOnlyList<DwarfUnit> Read(nint dwarf, out string? problem)
    {
        problem = null;
        List<DwarfUnit> units = [];
        nint unit = 0;
        while (dwarf != 0 && units.Count < MaximumUnits)
        {
            int result = dwarf_get_units(dwarf, unit, out unit, out _, out byte type, out DwarfDie root, out DwarfDie sub);
            if (result != 0)
            {
                problem = result < 0 ? DwarfText.Read(dwarf_errmsg(-1)) : problem;
                break;
            }

            if (!root.IsValid)
            {
                problem ??= "a unit of unknown kind";
                continue;
            }

            if (type == SkeletonUnit && !sub.IsValid)
            {
                string? name = root.Text(DwarfAt.DwoName) ?? root.Text(DwarfAt.GnuDwoName);
                problem ??= $"split debug information {name} not found";
            }

            units.Add(new(type == SkeletonUnit && sub.IsValid ? sub : root, root));
        }

        return units;
    }

    /// <summary>The units of the supplementary file that dwz(1) made; empty without one.</summary>
    internal static IReadOnlyList<DwarfUnit> ReadSupplementary(nint dwarf) =>
        dwarf != 0 && dwarf_getalt(dwarf) is var other and not 0 ? Read(other, out _) : [];
}
