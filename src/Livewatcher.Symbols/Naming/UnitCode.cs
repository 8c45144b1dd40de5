// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using Livewatcher.Symbols.Interop;

namespace Livewatcher.Symbols.Naming;

/// <summary>The functions of one unit and its lines, each read at the first question.</summary>
internal sealed class UnitCode(DwarfUnit unit)
{
    private const int MaxDepth = 64;

    private LineTable? _lines;

    private RangeMap<DwarfDie>? _functions;

    private RangeMap<DwarfDie>? _nestedFunctions;

    public DwarfUnit Unit => unit;

    public LineTable Lines => _lines ??= new LineTable(unit.LineOwner);

    /// <summary>A file by its number in DW_AT_call_file.</summary>
    public string? FileAt(ulong index) =>
        LineTable.Absolute(DwarfLines.FileAt(unit.Root, index), unit.Folder);

    /// <summary>The function whose code is at an address of the file. Most stand in namespaces; only where none of
    /// those is there, the bodies of functions and classes are searched for local ones (lambdas, gcc's nested
    /// functions), because that means to read the whole unit.</summary>
    public bool TryFindFunction(ulong address, out DwarfDie function)
    {
        _functions ??= new RangeMap<DwarfDie>(Collect(everywhere: false));
        if (_functions.TryFind(address, out function))
        {
            return true;
        }

        _nestedFunctions ??= new RangeMap<DwarfDie>(Collect(everywhere: true));
        return _nestedFunctions.TryFind(address, out function);
    }

    /// <summary>The inlined functions at an address, outermost first.</summary>
    public static List<DwarfDie> InlinedAt(DwarfDie function, ulong address)
    {
        List<DwarfDie> chain = [];
        Descend(function, address, chain, new DwarfOrder(), 0);
        return chain;
    }

    private List<(ulong Start, ulong End, DwarfDie Function)> Collect(bool everywhere)
    {
        List<(ulong, ulong, DwarfDie)> found = [];
        Collect(unit.Root, everywhere, found, new DwarfOrder(), 0);
        return found;
    }

    private static void Collect(
        DwarfDie parent, bool everywhere, List<(ulong Start, ulong End, DwarfDie Function)> found, DwarfOrder order, int depth)
    {
        foreach (var child in parent)
        {
            if (!order.Advance(child))
            {
                return;
            }

            var tag = child.Tag;
            if (tag == DwarfTag.Subprogram && found.Count < CodeRanges.MaxInAll && CodeRanges.HasCode(child))
            {
                found.AddRange(CodeRanges.Of(child).Select(range => (range.Start, range.End, child)));
            }

            if (depth < MaxDepth && (tag is DwarfTag.Namespace or DwarfTag.Module || (everywhere && MayHoldFunctions(tag))))
            {
                Collect(child, everywhere, found, order, depth + 1);
            }
        }
    }

    private static bool MayHoldFunctions(int tag) => tag is
        DwarfTag.Subprogram or DwarfTag.LexicalBlock or NamingTag.InlinedSubroutine or DwarfTag.StructureType
        or DwarfTag.ClassType or DwarfTag.UnionType or NamingTag.TryBlock or NamingTag.CatchBlock;

    private static bool Descend(DwarfDie parent, ulong address, List<DwarfDie> chain, DwarfOrder order, int depth)
    {
        foreach (var child in parent)
        {
            if (!order.Advance(child))
            {
                return false;
            }

            var tag = child.Tag;
            var isInlined = tag == NamingTag.InlinedSubroutine;
            if (!isInlined && tag is not (DwarfTag.LexicalBlock or NamingTag.TryBlock or NamingTag.CatchBlock))
            {
                continue;
            }

            // A block without a range of its own may still hold an inlined function with one.
            var covers = child.Covers(address);
            if (!covers && (isInlined || CodeRanges.HasCode(child)))
            {
                continue;
            }

            if (isInlined)
            {
                chain.Add(child);
            }

            var deeper = depth < MaxDepth && Descend(child, address, chain, order, depth + 1);
            if (covers || deeper)
            {
                return true;
            }
        }

        return false;
    }
}
