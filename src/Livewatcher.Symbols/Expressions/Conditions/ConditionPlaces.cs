// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using Livewatcher.Model;
using Livewatcher.Symbols.Expressions.Evaluation;
using Livewatcher.Symbols.Expressions.Syntax;
using Livewatcher.Symbols.Types;

namespace Livewatcher.Symbols.Expressions.Conditions;

/// <summary>Objects in memory: members, elements, what pointers point to. Their addresses are known now, or are computed at the hit.</summary>
internal sealed class ConditionPlaces(StepWriter steps, ConditionNames names, ConditionCompiler compiler)
{
    private const int MaximumReferences = 8;

    internal static bool IsPointer(Term term) => Pointee(term) is not null;

    /// <summary>A name's meaning; a reference means what it refers to.</summary>
    internal Term Named(Term term, string text, int to) => term is Term.Place place ? Follow(place, text, to) : term;

    /// <summary>A number, from wherever it is; an array is its address.</summary>
    internal Term Load(Term term, string text, int to)
    {
        switch (term)
        {
            case Term.Watched watched:
                return LoadWatched(watched, text, to);
            case Term.Place place when names.Complete(place.Type) is { Kind: TypeKind.Array } array:
                return Address(place, DataType.PointerTo(array.Target, names.PointerSize), to);
            case Term.Place place when place.Type.Plain.IsUntyped && place.Type.Plain.Size is not (1 or 2 or 4 or 8):
                throw new RefusalException($"the type of {text} is not known: cast it, as in *(long*)&{text}");
            case Term.Place place:
                return LoadPlace(place, text, to);
            default:
                return term;
        }
    }

    internal Term Member(MemberExpression expression, int to)
    {
        string text = expression.ToString();
        Term target = compiler.Compile(expression.Target, to);
        if (target is Term.Watched watched && !expression.IsArrow && names.Complete(watched.Type) is { Kind: TypeKind.Aggregate } whole)
        {
            Operand.Place part = names.Member(whole, 0, expression.Member, text);
            ulong first = watched.Bits.First + (part.Address.Value * 8) + (part.Bits?.First ?? 0);
            int count = part.Bits?.Count ?? (int)Math.Min(part.Type.Plain.Size ?? 0, 8) * 8;
            return count > 0 && first + (ulong)count <= watched.Bits.First + (ulong)watched.Bits.Count
                ? new Term.Watched(part.Type, watched.Variable, new BitRange(first, count))
                : throw new RefusalException($"{text} is not within what is watched");
        }

        Term.Place place = expression.IsArrow
            ? Dereference(Load(target, expression.Target.ToString(), to), expression.Target.ToString(), text, to)
            : target as Term.Place ?? throw new RefusalException($"{expression.Target} is a value, not an object in memory");
        if (names.Complete(place.Type) is not { Kind: TypeKind.Aggregate } aggregate)
        {
            throw new RefusalException($"{expression.Target} has type {place.Type} and no members");
        }

        Operand.Place member = names.Member(aggregate, place.Offset, expression.Member, text);
        bool isStatic = !place.IsAbsolute && member.Address.Value - place.Offset > (aggregate.Size ?? ulong.MaxValue);
        return Follow(new Term.Place(member.Type, place.IsAbsolute || isStatic, member.Address.Value, member.Bits), text, to);
    }

    internal Term Index(IndexExpression expression, int to)
    {
        Term target = Load(compiler.Compile(expression.Target, to), expression.Target.ToString(), to);
        Term index = compiler.Value(expression.Index, to + 1);
        string text = expression.ToString();
        return IsPointer(target)
            ? Dereference(Move("+", target, index, text, to), expression.Target.ToString(), text, to)
            : throw new RefusalException($"{expression.Target} is no array and no pointer");
    }

    internal Term AddressOf(PrefixExpression prefix, int to) => compiler.Compile(prefix.Operand, to) switch
    {
        Term.Place { Bits: not null } => throw new RefusalException($"{prefix.Operand} is a bit-field and has no address"),
        Term.Place place => Address(place, DataType.PointerTo(place.Type, names.PointerSize), to),
        Term.Known { Pointer: null, Number.IsReal: false } function when prefix.Operand is NameExpression => function,
        _ => throw new RefusalException($"{prefix.Operand} is a value and has no address"),
    };

    /// <param name="term">A pointer's value.</param>
    /// <param name="text">How it was written.</param>
    /// <param name="whole">What is wanted of it.</param>
    /// <param name="to">The register.</param>
    internal Term.Place Dereference(Term term, string text, string whole, int to)
    {
        DataType target = Pointee(term) ?? throw new RefusalException($"{text} is no pointer");
        if (names.NoMemory is { } why)
        {
            throw new RefusalException(why);
        }

        DataType plain = names.Complete(target);
        if (plain.Kind is TypeKind.Void or TypeKind.Function || plain.IsUntyped)
        {
            throw new RefusalException($"{text} does not say what it points to: cast it, as in *(long*)({text})");
        }

        return Follow(
            term is Term.Known known ? new Term.Place(target, IsAbsolute: true, known.Bits) : new Term.Place(target, IsAbsolute: false, 0), whole, to);
    }

    /// <summary>Pointer arithmetic: elements, not bytes. The left operand stands in the register, the right one in the next.</summary>
    internal Term Move(string mark, Term left, Term right, string text, int to)
    {
        bool leftPoints = IsPointer(left), rightPoints = IsPointer(right);
        if (rightPoints && leftPoints == (mark == "+"))
        {
            throw new RefusalException(leftPoints ? $"{text} adds two pointers" : $"{text} takes a pointer from a number");
        }

        Term pointer = leftPoints ? left : right;
        DataType target = Pointee(pointer)!;
        DataType whole = names.Complete(target);
        ulong size = whole.Kind == TypeKind.Void ? 1 : whole.Size is { } known and > 0 ? known
            : throw new RefusalException($"{text} needs the size of {target}, which is not known");
        NumberType type = ConditionCompiler.NumberOf(pointer, text);
        return leftPoints && rightPoints
            ? Distance(left, right, type, size, to)
            : Moved(mark, left, right, leftPoints, type, size, to);
    }

    private Term Distance(Term left, Term right, NumberType type, ulong size, int to)
    {
        if (left is Term.Known a && right is Term.Known b)
        {
            return new Term.Known(NumberType.Long, (ulong)((long)(a.Bits - b.Bits) / (long)size));
        }

        var numbers = new Numbers(steps);
        numbers.Load(left, type, to);
        numbers.Load(right, type, to + 1);
        steps.Combine(ConditionOperation.Subtract, to, to, to + 1);
        if (size != 1)
        {
            steps.CombineWith(ConditionOperation.DivideSigned, to, size);
        }

        return new Term.Computed(NumberType.Long);
    }

    private Term Moved(string mark, Term left, Term right, bool leftPoints, NumberType type, ulong size, int to)
    {
        DataType? declared = (leftPoints ? left : right).DeclaredType;
        if (left is Term.Known a && right is Term.Known b)
        {
            (ulong start, ulong elements) = leftPoints ? (a.Bits, b.Bits) : (b.Bits, a.Bits);
            ulong moved = mark == "+" ? start + (elements * size) : start - (elements * size);
            return new Term.Known(type, Numbers.Convert(moved, NumberType.Long, type), declared);
        }

        var numbers = new Numbers(steps);
        numbers.Load(left, leftPoints ? type : NumberType.Long, to);
        numbers.Load(right, leftPoints ? NumberType.Long : type, to + 1);
        if (size != 1)
        {
            steps.CombineWith(ConditionOperation.Multiply, leftPoints ? to + 1 : to, size);
        }

        steps.Combine(mark == "+" ? ConditionOperation.Add : ConditionOperation.Subtract, to, to, to + 1);
        numbers.Trim(type, to);
        return new Term.Computed(type, declared);
    }

    private static DataType? Pointee(Term term) =>
        term.DeclaredType?.Plain is { Kind: TypeKind.Pointer or TypeKind.Array } pointer ? pointer.Target : null;

    private Term Address(Term.Place place, DataType pointer, int to)
    {
        NumberType type = new(names.PointerSize * 8, IsSigned: false);
        if (place.IsAbsolute)
        {
            return new Term.Known(type, place.Offset, pointer);
        }

        if (place.Offset != 0)
        {
            steps.CombineWith(ConditionOperation.Add, to, place.Offset);
        }

        return new Term.Computed(type, pointer);
    }

    private Term.Place Follow(Term.Place place, string text, int to)
    {
        for (int i = 0; i < MaximumReferences && place.Type.Plain is { Kind: TypeKind.Reference } reference; i++)
        {
            LoadPlace(place, text, to);
            place = new Term.Place(reference.Target, IsAbsolute: false, 0);
        }

        return place;
    }

    private Term.Computed LoadPlace(Term.Place place, string text, int to)
    {
        NumberType type = Number(place.Type, text);
        ulong offset = place.Offset + (place.Bits is { } bits ? bits.First / 8 : 0);
        int size = place.Bits is { } field ? (int)(((field.First % 8) + (ulong)field.Count + 7) / 8) : type.Bits / 8;
        if (size > 8)
        {
            throw new RefusalException($"{text} is a bit-field over more than 8 bytes");
        }

        if (place.IsAbsolute)
        {
            steps.Add(ConditionOperation.Constant, to, value: offset);
        }

        steps.Add(ConditionOperation.Load, to, to, (uint)size, place.IsAbsolute ? 0 : offset);
        return Extracted(place.Type, type, new BitRange(place.Bits is { } range ? range.First % 8 : 0, place.Bits?.Count ?? type.Bits), to);
    }

    private Term.Computed LoadWatched(Term.Watched watched, string text, int to)
    {
        DataType plain = names.Complete(watched.Type);
        bool isUntyped = plain.IsUntyped && watched.Bits.Count is 8 or 16 or 32 or 64;
        NumberType type = isUntyped ? new(watched.Bits.Count, IsSigned: false) : Number(watched.Type, text);
        steps.Add(ConditionOperation.Variable, to, extra: (uint)watched.Variable);
        return Extracted(watched.Type, type, watched.Bits, to);
    }

    /// <summary>The register holds the bytes around it.</summary>
    private Term.Computed Extracted(DataType declared, NumberType type, BitRange bits, int to)
    {
        if (bits.First > 0)
        {
            steps.CombineWith(ConditionOperation.ShiftRight, to, bits.First);
        }

        if (type.IsReal)
        {
            if (type.Bits == 32)
            {
                steps.Add(ConditionOperation.WidenReal, to, to);
            }

            return new(type);
        }

        if (bits.Count < 64)
        {
            steps.Add(type.IsSigned ? ConditionOperation.SignExtend : ConditionOperation.ZeroExtend, to, to, (uint)bits.Count);
        }

        return new(type, declared.Plain.Kind == TypeKind.Pointer || declared.Plain.Kind == TypeKind.Enumeration ? declared : null);
    }

    private static NumberType Number(DataType type, string text) => NumberType.Of(type)
        ?? throw new RefusalException($"{text} has type {type}, which is no number of at most 64 bits");
}
