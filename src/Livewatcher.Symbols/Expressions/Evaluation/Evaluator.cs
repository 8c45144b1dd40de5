// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using Livewatcher.Model;
using Livewatcher.Symbols.Expressions.Arising;
using Livewatcher.Symbols.Expressions.Lookup;
using Livewatcher.Symbols.Expressions.Memory;
using Livewatcher.Symbols.Expressions.Syntax;
using Livewatcher.Symbols.Types;

namespace Livewatcher.Symbols.Expressions.Evaluation;

/// <summary>Evaluates an expression against the target's memory as it is now. Throws a refusal with the step that fails.</summary>
/// <param name="view">The process.</param>
/// <param name="variables">Finds names.</param>
/// <param name="types">Finds the types of casts.</param>
/// <param name="thread">The thread asked for; null where none was.</param>
/// <param name="trail">Takes the account.</param>
/// <param name="nameOf">Names what pointers point to.</param>
/// <param name="later">Takes the way where it is to be gone at a later moment; null where it is gone now.</param>
internal sealed class Evaluator(
    TargetView view, VariableFinder variables, TypeFinder types, string? thread, Trail trail, Func<Address, string?> nameOf, LaterMemory? later = null)
{
    private const int MaximumReferences = 8;

    private readonly MemoryReader _memory = new(view, trail, nameOf, later);
    private readonly MemberFinder _members = new(types, variables, a => view.ReadWord(new Address(a)));
    private readonly DataType _integer = BuiltinTypes.Find("long", types.PointerSize)!;

    /// <summary>True where the expression went through a thread-local variable.</summary>
    internal bool UsesThread { get; private set; }

    internal Operand Evaluate(Expression expression) => expression switch
    {
        NumberExpression number => new Operand.Computed(_integer, number.Number, IsConstant: true),
        NameExpression name => Variable(name.Name),
        MemberExpression member => Member(member),
        IndexExpression index => Index(index),
        PrefixExpression prefix => Prefix(prefix),
        CastExpression cast => new Casts(types, _members, _memory).Apply(types.Resolve(cast.Type), cast.Type.IsReference, Evaluate(cast.Operand), cast.Operand.ToString()),
        BinaryExpression binary => Binary(binary),
        _ => throw new RefusalException($"{expression} cannot be evaluated"),
    };

    private Operand.Place Variable(QualifiedName name)
    {
        FoundVariable found = variables.Find(name);
        trail.Add(found.Note is null ? null : $"{name}: {found.Note}");
        if (!found.IsThreadLocal)
        {
            return Follow(new Operand.Place(found.Type, found.Address), name.ToString());
        }

        ThreadChoice choice = ThreadChoice.Select(view, thread, name.ToString());
        UsesThread = true;
        Address address = ThreadLocalStorage.Locate(view, found.Module, found.Address.Value, choice, name.ToString());
        trail.Add($"{name} of {choice}");
        return Follow(new Operand.Place(found.Type, address), name.ToString());
    }

    private Operand.Place Member(MemberExpression expression)
    {
        Operand target = Evaluate(expression.Target);
        string text = expression.ToString();
        bool isPointer = target.Type.Plain.Kind is TypeKind.Pointer or TypeKind.Array;
        if (expression.IsArrow != isPointer && target.Type.Plain.Kind is TypeKind.Pointer or TypeKind.Aggregate)
        {
            string hint = isPointer ? $"a pointer: write {expression with { IsArrow = true }}" : $"no pointer: write {expression with { IsArrow = false }}";
            throw new RefusalException($"{expression.Target} has type {target.Type} and is {hint}");
        }

        Operand.Place place = expression.IsArrow ? Dereference(target, expression.Target.ToString(), text)
            : target as Operand.Place ?? throw new RefusalException($"{expression.Target} is a value, not an object in memory");
        DataType aggregate = place.Type.Plain;
        return aggregate.Kind != TypeKind.Aggregate
            ? throw new RefusalException(aggregate.IsUntyped
                ? $"the type of {expression.Target} is not known: cast it, as in ((struct name*)&{expression.Target})->{expression.Member}"
                : $"{expression.Target} has type {target.Type} and no members")
            : Follow(_members.Find(aggregate, place.Address, expression.Member, text), text);
    }

    private Operand.Place Index(IndexExpression expression)
    {
        Operand index = Evaluate(expression.Index);
        Operand target = Evaluate(expression.Target);
        Int128 number = Integer(index, expression.Index.ToString());
        if (target.Type.Plain is { Kind: TypeKind.Array, Count: { } count } array && (number < 0 || number >= count))
        {
            trail.Add($"{expression} is outside {array}");
        }

        Operand.Computed pointer = Pointer(target, expression.Target.ToString());
        return Dereference(Move(pointer, number, expression.ToString()), expression.Target.ToString(), expression.ToString());
    }

    private Operand Prefix(PrefixExpression expression)
    {
        Operand operand = Evaluate(expression.Operand);
        string text = expression.Operand.ToString();
        switch (expression.Operator)
        {
            case '*':
                return Dereference(operand, text, expression.ToString());
            case '&':
                return operand switch
                {
                    Operand.Place { Bits: not null } => throw new RefusalException($"{text} is a bit-field and has no address"),
                    Operand.Place { Type.Plain.IsUntyped: true } => Pointer(operand, text),
                    Operand.Place place => new Operand.Computed(DataType.PointerTo(place.Type, types.PointerSize), place.Address.Value),
                    _ => throw new RefusalException($"{text} is a value and has no address"),
                };
            default:
                Int128 number = Integer(operand, text);
                return new Operand.Computed(_integer, expression.Operator == '-' ? -number : number, operand is Operand.Computed { IsConstant: true });
        }
    }

    private Operand Binary(BinaryExpression expression)
    {
        if (Casts.InDisguise(expression, variables, types) is { } cast)
        {
            return Evaluate(cast);
        }

        Operand left = Evaluate(expression.Left);
        Operand right = Evaluate(expression.Right);
        string text = expression.ToString();
        bool leftPoints = Points(left), rightPoints = Points(right);
        if (expression.Operator == '*' || (!leftPoints && !rightPoints))
        {
            Int128 a = Integer(left, expression.Left.ToString());
            Int128 b = Integer(right, expression.Right.ToString());
            Int128 result = expression.Operator switch
            {
                '*' => a * b,
                '+' => a + b,
                _ => a - b,
            };
            return new Operand.Computed(_integer, Fit(result, text), IsConstant(left) && IsConstant(right));
        }

        if (leftPoints && rightPoints)
        {
            return expression.Operator == '-'
                ? new Operand.Computed(_integer, Difference(Pointer(left, expression.Left.ToString()), Pointer(right, expression.Right.ToString()), text))
                : throw new RefusalException($"{text} adds two pointers");
        }

        if (rightPoints && expression.Operator == '-')
        {
            throw new RefusalException($"{text} takes a pointer from a number");
        }

        Int128 distance = Integer(leftPoints ? right : left, (leftPoints ? expression.Right : expression.Left).ToString());
        Operand.Computed pointer = leftPoints ? Pointer(left, expression.Left.ToString()) : Pointer(right, expression.Right.ToString());
        return Move(pointer, expression.Operator == '-' ? -distance : distance, text);
    }

    private static bool Points(Operand operand) =>
        operand.Type.Plain.Kind is TypeKind.Pointer or TypeKind.Array || operand is Operand.Place { Type.Plain.IsUntyped: true };

    private static bool IsConstant(Operand operand) => operand is Operand.Computed { IsConstant: true };

    /// <summary>A pointer's value. Arrays and symbols of unknown type stand for their own address.</summary>
    private Operand.Computed Pointer(Operand operand, string text)
    {
        DataType plain = operand.Type.Plain;
        return (plain.Kind, operand) switch
        {
            (TypeKind.Array, Operand.Place place) => new(DataType.PointerTo(plain.Target, types.PointerSize), place.Address.Value),
            (TypeKind.Opaque, Operand.Place place) when plain.IsUntyped => new(DataType.PointerTo(DataType.Opaque(1), types.PointerSize), place.Address.Value),
            (TypeKind.Pointer, Operand.Computed known) => known,
            (TypeKind.Pointer, _) => new(operand.Type, _memory.Load(operand, text)),
            _ => throw new RefusalException(operand is Operand.Computed { IsConstant: true }
                ? $"{text} is a number without a type to point to: write *(long*){text} or {text}:8"
                : $"{text} has type {operand.Type} and is no pointer"),
        };
    }

    private Operand.Place Dereference(Operand operand, string text, string whole)
    {
        Operand.Computed pointer = Pointer(operand, text);
        DataType target = pointer.Type.Plain.Target;
        DataType plain = types.Complete(target);
        if (plain.Kind is TypeKind.Void or TypeKind.Function || plain.IsUntyped)
        {
            string start = operand.Type.Plain.IsUntyped ? $"&{text}" : $"({text})";
            throw new RefusalException($"{text} does not say what it points to: cast it, as in *(long*){start}");
        }

        if (pointer.Number == 0)
        {
            throw new RefusalException($"{text} is NULL, so {whole} has no address");
        }

        return Follow(new Operand.Place(plain.IsIncomplete || target.Plain.IsIncomplete ? plain : target, new Address((ulong)pointer.Number)), whole);
    }

    /// <summary>References mean what they refer to.</summary>
    private Operand.Place Follow(Operand.Place place, string text)
    {
        for (int i = 0; i < MaximumReferences && place.Type.Plain is { Kind: TypeKind.Reference } reference; i++)
        {
            Int128 address = _memory.Load(place, i == 0 ? $"&{text}" : text);
            place = address == 0
                ? throw new RefusalException($"the reference {text} is not bound yet")
                : new(reference.Target, new Address((ulong)address));
        }

        return place;
    }

    private Operand.Computed Move(Operand.Computed pointer, Int128 elements, string text)
    {
        DataType target = types.Complete(pointer.Type.Plain.Target);
        ulong size = target.Kind == TypeKind.Void ? 1 : target.Size
            ?? throw new RefusalException($"{text} needs the size of {pointer.Type.Plain.Target}, which is not known");
        return pointer with { Number = Fit(pointer.Number + (Fit(elements, text) * size), text) };
    }

    private Int128 Difference(Operand.Computed left, Operand.Computed right, string text)
    {
        DataType target = types.Complete(left.Type.Plain.Target);
        ulong size = target.Kind == TypeKind.Void ? 1 : target.Size is { } known and > 0 ? known
            : throw new RefusalException($"{text} needs the size of {target}, which is not known");
        return (left.Number - right.Number) / size;
    }

    private Int128 Integer(Operand operand, string text) =>
        operand.Type.Plain.Kind is TypeKind.Integer or TypeKind.Character or TypeKind.Boolean or TypeKind.Enumeration
            ? _memory.Load(operand, text)
            : throw new RefusalException($"{text} has type {operand.Type} and is no whole number");

    private static Int128 Fit(Int128 number, string text) =>
        number >= long.MinValue && number <= ulong.MaxValue ? number : throw new RefusalException($"{text} does not fit into 64 bits");
}
