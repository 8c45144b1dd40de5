// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using Livewatcher.Symbols.Expressions.Lookup;
using Livewatcher.Symbols.Expressions.Syntax;
using Livewatcher.Symbols.Types;
using Livewatcher.Symbols.Types.Formats;

namespace Livewatcher.Symbols.Expressions.Evaluation;

/// <summary>Casts as C makes them; between pointers to classes also as C++ does.</summary>
internal sealed class Casts(TypeFinder types, MemberFinder members, MemoryReader memory)
{
    /// <summary>(name)*x, (name)-x and (name)+x are casts where the name is a type's and no variable's; null where it is none.</summary>
    internal static CastExpression? InDisguise(BinaryExpression expression, VariableFinder variables, TypeFinder types) =>
        expression.Left is NameExpression { IsParenthesised: true, Name: var name }
        && variables.TryFind(name, out RefusalException? why) is null && why is null && types.Find(null, name) is not null
            ? new(new TypeSyntax(null, null, name, 0, 0, default, IsReference: false), new PrefixExpression(expression.Operator, expression.Right))
            : null;

    internal Operand Apply(DataType type, bool isReference, Operand operand, string text)
    {
        DataType plain = types.Complete(type);
        if (isReference || (operand is Operand.Place { Type.Plain.IsUntyped: true } && plain.Kind != TypeKind.Pointer))
        {
            // (T&)x, and (T)symbol where the symbol has no type of its own: the same memory as another type.
            return operand is Operand.Place { Bits: null } place
                ? place with { Type = type }
                : throw new RefusalException($"{text} has no address to see as {type}");
        }

        return plain.Kind switch
        {
            TypeKind.Pointer => ToPointer(type, plain, operand, text),
            TypeKind.Integer or TypeKind.Character or TypeKind.Boolean or TypeKind.Enumeration => ToInteger(type, plain, operand, text),
            _ => throw new RefusalException($"nothing can be cast to {type}; to see memory as {type} write *({DataType.PointerTo(type, types.PointerSize)})&..."),
        };
    }

    private Operand.Computed ToPointer(DataType type, DataType plain, Operand operand, string text)
    {
        Int128 number = Address(operand) ?? Scalar(operand, text);
        if (number < 0)
        {
            number += (Int128)1 << (types.PointerSize * 8);
        }

        if (number != 0 && operand.Type.Plain.Kind == TypeKind.Pointer
            && types.Complete(operand.Type.Plain.Target) is { Kind: TypeKind.Aggregate } from
            && types.Complete(plain.Target) is { Kind: TypeKind.Aggregate } to)
        {
            number += members.BaseOffset(from, to) ?? 0;
            number -= members.BaseOffset(to, from) ?? 0;
        }

        return new(type, number);
    }

    private Operand.Computed ToInteger(DataType type, DataType plain, Operand operand, string text)
    {
        UInt128 raw = unchecked((UInt128)(Address(operand) ?? Scalar(operand, text)));
        if (plain.Kind == TypeKind.Boolean)
        {
            return new(type, raw != 0 ? 1 : 0);
        }

        int bits = (int)Math.Clamp((plain.Size ?? 8) * 8, 8, 64);
        return new(type, plain.IsSigned ? Bits.SignExtend(raw, bits) : (Int128)(raw & Bits.Mask(bits)), operand is Operand.Computed { IsConstant: true });
    }

    /// <summary>Arrays and untyped symbols turn into their address.</summary>
    private static Int128? Address(Operand operand) =>
        operand is Operand.Place { Type.Plain: { Kind: TypeKind.Array } or { IsUntyped: true } } place ? place.Address.Value : null;

    private Int128 Scalar(Operand operand, string text) =>
        operand.Type.Plain is { IsScalar: true, Kind: not TypeKind.Float }
            ? memory.Load(operand, text)
            : throw new RefusalException($"{text} has type {operand.Type}, which cannot be cast");
}
