// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using Livewatcher.Symbols.Interop;
using Livewatcher.Symbols.Modules;

namespace Livewatcher.Symbols.Expressions.Lookup;

/// <summary>What one module names. Each part is read once, when it is first needed: variables and types in one walk over
/// the units' upper levels, functions and their static variables in a second one, the symbol table in a third.</summary>
internal sealed class ModuleIndex(ILoadedModule module, ReadingProgress? progress)
{
    private readonly Lazy<UpperIndex> _upper = new(() => UpperIndex.Read(module.Dwarf, progress), isThreadSafe: false);
    private readonly Lazy<IReadOnlyList<DwarfUnit>> _units = new(() => DwarfUnits.Read(module.Dwarf, out _), isThreadSafe: false);
    private readonly Lazy<FunctionIndex> _functions = new(() => FunctionIndex.Read(module.Dwarf, progress), isThreadSafe: false);

    internal ILoadedModule Module => module;

    internal UpperIndex Upper => _upper.Value;

    internal FunctionIndex Functions => _functions.Value;

    internal SymbolIndex Symbols { get; } = new(module);

    internal IReadOnlyList<DwarfUnit> Units => _units.Value;

    /// <summary>True where the walk for variables and types has been made.</summary>
    internal bool IsUpperRead => _upper.IsValueCreated;
}

/// <summary>The indices of all modules, kept from one resolving to the next as long as the module is loaded.</summary>
internal sealed class ModuleIndexes(ReadingProgress? progress)
{
    private Dictionary<ILoadedModule, ModuleIndex> _indexes = [];

    internal ModuleIndex this[ILoadedModule module]
    {
        get
        {
            if (!_indexes.TryGetValue(module, out ModuleIndex? index))
            {
                _indexes[module] = index = new ModuleIndex(module, progress);
            }

            return index;
        }
    }

    /// <summary>Drops the indices of modules that are gone: their handles are closed.</summary>
    internal void Keep(IReadOnlyList<ILoadedModule> modules) =>
        _indexes = modules.Where(_indexes.ContainsKey).ToDictionary(m => m, m => _indexes[m]);
}
