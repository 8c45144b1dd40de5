// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using Livewatcher.Model;

namespace Livewatcher.Symbols.Instructions;

/// <summary>Which unknown base a segment register adds.</summary>
internal enum SegmentBase
{
    /// <summary>None: long mode and Linux's flat segments.</summary>
    Flat,

    /// <summary>FS in 64-bit code and GS in 32-bit code: the thread pointer of their ABIs.</summary>
    ThreadPointer,

    /// <summary>The other one of the two.</summary>
    Unknown,
}

/// <summary>One memory operand, explicit or implicit, as a formula over the registers AFTER the instruction:
/// ea = segment + ((base + BaseUndo - step + index * scale + displacement [+ bit offset]) &amp; mask).</summary>
internal sealed record MemoryAccess
{
    public required bool Reads { get; init; }

    public required bool Writes { get; init; }

    /// <summary>Bytes touched.</summary>
    public required int Size { get; init; }

    /// <summary>Bytes on both sides of the operand that the same instruction may touch too (the variable part of
    /// an XSAVE area, earlier elements of a repeated string instruction): no proof, but no contradiction either.</summary>
    public int Slack { get; init; }

    /// <summary>False where the instruction has overwritten its own base or index, or the operand has many addresses.</summary>
    public required bool Known { get; init; }

    public int Base { get; init; } = RegisterReader.None;

    public int Index { get; init; } = RegisterReader.None;

    public int Scale { get; init; } = 1;

    public ulong Displacement { get; init; }

    public SegmentBase Segment { get; init; }

    /// <summary>Width of the address computation: 64 or 32 bits.</summary>
    public ulong Mask { get; init; } = ulong.MaxValue;

    /// <summary>Where the sum with the segment's base wraps: in 32-bit code too (Intel SDM vol. 3, 3.3.1), so that negative
    /// offsets of thread-local variables come out right.</summary>
    public ulong LinearMask { get; init; } = ulong.MaxValue;

    /// <summary>Added to the base to get its value before the instruction (push, pop, call, enter, leave).</summary>
    public long BaseUndo { get; init; }

    /// <summary>String instructions have moved their pointer by this much, down where EFLAGS.DF is set.</summary>
    public int StringStep { get; init; }

    /// <summary>bt, bts, btr, btc with a register: the register is a signed bit offset from the operand
    /// (Intel SDM vol. 2, BT), otherwise None.</summary>
    public int BitIndex { get; init; } = RegisterReader.None;

    /// <summary>clzero ignores the low bits of its address.</summary>
    public ulong Alignment { get; init; } = 1;

    /// <summary>True where a repeated string instruction behind this one has moved the base.</summary>
    public bool DependsOnStringRegisters =>
        Base is RegisterReader.Rdi or RegisterReader.Rsi or RegisterReader.Rcx
        || Index is RegisterReader.Rdi or RegisterReader.Rsi or RegisterReader.Rcx;

    /// <summary>False where the operand's address does not follow from the registers.</summary>
    public bool TryAddress(in UserRegisters registers, ulong? threadPointer, out ulong address)
    {
        const ulong DirectionFlag = 1UL << 10;
        address = 0;
        if (!Known || Segment == SegmentBase.Unknown || (Segment == SegmentBase.ThreadPointer && threadPointer is null))
        {
            return false;
        }

        ulong sum = Displacement + (ulong)BaseUndo + RegisterReader.Full(registers, Base);
        if (Index != RegisterReader.None)
        {
            sum += RegisterReader.Full(registers, Index) * (ulong)Scale;
        }

        if (StringStep != 0)
        {
            sum -= (registers.Eflags & DirectionFlag) == 0 ? (ulong)StringStep : (ulong)-StringStep;
        }

        if (BitIndex != RegisterReader.None)
        {
            sum += BitOffset(RegisterReader.Full(registers, BitIndex));
        }

        sum &= Mask & ~(Alignment - 1);
        address = (Segment == SegmentBase.ThreadPointer ? sum + threadPointer.GetValueOrDefault() : sum) & LinearMask;
        return true;
    }

    private ulong BitOffset(ulong register)
    {
        long bit = Size switch
        {
            2 => (short)register,
            4 => (int)register,
            _ => (long)register,
        };
        int bits = Size * 8;
        return (ulong)((bit - (((bit % bits) + bits) % bits)) / 8);
    }
}
