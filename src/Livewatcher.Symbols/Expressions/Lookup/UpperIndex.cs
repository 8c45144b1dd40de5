// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using Livewatcher.Symbols.Interop;
using Livewatcher.Symbols.Types;

namespace Livewatcher.Symbols.Expressions.Lookup;

/// <summary>Variables and types at the top of units, in namespaces and in classes.</summary>
internal sealed class UpperIndex
{
    /// <summary>A bound for damaged files; the largest programs known have some 100 million entries.</summary>
    private const long MaximumEntries = 1L << 28;
    private const int MaximumDepth = 64;
    private const int MostTypesPerName = 64;

    private DwarfOrder _order = new();
    private long _visited;
    private bool _cut;

    private UpperIndex()
    {
    }

    internal NameTable Variables { get; } = new(int.MaxValue);

    internal NameTable Types { get; } = new(MostTypesPerName);

    /// <summary>What could not be read; null where all is well.</summary>
    internal string? Problem { get; private set; }

    internal static UpperIndex Read(nint dwarf, ReadingProgress? progress)
    {
        var index = new UpperIndex();
        foreach (DwarfUnit unit in ReadingProgress.Over([.. DwarfUnits.Read(dwarf, out string? problem), .. DwarfUnits.ReadSupplementary(dwarf)], progress))
        {
            var file = new UnitFile(unit.Name ?? "?", unit.Folder);
            index._order = new();
            index.Walk(unit.Root, ScopeNames.Top, file, new(UnitLanguage.IsCxx(unit.Root), IsClass: false), 0);
            index.Problem = problem;
        }

        index.Problem ??= index._cut ? "it has more entries than can be read" : null;
        return index;
    }

    private void Walk(DwarfDie parent, ScopeNames scope, UnitFile file, Surroundings around, int depth)
    {
        foreach (DwarfDie child in parent)
        {
            if (++_visited > MaximumEntries || depth > MaximumDepth || !_order.Advance(child))
            {
                _cut = true;
                return;
            }

            switch (child.Tag)
            {
                case DwarfTag.Namespace or DwarfTag.Module when ScopePath.Step(child) is { } step:
                    Walk(child, scope.Enter(step), file, around, depth + 1);
                    break;
                case DwarfTag.StructureType or DwarfTag.ClassType or DwarfTag.UnionType:
                    AddType(child, scope, file);
                    if (around.IsCxx && child.Name is { } name)
                    {
                        Walk(child, scope.Enter(new(name, 0, false)), file, around with { IsClass = true }, depth + 1);
                    }

                    break;
                case DwarfTag.EnumerationType or DwarfTag.Typedef or DwarfTag.BaseType:
                    AddType(child, scope, file);
                    break;
                case DwarfTag.Variable when !(around.IsClass && child.OwnFlag(DwarfAt.Declaration)):
                    AddVariable(child, scope, file);
                    break;
                default:
                    break;
            }
        }
    }

    /// <param name="IsCxx">Classes open scopes.</param>
    /// <param name="IsClass">A static member's declaration stands in its class; its definition comes on its own.</param>
    private readonly record struct Surroundings(bool IsCxx, bool IsClass);

    private void AddType(DwarfDie die, ScopeNames scope, UnitFile file)
    {
        if (die.Name is { } name && !die.OwnFlag(DwarfAt.Declaration))
        {
            Types.Add(new(name, die, file, die.Has(DwarfAt.Specification) ? null : scope));
        }
    }

    private void AddVariable(DwarfDie die, ScopeNames scope, UnitFile file)
    {
        bool isElsewhere = die.Has(DwarfAt.Specification) || die.Has(DwarfAt.AbstractOrigin);
        if (die.Name is { } name)
        {
            Variables.Add(new(name, die, file, isElsewhere ? null : scope));
        }
    }
}
