// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using Livewatcher.Model;
using Livewatcher.Symbols.Expressions.Lookup;
using Livewatcher.Symbols.Expressions.Memory;
using Livewatcher.Symbols.Modules;

namespace Livewatcher.Symbols.Expressions.Arising;

/// <summary>The functions that allocate and free: the ones that the dynamic linker binds the program to.</summary>
internal static class HeapPlaces
{
    private static readonly (string Name, ProbeKind Kind, Allocator Allocator)[] Functions =
    [
        ("malloc", ProbeKind.Allocate, Allocator.Size),
        ("calloc", ProbeKind.Allocate, Allocator.Product),
        ("realloc", ProbeKind.Allocate, Allocator.Resize),
        ("aligned_alloc", ProbeKind.Allocate, Allocator.Second),
        ("memalign", ProbeKind.Allocate, Allocator.Second),
        ("posix_memalign", ProbeKind.Allocate, Allocator.Indirect),
        ("free", ProbeKind.Free, Allocator.None),
    ];

    /// <summary>These call malloc(3), so they matter only for where they are called from.</summary>
    private static readonly string[] Operators = ["_Znwm", "_Znam", "_ZnwmRKSt9nothrow_t", "_ZnamRKSt9nothrow_t"];

    /// <param name="view">The process.</param>
    /// <param name="indexes">Its names.</param>
    /// <param name="withOperators">operator new too.</param>
    /// <exception cref="RefusalException">The program has no malloc(3).</exception>
    internal static IReadOnlyList<ProbePlace> Find(TargetView view, ModuleIndexes indexes, bool withOperators)
    {
        List<ProbePlace> places = [];
        foreach ((string name, ProbeKind kind, Allocator allocator) in Functions)
        {
            if (AddressOf(name, view, indexes) is { } address && !places.Exists(place => place.Address == address))
            {
                places.Add(new ProbePlace(kind, address, Allocator: allocator));
            }
        }

        if (!places.Exists(place => place.Allocator == Allocator.Size) || !places.Exists(place => place.Kind == ProbeKind.Free))
        {
            throw new RefusalException("the program has no malloc and free by name: which function allocates is not known");
        }

        foreach (string name in withOperators ? Operators : [])
        {
            if (AddressOf(name, view, indexes) is { } address)
            {
                places.Add(new ProbePlace(ProbeKind.Allocate, address, Allocator: Allocator.Size));
            }
        }

        return places;
    }

    /// <summary>Modules are in the linker's order of search. The loader has an allocator of its own, for itself.</summary>
    private static Address? AddressOf(string name, TargetView view, ModuleIndexes indexes) => view.Modules
        .Where(module => module.IsMainProgram || !module.Name.StartsWith("ld-", StringComparison.Ordinal))
        .SelectMany(module => indexes[module].Symbols.Named(name))
        .Where(symbol => symbol.Type == ElfSymbol.Function && symbol.Binding != ElfSymbol.Local)
        .Select(symbol => (Address?)symbol.Address)
        .FirstOrDefault();
}
