// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using Livewatcher.Model;

namespace Livewatcher.Symbols.Modules;

/// <summary>A module's symbols by address.</summary>
internal sealed class SymbolTable
{
    public static readonly SymbolTable Empty = new([]);

    private readonly ElfSymbol[] _symbols;

    /// <summary>How many of them have an address: thread-local ones come last.</summary>
    private readonly int _placed;

    /// <summary>For each symbol the highest end among it and all before it, so that a search knows when to stop.</summary>
    private readonly ulong[] _highestEnd;

    /// <param name="symbols">Defined ones, in any order.</param>
    /// <param name="importsDlopen">Whether dlopen or dlmopen is among the undefined ones.</param>
    public SymbolTable(IEnumerable<ElfSymbol> symbols, bool importsDlopen = false)
    {
        ImportsDlopen = importsDlopen;
        _symbols = [.. symbols.OrderBy(IsThreadLocal).ThenBy(symbol => symbol.Address)];
        _placed = _symbols.Count(symbol => !IsThreadLocal(symbol));
        _highestEnd = new ulong[_placed];
        ulong highest = 0;
        for (var i = 0; i < _placed; i++)
        {
            var symbol = _symbols[i];
            var end = symbol.Address.Value + symbol.Size;
            highest = Math.Max(highest, end < symbol.Address.Value ? symbol.Address.Value : end);
            _highestEnd[i] = highest;
        }
    }

    public IReadOnlyList<ElfSymbol> Symbols => _symbols;

    /// <summary>Whether the module calls on the loader by itself: dlopen(3).</summary>
    public bool ImportsDlopen { get; }

    /// <summary>The innermost symbol that covers an address, or the nearest before it where that one has no size.</summary>
    public ElfSymbol? Find(Address address)
    {
        var last = LastAtOrBefore(address);
        ElfSymbol? best = null;
        for (var i = last; i >= 0 && _highestEnd[i] > address.Value; i--)
        {
            var symbol = _symbols[i];
            if (best is { } found && found.Address > symbol.Address)
            {
                break;
            }

            if (address - symbol.Address < symbol.Size && (best is null || Rank(symbol) > Rank(best.Value)))
            {
                best = symbol;
            }
        }

        return best ?? NearestWithoutSize(last);
    }

    private static bool IsThreadLocal(ElfSymbol symbol) => symbol.Type == ElfSymbol.ThreadLocal;

    /// <summary>Of several names for one place the exported one, and rather a function or object than a mere label.</summary>
    private static int Rank(ElfSymbol symbol) =>
        (symbol.Binding switch { ElfSymbol.Global => 4, ElfSymbol.Weak => 2, _ => 0 })
        + (symbol.Type == ElfSymbol.NoType ? 0 : 1);

    private ElfSymbol? NearestWithoutSize(int last)
    {
        ElfSymbol? best = null;
        for (var i = last; i >= 0 && _symbols[i].Address == _symbols[last].Address; i--)
        {
            if (_symbols[i].Size == 0 && (best is null || Rank(_symbols[i]) > Rank(best.Value)))
            {
                best = _symbols[i];
            }
        }

        return best;
    }

    private int LastAtOrBefore(Address address)
    {
        var low = 0;
        var high = _placed;
        while (low < high)
        {
            var middle = (int)(((uint)low + (uint)high) / 2);
            if (_symbols[middle].Address <= address)
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
