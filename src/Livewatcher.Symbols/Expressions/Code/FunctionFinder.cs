// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using Livewatcher.Model;
using Livewatcher.Symbols.Expressions.Lookup;
using Livewatcher.Symbols.Expressions.Memory;
using Livewatcher.Symbols.Expressions.Syntax;
using Livewatcher.Symbols.Interop;
using Livewatcher.Symbols.Modules;
using Livewatcher.Symbols.Naming;

namespace Livewatcher.Symbols.Expressions.Code;

/// <summary>A function's code.</summary>
/// <param name="Name">Demangled, with parameter types for C++.</param>
/// <param name="Address">Its entry.</param>
/// <param name="Size">Bytes; 0 where not known.</param>
/// <param name="IsGlobal">Visible to other files.</param>
/// <param name="Note">What the user should know about the choice; null where there was none.</param>
internal sealed record FoundFunction(string Name, Address Address, ulong Size, bool IsGlobal, string? Note = null);

/// <summary>Finds functions by name: as the linker spells it, or as C++ does with or without parameters and outer scopes, or
/// with the file of a static one.</summary>
internal sealed class FunctionFinder(TargetView view, ModuleIndexes indexes)
{
    private const int MostListed = 8;

    internal FoundFunction Find(string text)
    {
        string? file = new Scanner(text).FileAt(0, out int after);
        string name = file is null ? text : text[after..];
        string wanted = CxxName.Normalise(name);
        Func<ModuleIndex, List<FoundFunction>>[] ways = file is not null
            ? [i => InFile(i, wanted, file), i => InUnit(i, [.. Exactly(i, name, wanted), .. Loosely(i, wanted)], file)]
            : [i => Exactly(i, name, wanted), i => Loosely(i, wanted), i => ByDebugInformation(i, wanted)];
        foreach (Func<ModuleIndex, List<FoundFunction>> way in ways)
        {
            foreach (ILoadedModule module in view.Modules)
            {
                List<FoundFunction> found = [.. way(indexes[module]).DistinctBy(f => f.Address)];
                if (found.Count > 0)
                {
                    return Only(found, text, indexes[module]);
                }
            }
        }

        throw Unknown(name, text);
    }

    private static FoundFunction Only(List<FoundFunction> found, string text, ModuleIndex index)
    {
        List<FoundFunction> globals = [.. found.Where(f => f.IsGlobal)];
        if (found.Count == 1)
        {
            return found[0];
        }

        // One global and statics of the same name are a C program's; overloads are all of one kind.
        if (globals.Count == 1 && found.All(f => f.Name == found[0].Name))
        {
            return globals[0] with { Note = $"the global one of {found.Count} functions with this name" };
        }

        List<string> candidates = [.. found.Take(MostListed).Select(f => found.Count(o => o.Name == f.Name) > 1 ? InItsFile(f, index) : f.Name)];
        string more = found.Count > MostListed ? $" and {found.Count - MostListed} more" : "";
        throw new RefusalException($"{text} names {found.Count} functions; say which: {string.Join(", ", candidates)}{more}");
    }

    private static List<FoundFunction> Exactly(ModuleIndex index, string name, string wanted) =>
        [.. index.Symbols.Named(name).Where(SymbolIndex.IsFunction).Select(s => Of(s, FunctionNames.OfSymbol(s.Name))),
            .. index.Symbols.Demangled
                .Where(s => SymbolIndex.IsFunction(s.Symbol) && !IsClone(s.Symbol) && (s.Path == wanted || s.Path + s.Parameters == wanted))
                .Select(s => Of(s.Symbol, s.Text))];

    /// <summary>Without the outer scopes, and the copies of a function that the compiler made and kept instead of it.</summary>
    private static List<FoundFunction> Loosely(ModuleIndex index, string wanted)
    {
        List<FoundFunction> scoped = [.. index.Symbols.Demangled
            .Where(s => SymbolIndex.IsFunction(s.Symbol) && !IsClone(s.Symbol)
                && (CxxName.EndsWithPath(s.Path, wanted) || CxxName.EndsWithPath(s.Path + s.Parameters, wanted)))
            .Select(s => Of(s.Symbol, s.Text))];
        if (scoped.Count > 0)
        {
            return scoped;
        }

        return [.. index.Module.Symbols
            .Where(s => SymbolIndex.IsFunction(s) && IsClone(s) && !IsColdPart(s))
            .Where(s => s.Name[..Dot(s)] is var stem && (stem == wanted || (Demangler.IsMangled(stem) && DemangledSymbol.Of(s) is var d && (d.Path == wanted || d.Path + d.Parameters == wanted))))
            .Select(s => Of(s, FunctionNames.OfSymbol(s.Name)) with { Note = "a copy that the compiler has specialised; other calls may be inlined" })];
    }

    /// <summary>Functions that the debug information knows and no symbol names.</summary>
    private static List<FoundFunction> ByDebugInformation(ModuleIndex index, string wanted)
    {
        List<IndexEntry> entries = [.. Entries(index, wanted)];
        List<FoundFunction> found = [.. entries.Select(e => Of(e, index)).OfType<FoundFunction>()];
        if (found.Count == 0 && entries.FirstOrDefault() is { } inlined)
        {
            string place = inlined.Die.DeclarationFile is { } file ? $", as {SourcePath.Base(file)}:LINE" : "";
            throw new RefusalException($"{inlined.Path} has no code of its own: it is inlined wherever it is called; give a line of it{place}");
        }

        return found;
    }

    private static List<FoundFunction> InFile(ModuleIndex index, string wanted, string file) =>
        [.. Entries(index, wanted).Where(e => e.IsIn(file)).Select(e => Of(e, index)).OfType<FoundFunction>()];

    /// <summary>Functions whose own entry has no address, as where gcc has folded two identical ones into one.</summary>
    private static List<FoundFunction> InUnit(ModuleIndex index, List<FoundFunction> found, string file)
    {
        List<DwarfUnit> units = [.. index.Units.Where(u => u.Name is { } name && SourcePath.Matches(name, file))];
        return [.. found.Where(f => units.Exists(u => u.LineOwner.Covers(unchecked(f.Address.Value - index.Module.DwarfBias))))];
    }

    private static IEnumerable<IndexEntry> Entries(ModuleIndex index, string wanted)
    {
        (string path, string parameters) = wanted.Contains('(', StringComparison.Ordinal) ? CxxName.SplitFunction(wanted) : (wanted, "");
        (_, string last) = CxxName.SplitLast(path);
        return index.Functions.Functions.Find(last)
            .Where(e => CxxName.EndsWithPath(CxxName.Normalise(e.Path), path))
            .Where(e => parameters.Length == 0 || CxxName.Normalise(FunctionNames.Of(e.Die, null) ?? "").EndsWith(parameters, StringComparison.Ordinal));
    }

    private static FoundFunction? Of(IndexEntry entry, ModuleIndex index)
    {
        if (entry.Die.EntryAddress is not { } entryAddress || entryAddress == 0)
        {
            return null;
        }

        var address = new Address(unchecked(entryAddress + index.Module.DwarfBias));
        ulong size = index.Module.SymbolAt(address) is { } symbol && symbol.Address == address ? symbol.Size : 0;
        return new(FunctionNames.Of(entry.Die, null) ?? entry.Path, address, size, entry.Die.Flag(DwarfAt.External));
    }

    private static FoundFunction Of(ElfSymbol symbol, string name) => new(
        name, symbol.Address, symbol.Size, symbol.Binding != ElfSymbol.Local,
        symbol.Type == ElfSymbol.IndirectFunction ? "the resolver that chooses an implementation, not the function itself" : null);

    private static string InItsFile(FoundFunction function, ModuleIndex index)
    {
        IndexEntry? entry = index.Functions.Functions.All
            .FirstOrDefault(e => e.Die.EntryAddress is { } start && unchecked(start + index.Module.DwarfBias) == function.Address.Value);
        return entry is null ? function.Address.ToString() : $"{SourcePath.Base(entry.Unit.Name)}::{function.Name}";
    }

    private static int Dot(ElfSymbol symbol) => symbol.Name.IndexOf('.', 1);

    /// <summary>gcc's name.part.0, name.constprop.0, name.isra.0, name.cold.</summary>
    private static bool IsClone(ElfSymbol symbol) => symbol.Name.Length > 1 && Dot(symbol) > 0;

    private static bool IsColdPart(ElfSymbol symbol) => symbol.Name.Contains(".cold", StringComparison.Ordinal);

    private RefusalException Unknown(string name, string text)
    {
        IEnumerable<ModuleIndex> known = view.Modules.Select(m => indexes[m]);
        if (known.Any(i => i.Symbols.Data(name).Count > 0))
        {
            return new($"{name} is a variable, not a function: --watch '{name}' waits for writes to it");
        }

        IEnumerable<string> names = known.SelectMany(i => i.Symbols.Demangled.Where(s => SymbolIndex.IsFunction(s.Symbol)).Select(s => s.Path)
            .Concat(i.Module.Symbols.Where(s => SymbolIndex.IsFunction(s) && !Demangler.IsMangled(s.Name)).Select(s => s.Name)));
        return new($"no function is named '{text}'{NearestNames.Phrase(NearestNames.Find(name, names))}", mayComeLater: true);
    }
}
