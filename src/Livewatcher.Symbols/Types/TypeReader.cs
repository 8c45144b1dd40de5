// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using Livewatcher.Symbols.Interop;

namespace Livewatcher.Symbols.Types;

/// <summary>Makes types from debugging information entries. One reader serves one resolving; what it made is valid as
/// long as the modules' Dwarf handles are.</summary>
internal sealed class TypeReader
{
    /// <summary>DW_FORM_sdata: the only constant form that says it is signed.</summary>
    private const uint SignedData = 0x0d;

    private const int MaximumMembers = 1 << 16;
    private const int MaximumDimensions = 16;
    private const int MaximumAliases = 64;

    private readonly Dictionary<nint, DataType> _known = [];

    /// <summary>The type of a DW_TAG_*_type entry; void for none. What the entry does not tell stays open.</summary>
    internal DataType Read(DwarfDie? entry)
    {
        if (entry is not { IsValid: true } die)
        {
            return DataType.Void;
        }

        if (!_known.TryGetValue(die.Identity, out DataType? type))
        {
            type = Make(die);
            _known[die.Identity] = type;
        }

        return type;
    }

    private DataType Make(DwarfDie die)
    {
        // A type unit's type is named by its signature (DWARF 5, 3.1.4); the entry here is only a declaration.
        if (die.TryGetOwn(DwarfAt.Signature, out DwarfAttribute signature)
            && signature.Reference is { } unitType && unitType.Identity != die.Identity && !unitType.Has(DwarfAt.Signature))
        {
            return Read(unitType);
        }

        int tag = die.Tag;
        return tag switch
        {
            DwarfTag.BaseType => MakeBase(die),
            DwarfTag.PointerType => MakePointer(TypeKind.Pointer, "*", die),
            DwarfTag.ReferenceType => MakePointer(TypeKind.Reference, "&", die),
            DwarfTag.RvalueReferenceType => MakePointer(TypeKind.Reference, "&&", die),
            DwarfTag.ConstType => MakeAlias(TypeKind.Qualified, "const", die),
            DwarfTag.VolatileType => MakeAlias(TypeKind.Qualified, "volatile", die),
            DwarfTag.RestrictType => MakeAlias(TypeKind.Qualified, "restrict", die),
            DwarfTag.AtomicType => MakeAlias(TypeKind.Qualified, "_Atomic", die),
            DwarfTag.Typedef => MakeAlias(TypeKind.Typedef, NameOf(die, ""), die),
            DwarfTag.ArrayType => MakeArray(die),
            DwarfTag.StructureType or DwarfTag.ClassType or DwarfTag.UnionType => MakeAggregate(die, tag),
            DwarfTag.EnumerationType => MakeEnumeration(die),
            DwarfTag.SubroutineType or DwarfTag.Subprogram => new(TypeKind.Function, "()", target: () => Read(die.Type))
            {
                ParameterSource = Once(() => ReadParameters(die)),
            },
            DwarfTag.UnspecifiedType when die.Name is "void" or null => DataType.Void,
            _ => new(TypeKind.Opaque, die.Name ?? "untyped", die.Unsigned(DwarfAt.ByteSize)) { Die = die },
        };
    }

    private static DataType MakeBase(DwarfDie die)
    {
        // gcc calls it "long unsigned int", clang "unsigned long".
        string written = die.Name ?? "?";
        string name = BuiltinTypes.Canonical(written.Split(' ')) ?? written;
        ulong? size = die.Unsigned(DwarfAt.ByteSize);
        return die.Unsigned(DwarfAt.Encoding) switch
        {
            DwarfEncoding.Boolean => new(TypeKind.Boolean, name, size),
            DwarfEncoding.Float => new(TypeKind.Float, name, size),
            DwarfEncoding.Signed => new(name is "wchar_t" ? TypeKind.Character : TypeKind.Integer, name, size, isSigned: true),
            DwarfEncoding.Unsigned => new(name is "wchar_t" ? TypeKind.Character : TypeKind.Integer, name, size),
            DwarfEncoding.SignedChar => new(TypeKind.Character, name, size, isSigned: true),
            DwarfEncoding.UnsignedChar or DwarfEncoding.Utf => new(TypeKind.Character, name, size),
            DwarfEncoding.Address => new(TypeKind.Integer, name, size),
            _ => new(TypeKind.Opaque, name, size),
        };
    }

    private DataType MakePointer(TypeKind kind, string name, DwarfDie die) =>
        new(kind, name, die.Unsigned(DwarfAt.ByteSize) ?? (ulong)die.AddressSize, target: () => Read(die.Type)) { Die = die };

    private DataType MakeAlias(TypeKind kind, string name, DwarfDie die) =>
        new(kind, name, target: () => Read(die.Type)) { Die = die };

    private DataType MakeArray(DwarfDie die)
    {
        List<ulong?> counts = [];
        foreach (DwarfDie child in die)
        {
            if (child.Tag == DwarfTag.SubrangeType && counts.Count < MaximumDimensions)
            {
                counts.Add(child.Unsigned(DwarfAt.Count) ?? (child.Unsigned(DwarfAt.UpperBound) is { } last and < long.MaxValue ? last + 1 : null));
            }
        }

        Func<DataType> element = () => Read(die.Type);
        for (int i = counts.Count - 1; i > 0; i--)
        {
            var inner = new DataType(TypeKind.Array, "[]", target: element) { Count = counts[i] };
            element = () => inner;
        }

        return new(TypeKind.Array, "[]", die.Unsigned(DwarfAt.ByteSize), target: element)
        {
            Count = counts.Count > 0 ? counts[0] : null,
            Die = die,
        };
    }

    private DataType MakeAggregate(DwarfDie die, int tag)
    {
        string word = tag switch
        {
            DwarfTag.UnionType => "union",
            DwarfTag.ClassType => "class",
            _ => "struct",
        };
        return new(TypeKind.Aggregate, NameOf(die, word), die.Unsigned(DwarfAt.ByteSize))
        {
            IsIncomplete = die.OwnFlag(DwarfAt.Declaration),
            Die = die,
            MemberSource = Once(() => ReadMembers(die)),
        };
    }

    private DataType MakeEnumeration(DwarfDie die)
    {
        DataType? underlying = UnderlyingOf(die);
        return new(
            TypeKind.Enumeration, NameOf(die, "enum"), die.Unsigned(DwarfAt.ByteSize) ?? underlying?.Size,
            underlying?.IsSigned ?? HasNegative(die), underlying is null ? null : () => underlying)
        {
            IsIncomplete = die.OwnFlag(DwarfAt.Declaration),
            IsScoped = die.Flag(DwarfAt.EnumClass),
            Die = die,
            EnumeratorSource = Once(() => ReadEnumerators(die, underlying?.IsSigned ?? HasNegative(die))),
        };
    }

    /// <summary>The integer type behind an enumeration, by its entries: a type that is being made cannot be asked, and a damaged
    /// file may name the enumeration itself there.</summary>
    private DataType? UnderlyingOf(DwarfDie die)
    {
        DwarfDie? next = die.Type;
        for (int i = 0; i < MaximumAliases && next is { IsValid: true } type; i++)
        {
            switch (type.Tag)
            {
                case DwarfTag.BaseType:
                    return Read(type);
                case DwarfTag.Typedef or DwarfTag.ConstType or DwarfTag.VolatileType or DwarfTag.AtomicType:
                    next = type.Type;
                    break;
                default:
                    return null;
            }
        }

        return null;
    }

    private static bool HasNegative(DwarfDie die)
    {
        foreach (DwarfDie child in die)
        {
            if (child.TryGet(DwarfAt.ConstValue, out DwarfAttribute value) && value.Form == SignedData && value.Signed < 0)
            {
                return true;
            }
        }

        return false;
    }

    private static List<Enumerator> ReadEnumerators(DwarfDie die, bool isSigned)
    {
        List<Enumerator> found = [];
        foreach (DwarfDie child in die)
        {
            if (found.Count < MaximumMembers && child.Tag == DwarfTag.Enumerator && child.Name is { } name
                && child.TryGet(DwarfAt.ConstValue, out DwarfAttribute value))
            {
                Int128? number = isSigned || value.Form == SignedData ? value.Signed : value.Unsigned;
                found.Add(new(name, number ?? 0));
            }
        }

        return found;
    }

    private List<DataType> ReadParameters(DwarfDie die)
    {
        List<DataType> found = [];
        foreach (DwarfDie child in die)
        {
            if (child.Tag == DwarfTag.FormalParameter && found.Count < 256)
            {
                found.Add(Read(child.Type));
            }
            else if (child.Tag == DwarfTag.UnspecifiedParameters)
            {
                found.Add(new(TypeKind.Opaque, "..."));
            }
        }

        return found;
    }

    private List<TypeMember> ReadMembers(DwarfDie die)
    {
        List<TypeMember> found = [];
        foreach (DwarfDie child in die)
        {
            if (found.Count < MaximumMembers && MemberReader.Read(child, Read) is { } member)
            {
                found.Add(member);
            }
        }

        return found;
    }

    /// <summary>With its scopes in C++, with its tag's word in C.</summary>
    private static string NameOf(DwarfDie die, string word)
    {
        bool cxx = UnitLanguage.IsCxx(die.Unit);
        if (die.Name is not { } name)
        {
            return $"{word} {{...}}".TrimStart();
        }

        if (!cxx)
        {
            return word.Length == 0 ? name : $"{word} {name}";
        }

        string scope = ScopePath.Join(ScopePath.Of(die), withTransparent: true);
        return scope.Length == 0 ? name : $"{scope}::{name}";
    }

    private static Lazy<IReadOnlyList<T>> Once<T>(Func<IReadOnlyList<T>> read) => new(read, isThreadSafe: false);
}
