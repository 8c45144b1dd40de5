// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using Livewatcher.Model;

namespace Livewatcher.Symbols.Expressions.Conditions;

/// <summary>C's operators as operations of the condition machine.</summary>
internal static class Operators
{
    /// <summary>The operation of a comparison, and what is to be done about it: its operands exchanged, its result turned over.
    /// A number that is not one compares with nothing (IEEE 754), so fractions are exchanged and never turned over.</summary>
    internal static (ConditionOperation Operation, bool IsExchanged, bool IsTurned)? Comparison(string mark, NumberType type)
    {
        ConditionOperation less = type.IsReal ? ConditionOperation.LessReal : type.IsSigned ? ConditionOperation.LessSigned : ConditionOperation.Less;
        ConditionOperation lessOrEqual = type.IsReal ? ConditionOperation.LessOrEqualReal
            : type.IsSigned ? ConditionOperation.LessOrEqualSigned : ConditionOperation.LessOrEqual;
        return mark switch
        {
            "==" => (type.IsReal ? ConditionOperation.EqualReal : ConditionOperation.Equal, false, false),
            "!=" => type.IsReal ? (ConditionOperation.EqualReal, false, true) : (ConditionOperation.NotEqual, false, false),
            "<" => (less, false, false),
            "<=" => (lessOrEqual, false, false),
            ">" => type.IsReal ? (less, true, false) : (lessOrEqual, false, true),
            ">=" => type.IsReal ? (lessOrEqual, true, false) : (less, false, true),
            _ => null,
        };
    }

    /// <summary>The operation on whole numbers.</summary>
    internal static ConditionOperation? Arithmetic(string mark, bool isSigned) => mark switch
    {
        "+" => ConditionOperation.Add,
        "-" => ConditionOperation.Subtract,
        "*" => ConditionOperation.Multiply,
        "/" => isSigned ? ConditionOperation.DivideSigned : ConditionOperation.Divide,
        "%" => isSigned ? ConditionOperation.RemainderSigned : ConditionOperation.Remainder,
        "&" => ConditionOperation.And,
        "|" => ConditionOperation.Or,
        "^" => ConditionOperation.Xor,
        "<<" => ConditionOperation.ShiftLeft,
        ">>" => isSigned ? ConditionOperation.ShiftRightSigned : ConditionOperation.ShiftRight,
        _ => null,
    };

    internal static bool IsShift(string mark) => mark is "<<" or ">>";

    /// <summary>Whether a result can be outside its type's range, or its sign bits spoiled.</summary>
    internal static bool MayOverflow(string mark) => mark is "+" or "-" or "*" or "<<" or "/";
}
