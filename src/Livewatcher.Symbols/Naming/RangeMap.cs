// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using Livewatcher.Symbols.Interop;

namespace Livewatcher.Symbols.Naming;

/// <summary>Code ranges of the file, [start, end), and what belongs to each. Innermost wins where they nest.</summary>
internal sealed class RangeMap<T>
{
    private readonly (ulong Start, ulong End, T Item)[] _ranges;

    /// <summary>For each range the highest end among it and all before it.</summary>
    private readonly ulong[] _highestEnd;

    public RangeMap(IEnumerable<(ulong Start, ulong End, T Item)> ranges)
    {
        _ranges = [.. ranges.Take(CodeRanges.MaxInAll).Where(range => range.Start < range.End).OrderBy(range => range.Start)];
        _highestEnd = new ulong[_ranges.Length];
        ulong highest = 0;
        for (var i = 0; i < _ranges.Length; i++)
        {
            _highestEnd[i] = highest = Math.Max(highest, _ranges[i].End);
        }
    }

    public bool TryFind(ulong address, out T item)
    {
        for (var i = LastAtOrBefore(address); i >= 0 && _highestEnd[i] > address; i--)
        {
            if (address < _ranges[i].End)
            {
                item = _ranges[i].Item;
                return true;
            }
        }

        item = default!;
        return false;
    }

    private int LastAtOrBefore(ulong address)
    {
        var low = 0;
        var high = _ranges.Length;
        while (low < high)
        {
            var middle = (low + high) / 2;
            if (_ranges[middle].Start <= address)
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

/// <summary>Reads DW_AT_low_pc, DW_AT_high_pc and DW_AT_ranges.</summary>
internal static class CodeRanges
{
    /// <summary>More pieces than a linker makes of one unit.</summary>
    private const int MaxRanges = 1 << 20;

    /// <summary>And more than the largest programs have in all. In a damaged file, a thousand functions may share one list of a million.</summary>
    internal const int MaxInAll = 1 << 22;

    /// <summary>Address 0 is where linkers leave functions that they threw away (--gc-sections).</summary>
    public static IEnumerable<(ulong Start, ulong End)> Of(DwarfDie die)
    {
        ulong selected = 0;
        nint offset = 0;
        for (var i = 0; i < MaxRanges; i++)
        {
            offset = DwarfNative.dwarf_ranges(ref die, offset, ref selected, out var start, out var end);
            if (offset <= 0)
            {
                yield break;
            }

            if (start != 0 && start < end)
            {
                yield return (start, end);
            }
        }
    }

    public static bool HasCode(DwarfDie die) => die.Has(DwarfAt.LowPc) || die.Has(DwarfAt.Ranges);
}
