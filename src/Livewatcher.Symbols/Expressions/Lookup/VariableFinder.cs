// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using Livewatcher.Model;
using Livewatcher.Symbols.Expressions.Memory;
using Livewatcher.Symbols.Expressions.Syntax;
using Livewatcher.Symbols.Interop;
using Livewatcher.Symbols.Modules;
using Livewatcher.Symbols.Naming;
using Livewatcher.Symbols.Types;

namespace Livewatcher.Symbols.Expressions.Lookup;

/// <summary>Finds global, static and thread-local variables. The main program comes first, and what it answers nobody else is
/// asked: a library's debug information, which may be large, is read only for names that the main program does not have.</summary>
internal sealed class VariableFinder(TargetView view, ModuleIndexes indexes, TypeFinder types, TypeReader reader)
{
    private const int MostListed = 8;

    /// <summary>Finds a function's own variables first; null where those are not asked for.</summary>
    internal ILocalNames? Locals { get; init; }

    /// <summary>The variable. Throws a refusal that says what stands against it or what is near.</summary>
    internal FoundVariable Find(QualifiedName name) =>
        Locals?.Find(name) ?? TryFind(name, out RefusalException? why) ?? throw why ?? Unknown(name);

    /// <param name="name">What is looked for.</param>
    /// <param name="why">The reason where the name is known but has no memory; null where nobody knows it.</param>
    internal FoundVariable? TryFind(QualifiedName name, out RefusalException? why)
    {
        why = null;
        var search = new Search(name);
        FoundVariable? found = Global(search)
            ?? (view.Main is { } main ? Choose(search, main, indexes[main].Functions.Statics, isStatics: true) : null);
        foreach (ILoadedModule module in view.Modules)
        {
            found ??= (module.IsMainProgram ? null : Choose(search, module, indexes[module].Upper.Variables, isStatics: false))
                ?? (module.IsMainProgram ? null : Choose(search, module, indexes[module].Functions.Statics, isStatics: true))
                ?? LocalSymbol(search, module);
            if (found is not null)
            {
                return found;
            }
        }

        search.Reason ??= StaticMember(name) is { } member && member.TryGetOwn(DwarfAt.ConstValue, out DwarfAttribute constant)
            ? $"it is the constant {constant.Signed} and has no memory"
            : null;
        why = search.Reason is { } reason ? new RefusalException($"{name.Path} cannot be watched: {reason}") : null;
        return found;
    }

    /// <summary>The main program's own variables, then any module's that exports the name.</summary>
    private FoundVariable? Global(Search search)
    {
        FoundVariable? copy = null;
        foreach (ILoadedModule module in view.Modules)
        {
            ElfSymbol? exported = search.Name.File is null ? Exported(module, search.Name) : null;
            if (!module.IsMainProgram && exported is null)
            {
                continue;
            }

            if (Choose(search, module, indexes[module].Upper.Variables, isStatics: false) is { } found)
            {
                return copy is null || copy.Address == found.Address ? found : copy;
            }

            if (exported is { } symbol)
            {
                FoundVariable untyped = OfSymbol(search, module, symbol);
                if (!untyped.Type.IsUntyped || !module.IsMainProgram || Relocations.CopyOf(view, symbol.Name) is null)
                {
                    return copy ?? untyped;
                }

                // The program's copy of a library's variable; the library may know its type.
                copy = untyped;
            }
        }

        return copy;
    }

    private ElfSymbol? Exported(ILoadedModule module, QualifiedName name)
    {
        foreach (ElfSymbol symbol in indexes[module].Symbols.Data(name.Path))
        {
            if (symbol.Binding != ElfSymbol.Local)
            {
                return symbol;
            }
        }

        return null;
    }

    /// <summary>One of a module's entries; null where none has memory. Several are a question to the user.</summary>
    private FoundVariable? Choose(Search search, ILoadedModule module, NameTable table, bool isStatics)
    {
        List<Definition> usable = [];
        foreach (IndexEntry entry in table.Find(search.Name.Name).Where(e => search.Fits(e, isStatics ? StaticScope.Of(e, module) : null)))
        {
            if (Definition.Of(entry, module) is not { } definition)
            {
                search.Declaration ??= entry;
            }
            else if (definition.Location.Problem is { } problem)
            {
                search.Reason ??= problem;
            }
            else
            {
                usable.Add(definition);
            }
        }

        usable = [.. usable.DistinctBy(d => (d.Location.Value, d.Location.IsThreadLocal))];
        if (usable.Count == 0)
        {
            return null;
        }

        List<Definition> globals = [.. usable.Where(d => d.IsExternal)];
        if (globals.Count != 1 && usable.Count > 1)
        {
            string candidates = string.Join(", ", Names(globals.Count > 1 ? globals : usable));
            throw new RefusalException($"{search.Name} is ambiguous; say which: {candidates}");
        }

        Definition chosen = globals.Count == 1 ? globals[0] : usable[0];
        string? note = usable.Count > 1 ? $"the global one; also {string.Join(", ", Names([.. usable.Where(d => d != chosen)]))}" : null;
        return OfDefinition(chosen, note);
    }

    private FoundVariable OfDefinition(Definition definition, string? note)
    {
        DwarfDie die = definition.Entry.Die;
        ILoadedModule module = definition.Module;
        DataType type = Whole(
            reader.Read(die.Type), () => indexes[module].Symbols.Named(die.LinkageName ?? definition.Entry.Name).FirstOrDefault().Size);
        if (definition.Location.IsThreadLocal)
        {
            return new(type, module, new Address(definition.Location.Value), IsThreadLocal: true, note);
        }

        var own = new Address(unchecked(definition.Location.Value + module.DwarfBias));
        Address used = definition.IsExternal ? Used(module, die.LinkageName ?? definition.Entry.Name, own) : own;
        return used == own
            ? new(type, module, own, IsThreadLocal: false, note)
            : new(type, module, used, IsThreadLocal: false, $"{module.Name} uses the one in {ModuleAt(used)}");
    }

    /// <summary>A library's variable may live elsewhere: in the main program, which has copied it (R_X86_64_COPY, R_386_COPY), or in an
    /// earlier library with the same name. The library's own offset table tells, once it is filled.</summary>
    private Address Used(ILoadedModule module, string symbol, Address own) =>
        module.IsMainProgram ? own : Relocations.Bound(view, module, symbol) ?? Relocations.CopyOf(view, symbol) ?? own;

    private string ModuleAt(Address address) =>
        view.Modules.FirstOrDefault(m => address >= m.Start && address < m.End)?.Name ?? address.ToString();

    private FoundVariable OfSymbol(Search search, ILoadedModule module, ElfSymbol symbol)
    {
        bool isThreadLocal = symbol.Type == ElfSymbol.ThreadLocal;
        DwarfDie? declaration = search.Declaration?.Die ?? StaticMember(search.Name);
        DataType type = declaration is { } die
            ? Whole(reader.Read(die.Type), () => symbol.Size)
            : DataType.Opaque(symbol.Size == 0 ? null : symbol.Size);
        Address place = isThreadLocal ? symbol.Address : Used(module, symbol.Name, symbol.Address);
        string? note = declaration is null ? $"{module.Name} has no debug information for it" : null;
        return new(type, module, place, isThreadLocal, note);
    }

    private FoundVariable? LocalSymbol(Search search, ILoadedModule module)
    {
        if (search.Name.File is not null)
        {
            return null;
        }

        IReadOnlyList<ElfSymbol> found = indexes[module].Symbols.Data(search.Name.Path);
        if (found.Count > 1)
        {
            throw new RefusalException(
                $"{search.Name} is ambiguous and {module.Name} has no debug information for it; take an address: "
                + string.Join(", ", found.Take(MostListed).Select(s => $"{s.Address}:{s.Size}")));
        }

        return found.Count == 1 ? OfSymbol(search, module, found[0]) : null;
    }

    /// <summary>The declaration of a static member in its class; null where the name is none.</summary>
    private DwarfDie? StaticMember(QualifiedName name)
    {
        if (name.Scope.Length == 0)
        {
            return null;
        }

        (string scope, string type) = CxxName.SplitLast(name.Scope);
        return types.Find(null, new QualifiedName(null, scope, type)) is { } found
            ? types.Complete(found).Members.FirstOrDefault(m => m.Kind == MemberKind.Static && m.Name == name.Name)?.Die
            : null;
    }

    /// <summary>Completes int a[] by the size of its symbol.</summary>
    private DataType Whole(DataType type, Func<ulong> symbolSize)
    {
        DataType plain = type.Plain;
        return plain is { Kind: TypeKind.Array, OwnSize: null, Count: null }
            && symbolSize() is > 0 and var size && types.Complete(plain.Target).Size is { } element and > 0
            ? DataType.ArrayOf(plain.Target, size / element)
            : type;
    }

    /// <summary>As the user can write them: file.c::name for statics, the path for globals.</summary>
    private static List<string> Names(List<Definition> definitions)
    {
        List<Definition> listed = [.. definitions.Take(MostListed)];
        IReadOnlyList<string> files = SourcePath.Shorten([.. listed.Select(d => d.Entry.Unit.Name).Distinct()]);
        List<string> names = [.. listed.Select(d => $"{files.First(f => SourcePath.Matches(d.Entry.Unit.Name, f))}::{(d.Entry.Function.IsValid ? $"{StaticScope.Of(d.Entry, d.Module).Signature}::{d.Entry.Name}" : d.Entry.Path)}")];
        if (definitions.Count > MostListed)
        {
            names.Add($"and {definitions.Count - MostListed} more");
        }

        return names;
    }


    private RefusalException Unknown(QualifiedName name)
    {
        IEnumerable<ModuleIndex> known = view.Modules.Select(m => indexes[m]);
        if (name.File is { } file && known.All(i => !HasFile(i, file)))
        {
            IEnumerable<string> files = known.SelectMany(i => i.Upper.Variables.All).Select(e => SourcePath.Base(e.Unit.Name));
            return new($"no unit of the debug information comes from {file}{NearestNames.Phrase(NearestNames.Find(SourcePath.Base(file), files))}", true);
        }

        if (name.File is null && known.Any(i => i.Symbols.HasFunction(name.Path)))
        {
            return new($"{name.Path} is a function, not a variable: --hbreak '{name.Path}' waits for its execution");
        }

        string bare = view.Main is { Dwarf: 0 } main ? $" ({main.Name} has no debug information)" : "";
        string damage = string.Concat(known.Where(i => i.Upper.Problem is not null).Select(i => $" (debug information of {i.Module.Name}: {i.Upper.Problem})").Take(2));
        // The scope of an entry costs a walk, so only entries with a near name are asked for it.
        IEnumerable<string> names = known.SelectMany(i => NearestNames.Near(name.Name, i.Upper.Variables)
            .Select(e => e.Path)
            .Concat(NearestNames.Near(name.Name, i.Functions.Statics).Select(e => $"{StaticScope.Of(e, i.Module).Path}::{e.Name}"))
            .Concat(i.Symbols.Demangled.Where(s => SymbolIndex.IsData(s.Symbol)).Select(s => s.Path))
            .Concat(i.Module.Symbols.Where(s => SymbolIndex.IsData(s) && !Demangler.IsMangled(s.Name)).Select(s => s.Name)));
        return new($"no variable is named '{name}'{bare}{damage}{NearestNames.Phrase(NearestNames.Find(name.Path, names))}", mayComeLater: true);
    }

    private static bool HasFile(ModuleIndex index, string file) => index.Upper.Variables.All.Any(e => e.IsIn(file));

    /// <summary>What a search has met on its way.</summary>
    private sealed class Search(QualifiedName name)
    {
        private readonly string _scope = CxxName.Normalise(name.Scope);

        internal QualifiedName Name => name;

        /// <summary>An entry that knows the type but not the place.</summary>
        internal IndexEntry? Declaration { get; set; }

        /// <summary>Why an entry of this name has no memory.</summary>
        internal string? Reason { get; set; }

        /// <param name="entry">A variable.</param>
        /// <param name="function">For a function's static variable the function.</param>
        internal bool Fits(IndexEntry entry, StaticScope? function)
        {
            if (name.File is { } file && !entry.IsIn(file))
            {
                return false;
            }

            // A function may be named without its namespaces, and with its parameters where it is overloaded.
            return function is { } scope
                ? _scope.Length == 0 || CxxName.EndsWithPath(CxxName.Normalise(_scope.EndsWith(')') ? scope.Signature : scope.Path), _scope)
                : entry.Matches(name.Scope);
        }
    }
}
