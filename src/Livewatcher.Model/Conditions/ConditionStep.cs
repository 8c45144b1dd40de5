// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

namespace Livewatcher.Model;

/// <summary>What a step of a condition does. The numbers are those of enum lw_condition_op (bpf/watch_event.h): the same steps run
/// in the kernel. "to", "a" and "b" are registers; b is <see cref="ConditionStep.Value"/> where the step says so.</summary>
public enum ConditionOperation : byte
{
    /// <summary>to = value.</summary>
    Constant = 1,

    /// <summary>to = the hit's <see cref="ConditionVariable"/>, whose number is in Extra.</summary>
    Variable = 2,

    /// <summary>to = the target's memory at a + value, Extra bytes of it.</summary>
    Load = 3,

    /// <summary>to = the low Extra bits of a, sign extended.</summary>
    SignExtend = 4,

    /// <summary>to = the low Extra bits of a.</summary>
    ZeroExtend = 5,
    Add = 6,
    Subtract = 7,
    Multiply = 8,
    And = 9,
    Or = 10,
    Xor = 11,
    ShiftLeft = 12,
    ShiftRight = 13,

    /// <summary>The sign moves in from above.</summary>
    ShiftRightSigned = 14,
    Divide = 15,
    Remainder = 16,
    DivideSigned = 17,
    RemainderSigned = 18,

    /// <summary>Comparisons give 1 or 0.</summary>
    Equal = 19,
    NotEqual = 20,
    Less = 21,
    LessOrEqual = 22,
    LessSigned = 23,
    LessOrEqualSigned = 24,

    /// <summary>Both are the bits of doubles (IEEE 754), as C compares them.</summary>
    EqualReal = 25,
    LessReal = 26,
    LessOrEqualReal = 27,

    /// <summary>to = a is 0.</summary>
    Not = 28,

    /// <summary>to = the bits of the double that equals the float whose bits are in a.</summary>
    WidenReal = 29,

    /// <summary>to = the bits of the double next to the signed number a.</summary>
    RealOfSigned = 30,

    /// <summary>to = the bits of the double next to the unsigned number a.</summary>
    RealOfUnsigned = 31,

    /// <summary>Goes Extra steps on, beyond the next one, where a is 0.</summary>
    SkipIfZero = 32,

    /// <summary>Goes Extra steps on, beyond the next one, where a is not 0.</summary>
    SkipUnlessZero = 33,
}

/// <summary>What a condition may ask of a hit. The numbers are those of enum lw_condition_variable (bpf/watch_event.h).</summary>
public enum ConditionVariable : byte
{
    /// <summary>The slot's bytes after the access, little endian.</summary>
    New = 0,

    /// <summary>The slot's bytes before.</summary>
    Old = 1,
    Thread = 2,
    Process = 3,
    Cpu = 4,

    /// <summary>Hits of this watch so far, this one included, in all processes that are followed.</summary>
    Count = 5,

    /// <summary>The first eight bytes of the thread's name, little endian.</summary>
    NameStart = 6,

    /// <summary>The other eight.</summary>
    NameEnd = 7,
}

/// <summary>One step (struct lw_condition_step).</summary>
/// <param name="Operation">What it does.</param>
/// <param name="To">Register that takes the result, 0 to 15.</param>
/// <param name="A">Register, 0 to 15.</param>
/// <param name="B">Register, 0 to 15; <see cref="Immediate"/> where <paramref name="Value"/> stands for it.</param>
/// <param name="Extra">Bits, bytes, steps or a variable's number.</param>
/// <param name="Value">A constant.</param>
public readonly record struct ConditionStep(ConditionOperation Operation, byte To = 0, byte A = 0, byte B = 0, uint Extra = 0, ulong Value = 0)
{
    /// <summary>In place of a register.</summary>
    public const byte Immediate = 0xff;
}
