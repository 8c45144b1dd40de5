// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using System.Buffers.Binary;
using System.Text;
using Livewatcher.Model;

namespace Livewatcher.Symbols.Expressions.Conditions;

/// <summary>thread == "text": the kernel keeps 15 bytes of a thread's name (TASK_COMM_LEN), the rest of 16 is 0. A star at the
/// end stands for any end.</summary>
internal sealed class ThreadNameComparison(StepWriter steps)
{
    private const int NameLength = 16;

    internal Term Compile(string mark, Term left, Term right, string text, int to)
    {
        string wanted = (left, right) switch
        {
            (Term.ThreadName, Term.Literal literal) => literal.Text,
            (Term.Literal literal, Term.ThreadName) => literal.Text,
            _ => throw new RefusalException($"{text}: a text can be compared with thread only"),
        };
        if (mark is not ("==" or "!="))
        {
            throw new RefusalException($"{text}: a thread's name is equal to a text (==) or is not (!=)");
        }

        bool isStart = wanted.EndsWith('*');
        byte[] bytes = Encoding.UTF8.GetBytes(isStart ? wanted[..^1] : wanted);
        if (bytes.Length >= NameLength)
        {
            throw new RefusalException($"\"{wanted}\" has {bytes.Length} bytes, and the kernel keeps {NameLength - 1} of a thread's name: write the first of them and a star");
        }

        Span<byte> name = stackalloc byte[NameLength], mask = stackalloc byte[NameLength];
        name.Clear();
        mask.Clear();
        bytes.CopyTo(name);
        mask[..(isStart ? bytes.Length : bytes.Length + 1)].Fill(0xff);
        Half(ConditionVariable.NameStart, name, mask, to);
        Half(ConditionVariable.NameEnd, name[8..], mask[8..], to + 1);
        steps.Combine(ConditionOperation.And, to, to, to + 1);
        if (mark == "!=")
        {
            steps.Add(ConditionOperation.Not, to, to);
        }

        return new Term.Computed(NumberType.Int);
    }

    private void Half(ConditionVariable variable, ReadOnlySpan<byte> name, ReadOnlySpan<byte> mask, int to)
    {
        steps.Add(ConditionOperation.Variable, to, extra: (uint)variable);
        steps.CombineWith(ConditionOperation.And, to, BinaryPrimitives.ReadUInt64LittleEndian(mask));
        steps.CombineWith(ConditionOperation.Equal, to, BinaryPrimitives.ReadUInt64LittleEndian(name));
    }
}
