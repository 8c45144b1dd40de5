// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using Livewatcher.Symbols.Interop;

namespace Livewatcher.Symbols.Types;

/// <summary>A namespace, class or function around a declaration.</summary>
/// <param name="Name">"(anonymous namespace)" for one without a name.</param>
/// <param name="Tag">DW_TAG_*.</param>
/// <param name="IsTransparent">Anonymous or inline namespace: its members are named without it.</param>
internal readonly record struct ScopeStep(string Name, int Tag, bool IsTransparent);

/// <summary>Finds the scopes around an entry. Entries do not know their parents; but within a unit they stand in
/// preorder, so the parent is the last entry at each level that does not come after the one looked for.</summary>
internal static class ScopePath
{
    internal const string Anonymous = "(anonymous namespace)";
    private const int MaximumDepth = 64;
    private const int MaximumElsewhere = 16;

    /// <summary>Outermost first; empty for an entry at the top of its unit.</summary>
    internal static IReadOnlyList<ScopeStep> Of(DwarfDie die)
    {
        int elsewhere = 0;
        return Of(die, ref elsewhere);
    }

    /// <param name="die">The entry.</param>
    /// <param name="elsewhere">Scopes so far that stand elsewhere than their declaration, over all calls: with a count for each
    /// level a damaged file could ask for the limit's power.</param>
    private static List<ScopeStep> Of(DwarfDie die, ref int elsewhere)
    {
        DwarfDie declaration = Declaration(die);
        List<ScopeStep> steps = [];
        DwarfDie level = declaration.Unit;
        for (int depth = 0; depth < MaximumDepth && level.IsValid; depth++)
        {
            DwarfDie next = default;
            foreach (DwarfDie child in level)
            {
                if (child.Identity > declaration.Identity)
                {
                    break;
                }

                next = child;
            }

            if (!next.IsValid || next.Identity == declaration.Identity)
            {
                break;
            }

            if (Step(next) is { } step)
            {
                // The body of a member function stands at the top of the unit and refers to its declaration in the class.
                if (elsewhere < MaximumElsewhere && Declaration(next).Identity != next.Identity)
                {
                    elsewhere++;
                    steps = Of(next, ref elsewhere);
                }

                steps.Add(step);
            }

            level = next;
        }

        return steps;
    }

    /// <summary>The scope that an entry opens; null where it opens none that has a name in C++.</summary>
    internal static ScopeStep? Step(DwarfDie die)
    {
        int tag = die.Tag;
        return tag switch
        {
            DwarfTag.Namespace => die.Name is { } name
                ? new(name, tag, die.Flag(DwarfAt.ExportSymbols))
                : new(Anonymous, tag, true),
            DwarfTag.StructureType or DwarfTag.ClassType or DwarfTag.UnionType or DwarfTag.Subprogram
                or DwarfTag.EnumerationType or DwarfTag.Module => new(die.Name ?? "{...}", tag, false),
            _ => null,
        };
    }

    /// <summary>Joins scopes as C++ writes them, with or without the transparent ones.</summary>
    internal static string Join(IEnumerable<ScopeStep> steps, bool withTransparent) =>
        string.Join("::", steps.Where(s => withTransparent || !s.IsTransparent).Select(s => s.Name));

    /// <summary>Follows DW_AT_abstract_origin and DW_AT_specification to the entry that stands in its scope.</summary>
    internal static DwarfDie Declaration(DwarfDie die)
    {
        for (int i = 0; i < 16; i++)
        {
            DwarfDie? next = die.TryGetOwn(DwarfAt.AbstractOrigin, out DwarfAttribute attribute)
                || die.TryGetOwn(DwarfAt.Specification, out attribute)
                ? attribute.Reference
                : null;
            if (next is not { } found || found.Identity == die.Identity)
            {
                return die;
            }

            die = found;
        }

        return die;
    }
}
