// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using Livewatcher.Model;

namespace Livewatcher.Symbols.Expressions.Conditions;

/// <summary>Steps of C's arithmetic: conversions, and operators on two numbers of one type.</summary>
internal sealed class Numbers(StepWriter steps)
{
    /// <summary>Puts a number into the register, as another type.</summary>
    internal void Load(Term term, NumberType wanted, int to)
    {
        if (term is Term.Known known)
        {
            steps.Add(ConditionOperation.Constant, to, value: Convert(known.Bits, known.Number, wanted));
            return;
        }

        NumberType from = ((Term.Computed)term).Number;
        if (wanted.IsReal && !from.IsReal)
        {
            steps.Add(from.IsSigned ? ConditionOperation.RealOfSigned : ConditionOperation.RealOfUnsigned, to, to);
        }
        else if (from.IsReal && !wanted.IsReal)
        {
            throw new RefusalException("a fraction cannot be cast to a whole number in a condition");
        }
        else if (!wanted.IsReal)
        {
            Fit(from, wanted, to);
        }
    }

    /// <summary>The same for a number that is known.</summary>
    internal static ulong Convert(ulong bits, NumberType from, NumberType to)
    {
        if (from.IsReal)
        {
            double real = BitConverter.UInt64BitsToDouble(bits);
            return to.IsReal ? BitConverter.DoubleToUInt64Bits(to.Bits == 32 ? (float)real : real)
                : throw new RefusalException("a fraction cannot be cast to a whole number in a condition");
        }

        if (to.IsReal)
        {
            return BitConverter.DoubleToUInt64Bits(to.Bits == 32
                ? from.IsSigned ? (float)(long)bits : bits
                : from.IsSigned ? (double)(long)bits : bits);
        }

        int shift = 64 - to.Bits;
        return to.IsSigned ? (ulong)((long)(bits << shift) >> shift) : bits << shift >> shift;
    }

    /// <summary>After an operation whose result may be wider than its type.</summary>
    internal void Trim(NumberType type, int to)
    {
        if (type.Bits < 64)
        {
            steps.Add(type.IsSigned ? ConditionOperation.SignExtend : ConditionOperation.ZeroExtend, to, to, (uint)type.Bits);
        }
    }

    /// <summary>1 or 0 for what counts as true or false.</summary>
    internal void Truth(Term term, int to)
    {
        if (term is Term.Known known)
        {
            steps.Add(ConditionOperation.Constant, to, value: IsTrue(known) ? 1UL : 0);
        }
        else if (((Term.Computed)term).Number.IsReal)
        {
            steps.CombineWith(ConditionOperation.EqualReal, to, 0);
            steps.Add(ConditionOperation.Not, to, to);
        }
        else
        {
            steps.CombineWith(ConditionOperation.NotEqual, to, 0);
        }
    }

    internal static bool IsTrue(Term.Known known) => known.Number.IsReal ? BitConverter.UInt64BitsToDouble(known.Bits) != 0 : known.Bits != 0;

    private void Fit(NumberType from, NumberType wanted, int to)
    {
        bool isSame = wanted.Bits == 64 || (from.Bits == wanted.Bits && from.IsSigned == wanted.IsSigned)
            || (from.Bits < wanted.Bits && (!from.IsSigned || wanted.IsSigned));
        if (!isSame)
        {
            Trim(wanted, to);
        }
    }
}
