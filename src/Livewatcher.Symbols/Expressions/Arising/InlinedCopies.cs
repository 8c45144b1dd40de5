// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using Livewatcher.Symbols.Interop;
using Livewatcher.Symbols.Naming;

namespace Livewatcher.Symbols.Expressions.Arising;

/// <summary>Where a function that has code of its own is inlined besides. What happens in such a copy passes by the function's entry, and by its returns.</summary>
internal sealed class InlinedCopies
{
    private const int MaximumDepth = 64;
    private const int MostCallers = 3;

    private readonly DwarfOrder _order = new();
    private readonly DwarfDie _origin;
    private readonly List<string> _callers = [];
    private int _count;

    private InlinedCopies(DwarfDie origin) => _origin = origin;

    /// <summary>"inlined in 2 places (in main, run)"; null where it is nowhere. Of its own unit: a copy in another one (-flto) is not found.</summary>
    /// <param name="function">Its entry in the debug information.</param>
    internal static string? Of(DwarfDie function)
    {
        if (!function.IsValid)
        {
            return null;
        }

        var copies = new InlinedCopies(function.TryGetOwn(DwarfAt.AbstractOrigin, out DwarfAttribute attribute) && attribute.Reference is { } origin ? origin : function);
        copies.Walk(function.Unit, "?", 0);
        string callers = string.Join(", ", copies._callers.Take(MostCallers)) + (copies._callers.Count > MostCallers ? ", ..." : "");
        return copies._count == 0 ? null : $"inlined in {copies._count:N0} {(copies._count == 1 ? "place" : "places")} (in {callers})";
    }

    private void Walk(DwarfDie parent, string caller, int depth)
    {
        foreach (DwarfDie child in parent)
        {
            if (depth > MaximumDepth || !_order.Advance(child))
            {
                return;
            }

            switch (child.Tag)
            {
                case NamingTag.InlinedSubroutine:
                    if (child.TryGetOwn(DwarfAt.AbstractOrigin, out DwarfAttribute attribute) && attribute.Reference?.Identity == _origin.Identity)
                    {
                        Add(caller);
                    }

                    Walk(child, caller, depth + 1);
                    break;
                case DwarfTag.Subprogram:
                    Walk(child, child.Name ?? "?", depth + 1);
                    break;
                case DwarfTag.Namespace or DwarfTag.StructureType or DwarfTag.ClassType or DwarfTag.LexicalBlock or NamingTag.TryBlock or NamingTag.CatchBlock:
                    Walk(child, caller, depth + 1);
                    break;
                default:
                    break;
            }
        }
    }

    private void Add(string caller)
    {
        _count++;
        if (!_callers.Contains(caller))
        {
            _callers.Add(caller);
        }
    }
}
