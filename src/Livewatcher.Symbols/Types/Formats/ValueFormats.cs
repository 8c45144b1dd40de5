// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using Livewatcher.Model;

namespace Livewatcher.Symbols.Types.Formats;

/// <summary>Chooses how a type's bytes are shown. What it makes holds nothing of the debug information.</summary>
internal static class ValueFormats
{
    private const int MaximumDepth = 8;

    /// <summary>Base classes looked at before a class is taken to be not empty: a damaged file may have classes that are their own.</summary>
    private const int MaximumBases = 1024;

    /// <param name="type">The object's type.</param>
    /// <param name="length">Bytes watched; --len may make it differ from the type's size.</param>
    internal static IValueFormat For(DataType type, int length)
    {
        DataType plain = SoleScalar(type.Plain, 0) ?? type.Plain;
        if (plain.Size == (ulong)length && Scalar(plain) is { } format)
        {
            return format;
        }

        bool isNumber = length is 1 or 2 or 4 or 8 && plain.Kind is TypeKind.Integer or TypeKind.Character or TypeKind.Opaque;
        if (isNumber && length is 1 or 2 or 4 or 8 && plain.Size is not null)
        {
            return new IntegerFormat(length, plain.IsSigned);
        }

        bool isText = plain.Kind == TypeKind.Array && plain.Target.Plain is { Kind: TypeKind.Character, Size: 1 };
        return isText ? new BytesFormat(isText: true) : BytesFormat.Plain;
    }

    /// <summary>A bit-field in the watched bytes.</summary>
    internal static IValueFormat ForBits(DataType type, BitRange range)
    {
        DataType plain = type.Plain;
        ScalarFormat inner = plain.Kind switch
        {
            TypeKind.Boolean or TypeKind.Enumeration when Scalar(plain) is { } own => own,
            _ => new IntegerFormat((int)Math.Min(plain.Size ?? 16, 16), plain.IsSigned),
        };
        return new BitFieldFormat(range, plain.IsSigned, inner);
    }

    private static ScalarFormat? Scalar(DataType plain)
    {
        if (plain.Size is not (> 0 and <= 16))
        {
            return null;
        }

        int size = (int)plain.Size;
        return plain.Kind switch
        {
            TypeKind.Integer => new IntegerFormat(size, plain.IsSigned),
            TypeKind.Character when size is 1 or 2 or 4 => new CharacterFormat(size, plain.IsSigned),
            TypeKind.Boolean => new BooleanFormat(size),
            TypeKind.Float => Float(plain.Name, size),
            TypeKind.Pointer or TypeKind.Reference when size is 4 or 8 => new PointerFormat(size),
            TypeKind.Enumeration => new EnumerationFormat(
                size, plain.IsSigned, plain.Name, plain.IsScoped ? plain.Name + "::" : "", plain.Enumerators),
            _ => null,
        };
    }

    private static FloatFormat? Float(string name, int size) => size switch
    {
        2 when name.Contains("bf", StringComparison.OrdinalIgnoreCase) || name.Contains("bfloat", StringComparison.Ordinal) =>
            new(FloatShape.BFloat16),
        2 => new(FloatShape.Half),
        4 => new(FloatShape.Single),
        8 => new(FloatShape.Double),
        16 when name.Contains("128", StringComparison.Ordinal) => new(FloatShape.Quadruple),
        10 or 12 or 16 => new(FloatShape.Extended),
        _ => null,
    };

    /// <summary>The one scalar that a struct wraps, as std::atomic&lt;int&gt; does; null where there are more members or padding.</summary>
    private static DataType? SoleScalar(DataType plain, int depth)
    {
        if (plain.Kind != TypeKind.Aggregate || plain.IsIncomplete || depth > MaximumDepth)
        {
            return null;
        }

        TypeMember? only = null;
        int bases = 0;
        foreach (TypeMember member in plain.Members)
        {
            bool counts = member.Kind != MemberKind.Static && !(member.Kind == MemberKind.BaseClass && IsEmpty(member.Type.Value.Plain, depth + 1, ref bases));
            if (!counts)
            {
                continue;
            }

            if (only is not null)
            {
                return null;
            }

            only = member;
        }

        if (only is not { Kind: MemberKind.Data or MemberKind.BaseClass, Bits: null, Offset: 0 } || only.Type.Value.Size != plain.Size)
        {
            return null;
        }

        DataType inner = only.Type.Value.Plain;
        return inner.IsScalar ? inner : SoleScalar(inner, depth + 1);
    }

    private static bool IsEmpty(DataType plain, int depth, ref int bases)
    {
        if (depth > MaximumDepth || ++bases > MaximumBases || plain.Kind != TypeKind.Aggregate)
        {
            return false;
        }

        foreach (TypeMember member in plain.Members)
        {
            if (member.Kind != MemberKind.Static
                && !(member.Kind == MemberKind.BaseClass && IsEmpty(member.Type.Value.Plain, depth + 1, ref bases)))
            {
                return false;
            }
        }

        return true;
    }
}
