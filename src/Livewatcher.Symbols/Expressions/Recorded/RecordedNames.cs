// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using Livewatcher.Model;
using Livewatcher.Symbols.Expressions.Conditions;
using Livewatcher.Symbols.Expressions.Evaluation;
using Livewatcher.Symbols.Expressions.Lookup;
using Livewatcher.Symbols.Expressions.Syntax;
using Livewatcher.Symbols.Types;

namespace Livewatcher.Symbols.Expressions.Recorded;

/// <summary>What a condition can name where there is no program: enumerators and members of the watched type, and C's own types.</summary>
internal sealed class RecordedNames(int pointerSize) : ConditionNames
{
    internal override int PointerSize => pointerSize;

    internal override string NoMemory => "it follows a pointer; a recording knows what was watched and no other memory of the program";

    internal override Term Find(QualifiedName name, DataType? watched) => watched is not null && Enumerator(name, watched) is { } enumerator
        ? enumerator
        : throw new RefusalException($"'{name}' is no word of a condition{(watched?.Plain.Kind == TypeKind.Enumeration ? $" and no enumerator of {watched}" : "")}"
            + $"{NearestNames.Phrase(NearestNames.Find(name.Name, watched?.Plain.Enumerators.Select(one => one.Name) ?? []))}; a recording knows what was watched and no other memory of the program");

    internal override Operand.Place Member(DataType aggregate, ulong at, QualifiedName member, string text) =>
        aggregate.Members.FirstOrDefault(one => one.Name == member.Path) is { } found
            ? new Operand.Place(found.Type.Value, new Address(at + (found.Bits is null ? found.Offset : 0)), found.Bits)
            : throw new RefusalException($"{aggregate} has no member {member.Path} that the recording knows"
                + NearestNames.Phrase(NearestNames.Find(member.Name, aggregate.Members.Select(one => one.Name!))));

    internal override DataType Complete(DataType type) => type.Plain;

    internal override DataType Resolve(TypeSyntax syntax)
    {
        DataType type = syntax.Fundamental is { } fundamental ? BuiltinTypes.Find(fundamental, pointerSize) ?? throw new RefusalException($"{fundamental} is not supported")
            : syntax.Word is null && BuiltinTypes.Find(syntax.Name!.Path, pointerSize) is { } own ? own
            : throw new RefusalException($"({syntax}): a recording knows C's own types and those of <stdint.h>, not the program's");
        for (int i = 0; i < syntax.Pointers + syntax.Groups; i++)
        {
            type = DataType.PointerTo(type, pointerSize);
        }

        return syntax.Dimensions.Bounds.Count == 0 ? type : throw new RefusalException($"({syntax}) is no cast for a condition");
    }

    internal override CastExpression? CastInDisguise(BinaryExpression expression) =>
        expression.Left is NameExpression { IsParenthesised: true, Name: { File: null, Scope: "" } name } && BuiltinTypes.Find(name.Name, pointerSize) is not null
            ? new(new TypeSyntax(null, null, name, 0, 0, default, IsReference: false), new PrefixExpression(expression.Operator, expression.Right))
            : null;
}
