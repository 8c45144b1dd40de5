// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using Livewatcher.Model;
using Livewatcher.Symbols.Interop;
using Livewatcher.Symbols.Modules;

namespace Livewatcher.Symbols.Naming;

/// <summary>Names the code of one module.</summary>
internal sealed class ModuleNames
{
    private readonly ElfModule _module;

    private readonly RangeMap<UnitCode> _units;

    private readonly Binary _binary;

    public ModuleNames(ElfModule module, Warnings warnings)
    {
        _module = module;
        _binary = new Binary(module.Path, module.BuildId, module.Bias);
        var units = DwarfUnits.Read(module.Dwarf, out var problem);
        if (problem is not null)
        {
            warnings.Add($"{module.Name}: its debug information is damaged or not whole ({problem}): some names and lines are missing");
        }

        // libdw's own search needs .debug_aranges, which clang does not write.
        _units = new RangeMap<UnitCode>(units.SelectMany(RangesOf));
    }

    /// <summary>The frames at an address, innermost first; the last one is not inlined.</summary>
    /// <param name="pc">The frame's address.</param>
    /// <param name="lookup">The address whose names are meant: <paramref name="pc"/> or the byte before.</param>
    public Frame[] Name(Address pc, Address lookup)
    {
        var address = lookup.Value - _module.DwarfBias;
        if (_module.Dwarf == 0 || !_units.TryFind(address, out var unit))
        {
            return [FromSymbol(pc, lookup, default)];
        }

        if (!unit.TryFindFunction(address, out var function))
        {
            return [FromSymbol(pc, lookup, unit.Lines.Find(address, address))];
        }

        var start = StartOf(function, address);
        var place = unit.Lines.Find(address, start);
        List<Frame> frames = [];
        foreach (var inlined in Enumerable.Reverse(UnitCode.InlinedAt(function, address)))
        {
            frames.Add(new Frame(
                pc, _module.Name, FunctionNames.Of(inlined, null), 0, place.File, place.Line, Inlined: true) { Binary = _binary });
            place = CallPlace(unit, inlined);
        }

        var symbol = _module.SymbolAt(new Address(start + _module.DwarfBias));
        var name = FunctionNames.Of(function, symbol?.Address.Value == start + _module.DwarfBias ? symbol?.Name : null);
        frames.Add(new Frame(
            pc, _module.Name, name, pc.Value - _module.DwarfBias - start, place.File, place.Line, Inlined: false) { Binary = _binary });
        return [.. frames];
    }

    private static IEnumerable<(ulong Start, ulong End, UnitCode Unit)> RangesOf(DwarfUnit unit)
    {
        var code = new UnitCode(unit);
        return CodeRanges.Of(unit.LineOwner).Select(range => (range.Start, range.End, code));
    }

    /// <summary>Start of the function's piece that holds an address: compilers put unlikely parts elsewhere.</summary>
    private static ulong StartOf(DwarfDie function, ulong address) =>
        CodeRanges.Of(function).FirstOrDefault(range => range.Start <= address && address < range.End).Start;

    private static SourcePlace CallPlace(UnitCode unit, DwarfDie inlined)
    {
        var file = inlined.Unsigned(NamingAt.CallFile) is { } index ? unit.FileAt(index) : null;
        var line = inlined.Unsigned(NamingAt.CallLine) ?? 0;
        return new SourcePlace(file, line <= int.MaxValue ? (int)line : 0);
    }

    private Frame FromSymbol(Address pc, Address lookup, SourcePlace place)
    {
        var symbol = _module.SymbolAt(lookup);
        return new Frame(
            pc, _module.Name, symbol is { } found ? FunctionNames.OfSymbol(found.Name) : null,
            symbol is { } start ? pc - start.Address : 0, place.File, place.Line, Inlined: false) { Binary = _binary };
    }
}
