// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using Livewatcher.Symbols.Interop;

namespace Livewatcher.Symbols.Expressions.Lookup;

/// <summary>Functions that have a body, and the static variables inside them.</summary>
internal sealed class FunctionIndex
{
    private const long MaximumEntries = 1L << 28;
    private const int MaximumDepth = 64;

    private DwarfOrder _order = new();
    private long _visited;

    private FunctionIndex()
    {
    }

    internal NameTable Functions { get; } = new(int.MaxValue);

    /// <summary>Static variables by name; their scope ends in the function's name.</summary>
    internal NameTable Statics { get; } = new(int.MaxValue);

    internal static FunctionIndex Read(nint dwarf, ReadingProgress? progress)
    {
        var index = new FunctionIndex();
        foreach (DwarfUnit unit in ReadingProgress.Over(DwarfUnits.Read(dwarf, out _), progress))
        {
            var file = new UnitFile(unit.Name ?? "?", unit.Folder);
            index._order = new();
            index.Walk(unit.Root, file, default, 0);
        }

        return index;
    }

    private void Walk(DwarfDie parent, UnitFile file, DwarfDie function, int depth)
    {
        foreach (DwarfDie child in parent)
        {
            if (++_visited > MaximumEntries || depth > MaximumDepth || !_order.Advance(child))
            {
                return;
            }

            switch (child.Tag)
            {
                case DwarfTag.Subprogram when !child.OwnFlag(DwarfAt.Declaration):
                    if (child.Name is { } name)
                    {
                        Functions.Add(new(name, child, file, null));
                    }

                    Walk(child, file, child, depth + 1);
                    break;
                case DwarfTag.Namespace or DwarfTag.StructureType or DwarfTag.ClassType or DwarfTag.UnionType or DwarfTag.LexicalBlock:
                    Walk(child, file, function, depth + 1);
                    break;
                case DwarfTag.Variable when function.IsValid && IsStatic(child) && child.Name is { } variable:
                    Statics.Add(new(variable, child, file, null, function));
                    break;
                default:
                    break;
            }
        }
    }

    /// <summary>Locals live in registers and frames, or are computed; what has an address or a place in thread-local storage
    /// of its own is static.</summary>
    private static bool IsStatic(DwarfDie die) =>
        die.TryGetOwn(DwarfAt.Location, out DwarfAttribute location)
        && DwarfLocation.Read(location) is [[.., { Atom: DwarfOp.Addr or DwarfOp.PlusUconst or DwarfOp.FormTlsAddress or DwarfOp.GnuPushTlsAddress }] and
            [{ Atom: DwarfOp.Addr or DwarfOp.Const8U or DwarfOp.Const4U or DwarfOp.ConstU }, ..], ..];
}
