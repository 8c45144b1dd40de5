// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using Livewatcher.Symbols.Expressions.Syntax;
using Livewatcher.Symbols.Interop;
using Livewatcher.Symbols.Modules;
using Livewatcher.Symbols.Types;

namespace Livewatcher.Symbols.Expressions.Lookup;

/// <summary>Finds types by name, and the whole of types of which one unit knows only the name.</summary>
internal sealed class TypeFinder(IReadOnlyList<ILoadedModule> modules, ModuleIndexes indexes, TypeReader reader, int pointerSize)
{
    private const int MostListed = 4;

    internal int PointerSize => pointerSize;

    /// <summary>The type that a cast names.</summary>
    internal DataType Resolve(TypeSyntax syntax)
    {
        DataType type = syntax.Fundamental is { } fundamental
            ? BuiltinTypes.Find(fundamental, pointerSize) ?? throw new RefusalException($"{fundamental} is not supported")
            : Find(syntax.Word, syntax.Name!)
              ?? throw new RefusalException($"no type is named '{Spell(syntax)}'{NearestNames.Phrase(Nearest(syntax.Name!))}", mayComeLater: true);
        for (int i = 0; i < syntax.Pointers; i++)
        {
            type = DataType.PointerTo(type, pointerSize);
        }

        foreach (ulong bound in syntax.Dimensions.Bounds.Reverse())
        {
            type = DataType.ArrayOf(type, bound);
        }

        for (int i = 0; i < syntax.Groups; i++)
        {
            type = DataType.PointerTo(type, pointerSize);
        }

        return type;
    }

    /// <summary>Null where no module knows the type.</summary>
    internal DataType? Find(string? word, QualifiedName name)
    {
        foreach (ILoadedModule module in modules)
        {
            List<IndexEntry> found = [.. indexes[module].Upper.Types.Find(name.Name)
                .Where(e => Fits(e.Die.Tag, word) && e.Matches(name.Scope) && (name.File is null || e.IsIn(name.File)))];
            if (found.Count > 0)
            {
                // C keeps tags apart from other names: conn may be a typedef and struct conn something else.
                List<IndexEntry> first = [.. found.Where(e => word is null && IsPlainName(e.Die.Tag))];
                return Only(first.Count > 0 ? first : found, name);
            }
        }

        return word is null && name is { File: null, Scope: "" } ? BuiltinTypes.Find(name.Name, pointerSize) : null;
    }

    /// <summary>The full definition of a struct, class, union or enum that is only declared here; the same type where it is
    /// complete or nobody has more.</summary>
    internal DataType Complete(DataType type)
    {
        DataType plain = type.Plain;
        if (!plain.IsIncomplete || plain.Die.Name is not { } name)
        {
            return plain;
        }

        string word = plain.Die.Tag switch
        {
            DwarfTag.UnionType => "union",
            DwarfTag.EnumerationType => "enum",
            _ => "struct",
        };
        return Find(word, new QualifiedName(null, ScopeNames.Of(plain.Die).Full, name)) ?? plain;
    }

    private static bool Fits(int tag, string? word) => word switch
    {
        "struct" or "class" => tag is DwarfTag.StructureType or DwarfTag.ClassType,
        "union" => tag == DwarfTag.UnionType,
        "enum" => tag == DwarfTag.EnumerationType,
        _ => true,
    };

    private static bool IsPlainName(int tag) => tag is DwarfTag.Typedef or DwarfTag.BaseType;

    private DataType Only(List<IndexEntry> found, QualifiedName name)
    {
        List<(IndexEntry Entry, DataType Type)> distinct =
            [.. found.Select(e => (e, reader.Read(e.Die))).DistinctBy(pair => Shape(pair.Item2))];
        if (distinct.Count == 1)
        {
            return distinct[0].Type;
        }

        string[] names = [.. distinct.Select(d => d.Entry.Path).Distinct()];
        if (names.Length > 1)
        {
            throw new RefusalException($"{name.Path} is ambiguous; say which: {string.Join(", ", names.Take(MostListed))}");
        }

        IReadOnlyList<string> files = SourcePath.Shorten([.. distinct.Select(d => d.Entry.Unit.Name).Take(MostListed)]);
        throw new RefusalException(
            $"{name.Path} is {distinct.Count} different types; say which: {string.Join(", ", files.Select(f => $"{f}::{name.Path}"))}");
    }

    /// <summary>What two definitions of one type have in common: size, and members at their places.</summary>
    private static string Shape(DataType type)
    {
        DataType plain = type.Plain;
        return $"{plain.Kind} {plain.Size} {string.Join(',', plain.Members.Where(m => m.Kind == MemberKind.Data).Take(64).Select(m => $"{m.Name}@{m.Offset}"))}";
    }

    private static string Spell(TypeSyntax syntax) => syntax.Word is null ? syntax.Name!.ToString() : $"{syntax.Word} {syntax.Name}";

    private IReadOnlyList<string> Nearest(QualifiedName name) =>
        NearestNames.Find(name.Name, modules.SelectMany(m => indexes[m].Upper.Types.Names));
}
