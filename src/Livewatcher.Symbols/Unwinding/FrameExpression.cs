// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using Livewatcher.Symbols.Interop;

namespace Livewatcher.Symbols.Unwinding;

/// <summary>Computes a DWARF expression of call frame information (DWARF 5, 2.5 and 6.4.2): compilers use them for
/// PLT stubs, realigned stacks and signal frames. No loops: branches are refused, so it always ends.</summary>
internal static class FrameExpression
{
    private const int MaxDepth = 32;

    /// <summary>False where an operation, a register or a memory cell is not to be had.</summary>
    /// <param name="architecture">Whose registers and width.</param>
    /// <param name="operations">The expression.</param>
    /// <param name="registers">The callee's.</param>
    /// <param name="cfa">For DW_OP_call_frame_cfa.</param>
    /// <param name="memory">For DW_OP_deref.</param>
    /// <param name="value">The top of the stack at the end.</param>
    /// <param name="unreadable">The memory cell that could not be read, where that was the reason.</param>
    public static bool TryCompute(
        Architecture architecture, ReadOnlySpan<DwarfOperation> operations, in RegisterSet registers, ulong cfa, in CopiedMemory memory,
        out ulong value, out ulong? unreadable)
    {
        unreadable = null;
        value = 0;
        var stack = new OperandStack(stackalloc ulong[MaxDepth], architecture.Mask);
        foreach (var operation in operations)
        {
            if (!Execute(operation, ref stack, registers, cfa, memory, ref unreadable))
            {
                return false;
            }
        }

        return stack.TryPop(out value);
    }

    private static bool Execute(
        DwarfOperation operation, ref OperandStack stack, in RegisterSet registers, ulong cfa, in CopiedMemory memory,
        ref ulong? unreadable)
    {
        switch (operation.Atom)
        {
            case >= DwarfOp.Lit0 and <= DwarfOp.Lit31:
                return stack.TryPush((ulong)(operation.Atom - DwarfOp.Lit0));
            case >= DwarfOp.Const1U and <= DwarfOp.ConstS:
                return stack.TryPush(operation.Number);
            case >= FrameOp.Breg0 and <= FrameOp.Breg31:
                return PushRegister(operation.Atom - FrameOp.Breg0, operation.Number, registers, ref stack);
            case FrameOp.BregX:
                return operation.Number <= byte.MaxValue
                    && PushRegister((int)operation.Number, operation.Number2, registers, ref stack);
            case FrameOp.CallFrameCfa:
                return stack.TryPush(cfa);
            case DwarfOp.PlusUconst:
                return stack.TryPop(out var summand) && stack.TryPush(summand + operation.Number);
            case DwarfOp.Deref:
                return Dereference(ref stack, memory, ref unreadable);
            case DwarfOp.Nop or DwarfOp.StackValue:
                return true;
            default:
                return ExecuteOnStack(operation.Atom, ref stack);
        }
    }

    private static bool PushRegister(int register, ulong offset, in RegisterSet registers, ref OperandStack stack) =>
        registers.TryGet(register, out var content) && stack.TryPush(content + offset);

    private static bool Dereference(ref OperandStack stack, in CopiedMemory memory, ref ulong? unreadable)
    {
        if (!stack.TryPop(out var address))
        {
            return false;
        }

        if (memory.TryRead(address, out var content))
        {
            return stack.TryPush(content);
        }

        unreadable = address;
        return false;
    }

    private static bool ExecuteOnStack(byte atom, ref OperandStack stack)
    {
        if (!stack.TryPop(out var right))
        {
            return false;
        }

        switch (atom)
        {
            case DwarfOp.Drop:
                return true;
            case DwarfOp.Dup:
                return stack.TryPush(right) && stack.TryPush(right);
            case FrameOp.Neg:
                return stack.TryPush(0 - right);
            case FrameOp.Not:
                return stack.TryPush(~right);
        }

        if (!stack.TryPop(out var left))
        {
            return false;
        }

        ulong? result = atom switch
        {
            DwarfOp.And => left & right,
            FrameOp.Or => left | right,
            FrameOp.Xor => left ^ right,
            DwarfOp.Plus => left + right,
            DwarfOp.Minus => left - right,
            FrameOp.Mul => left * right,
            FrameOp.Shl => right < 64 ? left << (int)right : 0,
            FrameOp.Shr => right < 64 ? left >> (int)right : 0,
            FrameOp.Shra => (ulong)(stack.Signed(left) >> (int)Math.Min(right, 63)),
            FrameOp.Eq => left == right ? 1u : 0u,
            FrameOp.Ne => left != right ? 1u : 0u,
            FrameOp.Ge => stack.Signed(left) >= stack.Signed(right) ? 1u : 0u,
            FrameOp.Gt => stack.Signed(left) > stack.Signed(right) ? 1u : 0u,
            FrameOp.Le => stack.Signed(left) <= stack.Signed(right) ? 1u : 0u,
            FrameOp.Lt => stack.Signed(left) < stack.Signed(right) ? 1u : 0u,
            _ => null,
        };
        return result is { } pushed && stack.TryPush(pushed);
    }

    /// <param name="mask">The generic type of DWARF 5, 2.5.1, has the width of an address, and wraps there.</param>
    private ref struct OperandStack(Span<ulong> cells, ulong mask)
    {
        private readonly Span<ulong> _cells = cells;

        private readonly ulong _mask = mask;

        private int _depth;

        public readonly long Signed(ulong value) => _mask == uint.MaxValue ? (int)value : (long)value;

        public bool TryPush(ulong value)
        {
            if (_depth == _cells.Length)
            {
                return false;
            }

            _cells[_depth++] = value & _mask;
            return true;
        }

        public bool TryPop(out ulong value)
        {
            if (_depth == 0)
            {
                value = 0;
                return false;
            }

            value = _cells[--_depth];
            return true;
        }
    }
}
