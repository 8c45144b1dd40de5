// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using Livewatcher.Model;
using Livewatcher.Symbols.Expressions.Code;
using Livewatcher.Symbols.Expressions.Evaluation;
using Livewatcher.Symbols.Expressions.Lookup;
using Livewatcher.Symbols.Expressions.Syntax;
using Livewatcher.Symbols.Types;

namespace Livewatcher.Symbols.Expressions.Conditions;

/// <summary>What a condition names: variables, functions, enumerators, members, types.</summary>
internal sealed class ConditionNames(VariableFinder variables, FunctionFinder functions, TypeFinder types)
{
    // A virtual base class has no fixed place: the finder would read it from an object, and none is known here.
    private readonly MemberFinder _members = new(types, variables, _ => null);

    internal int PointerSize => types.PointerSize;

    /// <summary>A variable, an enumerator of the watched type, or a function.</summary>
    internal Term Find(QualifiedName name, DataType? watched)
    {
        if (variables.TryFind(name, out RefusalException? why) is { } variable)
        {
            return variable.IsThreadLocal
                ? throw new RefusalException($"{name} is thread-local: which one is meant is not known at a hit")
                : new Term.Place(variable.Type, IsAbsolute: true, variable.Address.Value);
        }

        if (watched is not null && Enumerator(name, watched) is { } enumerator)
        {
            return enumerator;
        }

        if (why is not null)
        {
            throw why;
        }

        try
        {
            return new Term.Known(new(PointerSize * 8, IsSigned: false), functions.Find(name.ToString()).Address.Value);
        }
        catch (RefusalException)
        {
            variables.Find(name); // its complaint has the nearest names of variables
            throw;
        }
    }

    /// <summary>NAME or TYPE::NAME of an enumeration; null where the type is none, or has no such name.</summary>
    internal Term.Known? Enumerator(QualifiedName name, DataType type)
    {
        if (types.Complete(type) is not { Kind: TypeKind.Enumeration } enumeration || NumberType.Of(enumeration) is not { } number)
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

    internal Operand.Place Member(DataType aggregate, ulong at, QualifiedName member, string text) =>
        _members.Find(aggregate, new Address(at), member, text);

    internal DataType Complete(DataType type) => types.Complete(type);

    internal DataType Resolve(TypeSyntax syntax) => types.Resolve(syntax);

    internal CastExpression? CastInDisguise(BinaryExpression expression) => Casts.InDisguise(expression, variables, types);
}
