// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using Livewatcher.Model;
using Livewatcher.Symbols.Expressions.Syntax;
using Livewatcher.Symbols.Types;

namespace Livewatcher.Symbols.Expressions.Conditions;

/// <summary>Turns a condition into steps that are decided at each hit: names become addresses now, values are read then. C's rules for
/// types, with the watched object's own; a refusal says which part cannot be decided at a hit.</summary>
internal sealed class ConditionCompiler
{
    private readonly WatchedObject _watched;
    private readonly ConditionNames _names;
    private readonly StepWriter _steps;
    private readonly Numbers _numbers;
    private readonly ConditionPlaces _places;

    private ConditionCompiler(WatchedObject watched, ConditionNames names, StepWriter steps)
    {
        _watched = watched;
        _names = names;
        _steps = steps;
        _numbers = new Numbers(steps);
        _places = new ConditionPlaces(steps, names, this);
    }

    /// <param name="text">As the user wrote it.</param>
    /// <param name="root">The same, parsed.</param>
    /// <param name="watched">What new and old are.</param>
    /// <param name="names">Finds what is named.</param>
    internal static Condition Compile(string text, Expression root, WatchedObject watched, ConditionNames names)
    {
        var compiler = new ConditionCompiler(watched, names, new StepWriter());
        compiler.Truth(root, 0);
        return new(text, compiler._steps.Steps);
    }

    /// <summary>Compiles a part; what is computed at the hit stands in the register afterwards.</summary>
    internal Term Compile(Expression expression, int to)
    {
        StepWriter.CheckRegister(to);
        return expression switch
        {
            NumberExpression number => Constant(number),
            RealExpression real => new Term.Known(real.Text[^1] is 'f' or 'F' ? new(32, true, true) : NumberType.Double, BitConverter.DoubleToUInt64Bits(real.Number)),
            TextExpression literal => new Term.Literal(literal.Text),
            HitExpression hit => Hit(hit.Part, to),
            NameExpression name => _places.Named(_names.Find(name.Name, _watched.Type), name.ToString(), to),
            MemberExpression member => _places.Member(member, to),
            IndexExpression index => _places.Index(index, to),
            PrefixExpression { Operator: '*' } prefix => _places.Dereference(Value(prefix.Operand, to), prefix.Operand.ToString(), prefix.ToString(), to),
            PrefixExpression { Operator: '&' } prefix => _places.AddressOf(prefix, to),
            PrefixExpression prefix => Prefix(prefix, to),
            CastExpression cast => Cast(cast, to),
            BinaryExpression binary => _names.CastInDisguise(binary) is { } disguised ? Cast(disguised, to) : Operate(binary.Operator.ToString(), binary.Left, binary.Right, binary.ToString(), to),
            OperatorExpression { Operator: "&&" or "||" } logical => Logical(logical, to),
            OperatorExpression operation => Operate(operation.Operator, operation.Left, operation.Right, operation.ToString(), to),
            _ => throw new RefusalException($"{expression} cannot be decided at a hit"),
        };
    }

    /// <summary>A part as a number: known, or in the register.</summary>
    internal Term Value(Expression expression, int to) => _places.Load(Compile(expression, to), expression.ToString(), to);

    internal int PointerBits => _names.PointerSize * 8;

    private void Truth(Expression expression, int to) => _numbers.Truth(Value(expression, to), to);

    private Term.Known Constant(NumberExpression number) =>
        new(NumberType.OfConstant(number.Number, number.IsHexadecimal, number.Suffix, PointerBits), number.Number);

    private Term Hit(HitPart part, int to)
    {
        switch (part)
        {
            case HitPart.New or HitPart.Old:
                return Watched(part == HitPart.New ? ConditionVariable.New : ConditionVariable.Old);
            case HitPart.Name:
                return new Term.ThreadName();
            default:
                _steps.Add(ConditionOperation.Variable, to, extra: (uint)(part switch
                {
                    HitPart.Thread => ConditionVariable.Thread,
                    HitPart.Process => ConditionVariable.Process,
                    HitPart.Cpu => ConditionVariable.Cpu,
                    _ => ConditionVariable.Count,
                }));
                return new Term.Computed(NumberType.Long);
        }
    }

    private Term.Watched Watched(ConditionVariable variable)
    {
        if (_watched.Type is not { } type)
        {
            throw new RefusalException("an execution breakpoint has no old and new value");
        }

        return _watched.Length is > 0 and <= 8
            ? new(type, variable, _watched.Bits ?? new BitRange(0, _watched.Length * 8))
            : throw new RefusalException($"'{(variable == ConditionVariable.New ? "new" : "old")}' has {_watched.Length} bytes, and a condition decides on 8 at most: watch a part of it");
    }

    private Term.Computed Logical(OperatorExpression logical, int to)
    {
        Truth(logical.Left, to);
        int skip = _steps.BeginSkip(logical.Operator == "&&" ? ConditionOperation.SkipIfZero : ConditionOperation.SkipUnlessZero, to);
        Truth(logical.Right, to);
        _steps.EndSkip(skip);
        return new(NumberType.Int);
    }

    private Term Prefix(PrefixExpression prefix, int to)
    {
        Term term = Value(prefix.Operand, to);
        if (prefix.Operator == '!')
        {
            _numbers.Truth(term, to);
            _steps.Add(ConditionOperation.Not, to, to);
            return new Term.Computed(NumberType.Int);
        }

        NumberType type = NumberOf(term, prefix.Operand.ToString()).Promoted;
        if (prefix.Operator == '+')
        {
            return term;
        }

        if (type.IsReal && prefix.Operator == '~')
        {
            throw new RefusalException($"{prefix.Operand} is a fraction, which has no bits to turn over");
        }

        ulong sign = type.IsReal ? 1UL << 63 : ulong.MaxValue;
        if (type.IsReal || prefix.Operator == '~')
        {
            return Turn(term, sign, type, to);
        }

        if (term is Term.Known known)
        {
            return new Term.Known(type, Numbers.Convert(unchecked(0 - known.Bits), type with { Bits = 64 }, type));
        }

        _numbers.Load(term, type, to);
        _steps.Add(ConditionOperation.Constant, to + 1);
        _steps.Combine(ConditionOperation.Subtract, to, to + 1, to);
        _numbers.Trim(type, to);
        return new Term.Computed(type);
    }

    /// <summary>Turns the bits of a mask over, which may leave a whole number's range.</summary>
    private Term Turn(Term term, ulong mask, NumberType type, int to)
    {
        if (term is Term.Known known)
        {
            ulong turned = known.Bits ^ mask;
            return new Term.Known(type, type.IsReal ? turned : Numbers.Convert(turned, type with { Bits = 64 }, type));
        }

        _numbers.Load(term, type, to);
        _steps.CombineWith(ConditionOperation.Xor, to, mask);
        if (!type.IsReal)
        {
            _numbers.Trim(type, to);
        }

        return new Term.Computed(type);
    }

    private Term Cast(CastExpression cast, int to)
    {
        DataType type = _names.Resolve(cast.Type);
        if (cast.Type.IsReference)
        {
            throw new RefusalException($"({cast.Type}) is no cast for a condition");
        }

        NumberType wanted = NumberType.Of(type) ?? throw new RefusalException($"nothing can be cast to {type} in a condition");
        Term term = Value(cast.Operand, to);
        DataType? pointer = type.Plain.Kind == TypeKind.Pointer ? type : null;
        NumberType from = NumberOf(term, cast.Operand.ToString());
        if (type.Plain.Kind == TypeKind.Boolean)
        {
            _numbers.Truth(term, to);
            return new Term.Computed(wanted);
        }

        if (term is Term.Known known)
        {
            return new Term.Known(wanted, Numbers.Convert(known.Bits, from, wanted), pointer);
        }

        _numbers.Load(term, wanted, to);
        return new Term.Computed(wanted, pointer);
    }

    private Term Operate(string mark, Expression leftSide, Expression rightSide, string text, int to)
    {
        Term left = Side(leftSide, rightSide, to), right = Side(rightSide, leftSide, to + 1);
        if (left is Term.ThreadName or Term.Literal || right is Term.ThreadName or Term.Literal)
        {
            return new ThreadNameComparison(_steps).Compile(mark, left, right, text, to);
        }

        NumberType leftType = NumberOf(left, leftSide.ToString()), rightType = NumberOf(right, rightSide.ToString());
        if (mark is "+" or "-" && (ConditionPlaces.IsPointer(left) || ConditionPlaces.IsPointer(right)))
        {
            return _places.Move(mark, left, right, text, to);
        }

        if (!Operators.IsShift(mark))
        {
            NumberType common = NumberType.Common(leftType, rightType);
            return Result(mark, left, right, common, common, text, to);
        }

        return leftType.IsReal || rightType.IsReal
            ? throw new RefusalException($"{text} shifts a fraction")
            : Result(mark, left, right, leftType.Promoted, rightType.Promoted, text, to);
    }

    /// <summary>An operand, which may be the name of an enumerator of the other one's type.</summary>
    private Term Side(Expression side, Expression other, int to)
    {
        try
        {
            return Value(side, to);
        }
        catch (RefusalException) when (side is NameExpression name && TypeOf(other) is { } type && _names.Enumerator(name.Name, type) is { } enumerator)
        {
            return enumerator;
        }
    }

    private DataType? TypeOf(Expression expression)
    {
        try
        {
            return new ConditionCompiler(_watched, _names, new StepWriter()).Compile(expression, 0).DeclaredType;
        }
        catch (RefusalException)
        {
            return null;
        }
    }

    internal static NumberType NumberOf(Term term, string text) => term switch
    {
        Term.Known known => known.Number,
        Term.Computed computed => computed.Number,
        _ => throw new RefusalException($"{text} is no number"),
    };

    /// <summary>An operator on two numbers: what is known is folded, what is not is computed into the register.</summary>
    private Term Result(string mark, Term left, Term right, NumberType leftType, NumberType rightType, string text, int to)
    {
        (ConditionOperation Operation, bool IsExchanged, bool IsTurned)? comparison = Operators.Comparison(mark, leftType);
        if (comparison is null && leftType.IsReal)
        {
            throw new RefusalException($"{text} computes with fractions; a condition can only compare them");
        }

        ConditionOperation operation = comparison?.Operation ?? Operators.Arithmetic(mark, leftType.IsSigned)!.Value;
        (bool isExchanged, bool isTurned) = (comparison?.IsExchanged ?? false, comparison?.IsTurned ?? false);
        NumberType result = comparison is null ? leftType : NumberType.Int;
        if (left is Term.Known a && right is Term.Known b)
        {
            ulong x = Numbers.Convert(a.Bits, a.Number, leftType), y = Numbers.Convert(b.Bits, b.Number, rightType);
            ulong folded = ConditionMachine.Apply(operation, isExchanged ? y : x, isExchanged ? x : y) ?? throw new RefusalException($"{text} divides by 0");
            return new Term.Known(result, Numbers.Convert(isTurned ? folded ^ 1 : folded, result with { Bits = 64 }, result));
        }

        _numbers.Load(left, leftType, to);
        if (right is Term.Known known && !isExchanged)
        {
            _steps.CombineWith(operation, to, Numbers.Convert(known.Bits, known.Number, rightType));
        }
        else
        {
            _numbers.Load(right, rightType, to + 1);
            _steps.Combine(operation, to, isExchanged ? to + 1 : to, isExchanged ? to : to + 1);
        }

        if (isTurned)
        {
            _steps.Add(ConditionOperation.Not, to, to);
        }
        else if (comparison is null && Operators.MayOverflow(mark))
        {
            _numbers.Trim(leftType, to);
        }

        return new Term.Computed(result);
    }
}
