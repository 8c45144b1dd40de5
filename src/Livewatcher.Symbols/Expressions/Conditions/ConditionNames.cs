// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using Livewatcher.Symbols.Expressions.Evaluation;
using Livewatcher.Symbols.Expressions.Syntax;
using Livewatcher.Symbols.Types;

namespace Livewatcher.Symbols.Expressions.Conditions;

/// <summary>What a condition names: of a program that is there, or of a recording. Whatever is not to be had is a refusal.</summary>
internal abstract class ConditionNames
{
    internal abstract int PointerSize { get; }

    /// <summary>Why no memory can be read when the condition is decided; null where it can.</summary>
    internal virtual string? NoMemory => null;

    /// <summary>What a name stands for that is no word of conditions.</summary>
    /// <param name="name">As written.</param>
    /// <param name="watched">Type of the watched object: its enumerators can be named.</param>
    internal abstract Term Find(QualifiedName name, DataType? watched);

    /// <summary>The place of a member of an object that lies at an address.</summary>
    internal abstract Operand.Place Member(DataType aggregate, ulong at, QualifiedName member, string text);

    /// <summary>The whole of a type that may only be declared.</summary>
    internal abstract DataType Complete(DataType type);

    /// <summary>The type that a cast names.</summary>
    internal abstract DataType Resolve(TypeSyntax syntax);

    /// <summary>See <see cref="Casts.InDisguise"/>.</summary>
    internal abstract CastExpression? CastInDisguise(BinaryExpression expression);

    /// <summary>NAME or TYPE::NAME of an enumeration; null where the type is none, or has no such name.</summary>
    internal Term.Known? Enumerator(QualifiedName name, DataType type)
    {
        if (Complete(type) is not { Kind: TypeKind.Enumeration } enumeration || NumberType.Of(enumeration) is not { } number)
        {
            return null;
        }

        string wanted = name.Name;
        foreach (Enumerator one in enumeration.Enumerators)
        {
            if (one.Name == wanted || one.Name.EndsWith("::" + wanted, StringComparison.Ordinal))
            {
                return new(number, unchecked((ulong)(long)one.Number));
            }
        }

        return null;
    }
}
