// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using Livewatcher.Symbols.Types;

namespace Livewatcher.Symbols.Expressions.Conditions;

/// <summary>What C's arithmetic knows of a type. In a register a number is extended to 64 bits by its own sign; a real number
/// stands there as the bits of a double.</summary>
/// <param name="Bits">Its width.</param>
/// <param name="IsSigned">Whether the highest bit is the sign.</param>
/// <param name="IsReal">float or double.</param>
internal readonly record struct NumberType(int Bits, bool IsSigned, bool IsReal = false)
{
    internal static NumberType Int => new(32, IsSigned: true);

    internal static NumberType Long => new(64, IsSigned: true);

    internal static NumberType Double => new(64, IsSigned: true, IsReal: true);

    /// <summary>Null for what is no number of at most 64 bits.</summary>
    internal static NumberType? Of(DataType type)
    {
        DataType plain = type.Plain;
        return (plain.Kind, plain.Size) switch
        {
            (TypeKind.Float, 4 or 8) => new((int)plain.Size * 8, IsSigned: true, IsReal: true),
            (TypeKind.Boolean or TypeKind.Character or TypeKind.Integer or TypeKind.Enumeration, 1 or 2 or 4 or 8) => new((int)plain.Size * 8, plain.IsSigned),
            (TypeKind.Pointer or TypeKind.Reference, 4 or 8) => new((int)plain.Size * 8, IsSigned: false),
            _ => null,
        };
    }

    /// <summary>The type of a constant (C17, 6.4.4.1).</summary>
    internal static NumberType OfConstant(ulong number, bool isHexadecimal, string suffix, int longBits)
    {
        bool mayBeSigned = !suffix.Contains('u'), mayBeUnsigned = isHexadecimal || !mayBeSigned;
        bool isShort = !suffix.Contains('l');
        foreach (int bits in isShort ? (int[])[32, longBits, 64] : suffix.EndsWith("ll", StringComparison.Ordinal) ? [64] : [longBits, 64])
        {
            if (mayBeSigned && number <= (ulong)long.MaxValue >> (64 - bits))
            {
                return new(bits, IsSigned: true);
            }

            if (mayBeUnsigned && number <= ulong.MaxValue >> (64 - bits))
            {
                return new(bits, IsSigned: false);
            }
        }

        return new(64, IsSigned: false);
    }

    /// <summary>Whatever is narrower than an int counts as one (C17, 6.3.1.1).</summary>
    internal NumberType Promoted => !IsReal && Bits < 32 ? Int : this;

    /// <summary>The usual arithmetic conversions (C17, 6.3.1.8).</summary>
    internal static NumberType Common(NumberType left, NumberType right)
    {
        if (left.IsReal || right.IsReal)
        {
            return new(left is { IsReal: true, Bits: 64 } || right is { IsReal: true, Bits: 64 } ? 64 : 32, IsSigned: true, IsReal: true);
        }

        (left, right) = (left.Promoted, right.Promoted);
        return left.Bits == right.Bits ? new(left.Bits, left.IsSigned && right.IsSigned) : left.Bits > right.Bits ? left : right;
    }
}
