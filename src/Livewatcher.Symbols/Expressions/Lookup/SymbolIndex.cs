// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using Livewatcher.Symbols.Modules;
using Livewatcher.Symbols.Naming;

namespace Livewatcher.Symbols.Expressions.Lookup;

/// <summary>A module's ELF symbols by name, mangled or not.</summary>
internal sealed class SymbolIndex
{
    private readonly Lazy<ILookup<string, ElfSymbol>> _byName;
    private readonly Lazy<ILookup<string, ElfSymbol>> _byPath;
    private readonly Lazy<IReadOnlyList<DemangledSymbol>> _demangled;

    internal SymbolIndex(ILoadedModule module)
    {
        _byName = new(() => module.Symbols.ToLookup(s => s.Name, StringComparer.Ordinal), isThreadSafe: false);
        _demangled = new(() => [.. module.Symbols.Where(s => s.Name.StartsWith("_Z", StringComparison.Ordinal)).Select(DemangledSymbol.Of)], false);
        _byPath = new(() => _demangled.Value.ToLookup(s => s.Path, s => s.Symbol, StringComparer.Ordinal), isThreadSafe: false);
    }

    /// <summary>C++ symbols with their names taken apart.</summary>
    internal IReadOnlyList<DemangledSymbol> Demangled => _demangled.Value;

    internal IEnumerable<string> Names => _byName.Value.Select(g => g.Key);

    internal IEnumerable<ElfSymbol> Named(string name) => _byName.Value[name];

    /// <summary>Symbols of data, by mangled name or by path; of several with one address only one.</summary>
    internal IReadOnlyList<ElfSymbol> Data(string path)
    {
        IEnumerable<ElfSymbol> found = _byName.Value[path].Where(IsData);
        if (path.Contains("::", StringComparison.Ordinal) && !found.Any())
        {
            found = _byPath.Value[CxxName.Normalise(path)].Where(IsData);
        }

        return [.. found.DistinctBy(s => (s.Address, s.Type))];
    }

    /// <summary>True where a function has this name, mangled or not, in any of its overloads.</summary>
    internal bool HasFunction(string path) =>
        _byName.Value[path].Any(IsFunction) || _byPath.Value[CxxName.Normalise(path)].Any(IsFunction);

    internal static bool IsData(ElfSymbol symbol) => symbol.Type is not (ElfSymbol.Function or ElfSymbol.IndirectFunction);

    internal static bool IsFunction(ElfSymbol symbol) => symbol.Type is ElfSymbol.Function or ElfSymbol.IndirectFunction;
}

/// <summary>A C++ symbol.</summary>
/// <param name="Symbol">As the file has it.</param>
/// <param name="Text">Demangled.</param>
/// <param name="Path">Normalised, without parameters.</param>
/// <param name="Parameters">Normalised, from the opening parenthesis; empty for data.</param>
internal readonly record struct DemangledSymbol(ElfSymbol Symbol, string Text, string Path, string Parameters)
{
    internal static DemangledSymbol Of(ElfSymbol symbol)
    {
        // What gcc appends to clones (.cold, .part.0) is no part of the mangled name.
        int dot = symbol.Name.IndexOf('.', StringComparison.Ordinal);
        string text = Demangler.Demangle(dot > 0 ? symbol.Name[..dot] : symbol.Name);
        (string path, string parameters) = SymbolIndex.IsFunction(symbol) ? CxxName.SplitFunction(text) : (text, "");
        return new(symbol, text, CxxName.Normalise(path), CxxName.Normalise(parameters));
    }
}
