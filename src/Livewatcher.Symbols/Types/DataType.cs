// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using Livewatcher.Symbols.Interop;

namespace Livewatcher.Symbols.Types;

internal enum TypeKind
{
    Void,
    Integer,

    /// <summary>char in all its widths: an integer that is shown with its character.</summary>
    Character,
    Boolean,
    Float,
    Enumeration,
    Pointer,

    /// <summary>C++ T&amp; and T&amp;&amp;: a pointer that expressions follow by themselves.</summary>
    Reference,
    Array,

    /// <summary>struct, class or union.</summary>
    Aggregate,
    Function,

    /// <summary>Another name for <see cref="DataType.Target"/>.</summary>
    Typedef,

    /// <summary>const, volatile, restrict or _Atomic <see cref="DataType.Target"/>.</summary>
    Qualified,

    /// <summary>Bytes of which nothing is known, as of a symbol without debug information.</summary>
    Opaque,
}

/// <summary>An enumerator and its number.</summary>
internal readonly record struct Enumerator(string Name, Int128 Number);

/// <summary>A C or C++ type. Reads its parts from the debug information when they are asked for, so it must not be
/// kept longer than the module's Dwarf handle.</summary>
internal sealed class DataType
{
    private const int MaximumDepth = 64;
    private const string Untyped = "untyped";

    private readonly Lazy<DataType>? _target;

    internal DataType(TypeKind kind, string name, ulong? size = null, bool isSigned = false, Func<DataType>? target = null)
    {
        Kind = kind;
        Name = name;
        OwnSize = size;
        IsSigned = isSigned;
        _target = target is null ? null : new Lazy<DataType>(target, isThreadSafe: false);
    }

    internal static DataType Void { get; } = new(TypeKind.Void, "void");

    /// <summary>Untyped bytes; size null where not even that is known.</summary>
    internal static DataType Opaque(ulong? size) => new(TypeKind.Opaque, Untyped, size);

    internal TypeKind Kind { get; }

    /// <summary>The name without declarator: "long", "struct conn", "ns::C"; for qualifiers the qualifier.</summary>
    internal string Name { get; }

    internal bool IsSigned { get; }

    /// <summary>Pointee, element, result or aliased type.</summary>
    internal DataType Target => _target?.Value ?? Void;

    /// <summary>Elements of an array; null where the declaration leaves it open.</summary>
    internal ulong? Count { get; init; }

    /// <summary>A struct, class, union or enum of which only the name is known here.</summary>
    internal bool IsIncomplete { get; init; }

    /// <summary>An enum class: its enumerators are written with its name.</summary>
    internal bool IsScoped { get; init; }

    /// <summary>Where the type came from; not valid for types that an expression made up.</summary>
    internal DwarfDie Die { get; init; }

    internal Lazy<IReadOnlyList<TypeMember>>? MemberSource { private get; init; }

    internal Lazy<IReadOnlyList<Enumerator>>? EnumeratorSource { private get; init; }

    internal Lazy<IReadOnlyList<DataType>>? ParameterSource { private get; init; }

    internal IReadOnlyList<TypeMember> Members => MemberSource?.Value ?? [];

    internal IReadOnlyList<Enumerator> Enumerators => EnumeratorSource?.Value ?? [];

    internal IReadOnlyList<DataType> Parameters => ParameterSource?.Value ?? [];

    /// <summary>DW_AT_byte_size of the type itself.</summary>
    internal ulong? OwnSize { get; }

    /// <summary>sizeof; null for void, functions, incomplete types and arrays without bounds.</summary>
    internal ulong? Size => SizeOf(this, 0);

    /// <summary>The type without typedefs and qualifiers. A cycle, which only a damaged file can hold, gives an opaque type.</summary>
    internal DataType Plain
    {
        get
        {
            DataType type = this;
            for (int i = 0; i < MaximumDepth; i++)
            {
                if (type.Kind is not (TypeKind.Typedef or TypeKind.Qualified))
                {
                    return type;
                }

                type = type.Target;
            }

            return Opaque(null);
        }
    }

    /// <summary>True for what <see cref="Opaque"/> makes: a symbol's bytes, of which there is no debug information.</summary>
    internal bool IsUntyped => Kind == TypeKind.Opaque && Name == Untyped && !Die.IsValid;

    internal bool IsScalar => Kind is TypeKind.Integer or TypeKind.Character or TypeKind.Boolean or TypeKind.Float
        or TypeKind.Enumeration or TypeKind.Pointer;

    internal static DataType PointerTo(DataType target, int pointerSize) =>
        new(TypeKind.Pointer, "*", (ulong)pointerSize, target: () => target);

    internal static DataType ArrayOf(DataType element, ulong? count) =>
        new(TypeKind.Array, "[]", target: () => element) { Count = count };

    /// <summary>As C writes it: "struct conn *", "int [4]", "void (*)(int)".</summary>
    public override string ToString() => TypeNames.Write(this);

    private static ulong? SizeOf(DataType type, int depth)
    {
        if (depth > MaximumDepth)
        {
            return null;
        }

        switch (type.Kind)
        {
            case TypeKind.Typedef or TypeKind.Qualified:
                return SizeOf(type.Target, depth + 1);
            case TypeKind.Array when type.OwnSize is null:
                UInt128? total = type.Count is { } count && SizeOf(type.Target, depth + 1) is { } size ? (UInt128)count * size : null;
                return total <= long.MaxValue ? (ulong)total : null;
            default:
                return type.OwnSize;
        }
    }
}
