// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using Livewatcher.Model;
using Livewatcher.Symbols.Expressions.Code;
using Livewatcher.Symbols.Expressions.Evaluation;
using Livewatcher.Symbols.Expressions.Lookup;
using Livewatcher.Symbols.Expressions.Syntax;
using Livewatcher.Symbols.Types;

namespace Livewatcher.Symbols.Expressions.Conditions;

/// <summary>What a condition names of a program: variables, functions, enumerators, members, types.</summary>
/// <param name="variables">Those that have one place for the whole run.</param>
/// <param name="functions">Its functions.</param>
/// <param name="types">Its types.</param>
/// <param name="locals">A function's own variables, which the watch's expression may name, and a condition may not: null where there are none.</param>
internal sealed class ProgramNames(VariableFinder variables, FunctionFinder functions, TypeFinder types, ILocalNames? locals) : ConditionNames
{
    // A virtual base class has no fixed place: the finder would read it from an object, and none is known here.
    private readonly MemberFinder _members = new(types, variables, _ => null);

    internal override int PointerSize => types.PointerSize;

    /// <summary>A variable, an enumerator of the watched type, or a function.</summary>
    internal override Term Find(QualifiedName name, DataType? watched)
    {
        if (IsLocal(name, whereItCannotBeHad: false))
        {
            throw Local(name); // not a global one of the same name
        }

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
            if (IsLocal(name, whereItCannotBeHad: true))
            {
                throw Local(name);
            }

            variables.Find(name); // its complaint has the nearest names of variables
            throw;
        }
    }

    internal override Operand.Place Member(DataType aggregate, ulong at, QualifiedName member, string text) =>
        _members.Find(aggregate, new Address(at), member, text);

    internal override DataType Complete(DataType type) => types.Complete(type);

    internal override DataType Resolve(TypeSyntax syntax) => types.Resolve(syntax);

    internal override CastExpression? CastInDisguise(BinaryExpression expression) => Casts.InDisguise(expression, variables, types);

    private bool IsLocal(QualifiedName name, bool whereItCannotBeHad)
    {
        try
        {
            return locals?.Find(name) is not null;
        }
        catch (RefusalException)
        {
            return whereItCannotBeHad;
        }
    }

    private static RefusalException Local(QualifiedName name) => new(
        $"{name} is a variable of the function itself. A condition is decided at each hit, in whichever function that is, where {name} is not at hand: "
        + $"it can name old and new, global and static variables (FILE::{name.Name} is a global one of that name)");
}
