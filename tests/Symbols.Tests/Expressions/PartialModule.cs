// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using Livewatcher.Model;
using Livewatcher.Symbols.Modules;

namespace Livewatcher.Symbols.Tests.Expressions;

/// <summary>A module some of whose symbols are missing, or whose debug information is another one.</summary>
/// <param name="module">The real one.</param>
/// <param name="hiddenPrefix">Symbols that begin so are left out; null for none.</param>
/// <param name="dwarf">Called where somebody asks for the debug information; null for the real one.</param>
internal sealed class PartialModule(ILoadedModule module, string? hiddenPrefix = null, Func<nint>? dwarf = null) : ILoadedModule
{
    public string Name => module.Name;

    public string Path => module.Path;

    public Address Start => module.Start;

    public Address End => module.End;

    public ulong Bias => module.Bias;

    public bool IsMainProgram => module.IsMainProgram;

    public nint Dwarf => dwarf is null ? module.Dwarf : dwarf();

    public ulong DwarfBias => module.DwarfBias;

    public nint Elf => module.Elf;

    public IReadOnlyList<ElfSymbol> Symbols { get; } = hiddenPrefix is null
        ? module.Symbols
        : [.. module.Symbols.Where(s => !s.Name.StartsWith(hiddenPrefix, StringComparison.Ordinal))];

    public ElfSymbol? SymbolAt(Address address) => module.SymbolAt(address);

    public bool TryReadFile(Address target, Span<byte> buffer) => module.TryReadFile(target, buffer);
}
