// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using System.Buffers.Binary;
using System.Text;

namespace Livewatcher.Model;

/// <summary>What one hit brings to its condition.</summary>
/// <param name="New">The slot's bytes after the access; null where unknown.</param>
/// <param name="Old">Before; null where unknown.</param>
/// <param name="Thread">Tid; null where nobody saw who it was.</param>
/// <param name="Process">Tgid.</param>
/// <param name="Cpu">Its number; null where not known.</param>
/// <param name="Count">Hits of the watch so far, this one included.</param>
/// <param name="ThreadName">At most 15 bytes; null where not known.</param>
/// <param name="Memory">The target's; null where there is none to read any more.</param>
public readonly record struct ConditionInput(
    ulong? New, ulong? Old, int? Thread, int Process, int? Cpu, long Count, string? ThreadName, ITargetMemory? Memory);

/// <summary>Evaluates conditions where the kernel does not: for backends perf and ptrace, for recovered hits, for values in more than one
/// slot. Gives the same verdicts as bpf/condition.bpf.h; tests/Symbols.Tests/Conditions holds both to that.</summary>
public static class ConditionMachine
{
    private const int NameLength = 16;

    public static Verdict Evaluate(Condition condition, in ConditionInput input)
    {
        Span<ulong> registers = stackalloc ulong[Condition.Registers];
        registers.Clear();
        IReadOnlyList<ConditionStep> steps = condition.Steps;
        for (int i = 0; i < steps.Count; i++)
        {
            ConditionStep step = steps[i];
            ulong a = registers[step.A & (Condition.Registers - 1)];
            ulong b = step.B == ConditionStep.Immediate ? step.Value : registers[step.B & (Condition.Registers - 1)];
            if (step.Operation is ConditionOperation.SkipIfZero or ConditionOperation.SkipUnlessZero)
            {
                i += (a == 0) == (step.Operation == ConditionOperation.SkipIfZero) ? (int)step.Extra : 0;
                continue;
            }

            if (Result(step, a, b, input) is not { } result)
                return Verdict.Undecided;
            registers[step.To & (Condition.Registers - 1)] = result;
        }

        return registers[0] != 0 ? Verdict.Holds : Verdict.Fails;
    }

    /// <summary>What one operation on two numbers gives; null where it cannot be done.</summary>
    public static ulong? Apply(ConditionOperation operation, ulong a, ulong b) => Result(new ConditionStep(operation), a, b, default);

    /// <summary>Null where the step cannot be done.</summary>
    private static ulong? Result(in ConditionStep step, ulong a, ulong b, in ConditionInput input) => step.Operation switch
    {
        ConditionOperation.Constant => step.Value,
        ConditionOperation.Variable => Variable((ConditionVariable)step.Extra, input),
        ConditionOperation.Load => Load(input.Memory, a + step.Value, step.Extra),
        ConditionOperation.SignExtend => (ulong)((long)(a << (int)(64 - step.Extra)) >> (int)(64 - step.Extra)),
        ConditionOperation.ZeroExtend => step.Extra >= 64 ? a : a & ((1UL << (int)step.Extra) - 1),
        ConditionOperation.Add => a + b,
        ConditionOperation.Subtract => a - b,
        ConditionOperation.Multiply => a * b,
        ConditionOperation.And => a & b,
        ConditionOperation.Or => a | b,
        ConditionOperation.Xor => a ^ b,
        ConditionOperation.ShiftLeft => a << (int)(b & 63),
        ConditionOperation.ShiftRight => a >> (int)(b & 63),
        ConditionOperation.ShiftRightSigned => (ulong)((long)a >> (int)(b & 63)),
        ConditionOperation.Divide => b == 0 ? null : a / b,
        ConditionOperation.Remainder => b == 0 ? null : a % b,
        ConditionOperation.DivideSigned => b == 0 ? null : (ulong)Divide((long)a, (long)b),
        ConditionOperation.RemainderSigned => b == 0 ? null : (ulong)((long)a - (Divide((long)a, (long)b) * (long)b)),
        ConditionOperation.Equal => Truth(a == b),
        ConditionOperation.NotEqual => Truth(a != b),
        ConditionOperation.Less => Truth(a < b),
        ConditionOperation.LessOrEqual => Truth(a <= b),
        ConditionOperation.LessSigned => Truth((long)a < (long)b),
        ConditionOperation.LessOrEqualSigned => Truth((long)a <= (long)b),
        ConditionOperation.EqualReal => Truth(Real(a) == Real(b)),
        ConditionOperation.LessReal => Truth(Real(a) < Real(b)),
        ConditionOperation.LessOrEqualReal => Truth(Real(a) <= Real(b)),
        ConditionOperation.Not => Truth(a == 0),
        ConditionOperation.WidenReal => (ulong)BitConverter.DoubleToInt64Bits(BitConverter.UInt32BitsToSingle((uint)a)),
        ConditionOperation.RealOfSigned => (ulong)BitConverter.DoubleToInt64Bits((long)a),
        ConditionOperation.RealOfUnsigned => (ulong)BitConverter.DoubleToInt64Bits(a),
        _ => null,
    };

    private static ulong Truth(bool holds) => holds ? 1UL : 0;

    private static double Real(ulong bits) => BitConverter.UInt64BitsToDouble(bits);

    /// <summary>The least number by -1 is itself, where the processor's own instruction traps.</summary>
    private static long Divide(long a, long b) => b == -1 ? unchecked(-a) : a / b;

    private static ulong? Variable(ConditionVariable variable, in ConditionInput input) => variable switch
    {
        ConditionVariable.New => input.New,
        ConditionVariable.Old => input.Old,
        ConditionVariable.Thread => (ulong?)input.Thread,
        ConditionVariable.Process => (ulong)input.Process,
        ConditionVariable.Cpu => (ulong?)input.Cpu,
        ConditionVariable.Count => (ulong)input.Count,
        ConditionVariable.NameStart => Name(input.ThreadName, 0),
        ConditionVariable.NameEnd => Name(input.ThreadName, 8),
        _ => null,
    };

    private static ulong? Name(string? name, int from)
    {
        if (name is null)
            return null;
        Span<byte> bytes = stackalloc byte[NameLength];
        bytes.Clear();
        Encoding.UTF8.GetEncoder().Convert(name, bytes[..(NameLength - 1)], flush: true, out _, out _, out _);
        return BinaryPrimitives.ReadUInt64LittleEndian(bytes[from..]);
    }

    private static ulong? Load(ITargetMemory? memory, ulong address, uint length)
    {
        Span<byte> bytes = stackalloc byte[8];
        bytes.Clear();
        return length is > 0 and <= 8 && memory?.TryRead(new Address(address), bytes[..(int)length]) == true
            ? BinaryPrimitives.ReadUInt64LittleEndian(bytes)
            : null;
    }
}
