// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using Livewatcher.Symbols.Interop;

namespace Livewatcher.Symbols.Expressions.Memory;

/// <summary>Where a variable is, before bias and thread are applied.</summary>
/// <param name="Value">Address as in the file, or offset in the module's thread-local block.</param>
/// <param name="IsThreadLocal">Which of the two.</param>
/// <param name="Problem">Why it is nowhere; null where it is somewhere.</param>
internal readonly record struct Location(ulong Value, bool IsThreadLocal, string? Problem)
{
    internal static Location Nowhere(string problem) => new(0, false, problem);
}

/// <summary>Runs the location expressions that compilers give to variables with static storage, and those of virtual base
/// classes (DWARF 5, 2.5 and 2.6).</summary>
internal static class LocationEvaluator
{
    private const int MaximumStack = 64;

    /// <param name="operations">The expression.</param>
    /// <param name="read">Reads a word of the target for DW_OP_deref; null where it cannot be read.</param>
    /// <param name="initial">What is on the stack at the start: the object's address for a member location.</param>
    internal static Location Run(ReadOnlySpan<DwarfOperation> operations, Func<ulong, ulong?>? read = null, ulong? initial = null)
    {
        var stack = new Stack<ulong>();
        if (initial is { } start)
        {
            stack.Push(start);
        }

        bool isThreadLocal = false;
        foreach (DwarfOperation operation in operations)
        {
            if (operation.Atom is DwarfOp.FormTlsAddress or DwarfOp.GnuPushTlsAddress)
            {
                isThreadLocal = true;
                continue;
            }

            string? problem = operation.Atom switch
            {
                DwarfOp.Piece or DwarfOp.BitPiece => "the optimiser has split it into pieces",
                DwarfOp.StackValue or DwarfOp.ImplicitValue or DwarfOp.ImplicitPointer or DwarfOp.GnuImplicitPointer =>
                    "the optimiser has put a computed value in its place",
                _ => Step(operation, stack, read),
            };
            if (problem is not null || stack.Count > MaximumStack)
            {
                return Location.Nowhere(problem ?? "its location is too complex");
            }
        }

        return stack.TryPop(out ulong value) ? new(value, isThreadLocal, null) : Location.Nowhere("it is optimised out");
    }

    private static string? Step(DwarfOperation operation, Stack<ulong> stack, Func<ulong, ulong?>? read)
    {
        switch (operation.Atom)
        {
            case DwarfOp.Addr or (>= DwarfOp.Const1U and <= DwarfOp.ConstS):
                stack.Push(operation.Number);
                return null;
            case >= DwarfOp.Lit0 and <= DwarfOp.Lit31:
                stack.Push((ulong)operation.Atom - DwarfOp.Lit0);
                return null;
            case DwarfOp.Nop:
                return null;
            default:
                return stack.TryPop(out ulong top) ? StepOn(operation, top, stack, read) : Unsupported(operation);
        }
    }

    private static string? StepOn(DwarfOperation operation, ulong top, Stack<ulong> stack, Func<ulong, ulong?>? read)
    {
        switch (operation.Atom)
        {
            case DwarfOp.PlusUconst:
                stack.Push(unchecked(top + operation.Number));
                return null;
            case DwarfOp.Dup:
                stack.Push(top);
                stack.Push(top);
                return null;
            case DwarfOp.Deref when read is not null:
                if (read(top) is not { } word)
                {
                    return $"the memory at 0x{top:x} cannot be read";
                }

                stack.Push(word);
                return null;
            case DwarfOp.Plus or DwarfOp.Minus or DwarfOp.And or DwarfOp.Swap or DwarfOp.Over when stack.TryPop(out ulong second):
                return Combine(operation.Atom, second, top, stack);
            default:
                return Unsupported(operation);
        }
    }

    private static string? Combine(byte atom, ulong second, ulong top, Stack<ulong> stack)
    {
        switch (atom)
        {
            case DwarfOp.Plus:
                stack.Push(unchecked(second + top));
                break;
            case DwarfOp.Minus:
                stack.Push(unchecked(second - top));
                break;
            case DwarfOp.And:
                stack.Push(second & top);
                break;
            case DwarfOp.Swap:
                stack.Push(top);
                stack.Push(second);
                break;
            default:
                stack.Push(second);
                stack.Push(top);
                stack.Push(second);
                break;
        }

        return null;
    }

    private static string Unsupported(DwarfOperation operation) =>
        $"its location needs what only a stopped thread has (DWARF operation 0x{operation.Atom:x2})";
}
