// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using Livewatcher.Model;
using Livewatcher.Symbols.Modules;

namespace Livewatcher.Symbols.Unwinding;

/// <summary>Walks a copied stack by call frame information. Owns no process: registers and bytes go in, frames come
/// out. libdw reads the tables; their rules are executed here rather than by dwfl_getthread_frames, because rules that
/// are remembered as data cost nanoseconds a frame instead of a microsecond, because a stack that ends early must say
/// why, and because libdwfl has assertions that a damaged file can reach.</summary>
internal sealed class StackUnwinder(ModuleMap modules, Func<ulong, bool> modulesMayHaveCome, Warnings warnings)
{
    private readonly RowFinder _rows = new(modules);

    /// <summary>A stack with more frames is cut.</summary>
    public static int FrameLimit => 256;

    /// <summary>To be called whenever modules have come or gone.</summary>
    public void Clear() => _rows.Clear();

    /// <param name="hit">Registers and copied stack.</param>
    /// <param name="first">How the innermost frame's address is to be looked up for its name. The rules are those at the
    /// instruction pointer itself: that is the state that was sampled.</param>
    /// <param name="frames">Filled with the frames, innermost first.</param>
    /// <param name="addresses">Filled with their CFAs, as far as they are known.</param>
    public StackEnd Unwind(RawHit hit, FrameKind first, List<PhysicalFrame> frames, List<ulong> addresses)
    {
        frames.Clear();
        addresses.Clear();
        var architecture = Architecture.Of(hit.Registers);
        var memory = new CopiedMemory(hit, modules);
        var registers = RegisterSet.From(hit.Registers);
        registers.TryGet(architecture.ReturnAddress, out var pc);
        var exact = true;
        frames.Add(new PhysicalFrame(pc, first));

        while (true)
        {
            var row = FindRow(exact ? pc : pc - 1, pc);
            if (row is { IsSignalFrame: true })
            {
                frames[^1] = new PhysicalFrame(pc, FrameKind.SignalTrampoline);
            }

            var end = row is null
                ? StepByFramePointer(architecture, ref registers, memory, pc, addresses)
                : Step(architecture, row, ref registers, memory, pc, addresses);
            if (end is { } reason)
            {
                return reason;
            }

            if (frames.Count == FrameLimit)
            {
                return new StackEnd(StackEndKind.FrameLimit);
            }

            registers.TryGet(architecture.ReturnAddress, out pc);
            exact = row is { IsSignalFrame: true };
            frames.Add(new PhysicalFrame(pc, exact ? FrameKind.Exact : FrameKind.Before));
        }
    }

    private UnwindRow? FindRow(ulong lookup, ulong pc)
    {
        var row = _rows.Find(lookup, pc);
        return row is null && modules.ModuleAt(new Address(lookup)) is null && modulesMayHaveCome(lookup)
            ? _rows.Find(lookup, pc)
            : row;
    }

    /// <summary>Replaces a frame's registers by its caller's. Null where there is a caller.</summary>
    private static StackEnd? Step(
        Architecture architecture, UnwindRow row, ref RegisterSet registers, in CopiedMemory memory, ulong pc, List<ulong> addresses)
    {
        if (row.ReturnAddress.Kind == RuleKind.Undefined)
        {
            // "If a return address register is undefined there is no caller" (DWARF 5, 6.4.4).
            return new StackEnd(StackEndKind.Whole);
        }

        if (Cfa(architecture, row, registers, memory, pc, out var cfa) is { } noCfa)
        {
            return noCfa;
        }

        addresses.Add(cfa);
        if (Apply(architecture, row.ReturnAddress, registers, cfa, memory, pc, out var returnAddress) is { } noReturn)
        {
            return noReturn;
        }

        if (returnAddress == 0)
        {
            // Where a thread or a coroutine starts without a caller, its first return address is zero.
            return new StackEnd(StackEndKind.Whole);
        }

        registers.TryGet(architecture.StackPointer, out var stackPointer);
        if (!row.IsSignalFrame && cfa <= stackPointer)
        {
            return new StackEnd(StackEndKind.Loop, pc);
        }

        var caller = registers;
        caller.Keep(architecture.CalleeSaved);
        caller.Set(architecture.StackPointer, cfa);
        foreach (var rule in row.Rules)
        {
            // A register that cannot be had is missed only if a rule needs it later.
            if (Apply(architecture, rule, registers, cfa, memory, pc, out var value) is null)
            {
                caller.Set(rule.Register, value);
            }
            else
            {
                caller.Forget(rule.Register);
            }
        }

        caller.Set(architecture.ReturnAddress, returnAddress);
        registers = caller;
        return null;
    }

    private static StackEnd? Cfa(
        Architecture architecture, UnwindRow row, in RegisterSet registers, in CopiedMemory memory, ulong pc, out ulong cfa)
    {
        if (row.CfaExpression is { } expression)
        {
            return FrameExpression.TryCompute(architecture, expression, registers, 0, memory, out cfa, out var unreadable)
                ? null
                : Failure(unreadable, memory, pc);
        }

        if (!registers.TryGet(row.CfaRegister, out var start))
        {
            cfa = 0;
            return new StackEnd(StackEndKind.UnusableRule, pc);
        }

        cfa = unchecked(start + (ulong)row.CfaOffset) & architecture.Mask;
        return null;
    }

    private static StackEnd? Apply(
        Architecture architecture, RegisterRule rule, in RegisterSet registers, ulong cfa, in CopiedMemory memory, ulong pc, out ulong value)
    {
        ulong? unreadable = null;
        var found = false;
        value = 0;
        switch (rule.Kind)
        {
            case RuleKind.AtCfa:
                unreadable = unchecked(cfa + (ulong)rule.Offset) & architecture.Mask;
                found = memory.TryRead(unreadable.Value, out value);
                break;
            case RuleKind.CfaPlus:
                value = unchecked(cfa + (ulong)rule.Offset) & architecture.Mask;
                found = true;
                break;
            case RuleKind.Same:
                found = registers.TryGet(rule.Register, out value);
                break;
            case RuleKind.Register:
                found = rule.Offset < architecture.Count && registers.TryGet((int)rule.Offset, out value);
                break;
            case RuleKind.AtExpression:
                found = FrameExpression.TryCompute(architecture, rule.Expression, registers, cfa, memory, out var place, out unreadable);
                if (found)
                {
                    unreadable = place;
                    found = memory.TryRead(place, out value);
                }

                break;
            case RuleKind.Expression:
                found = FrameExpression.TryCompute(architecture, rule.Expression, registers, cfa, memory, out value, out unreadable);
                break;
        }

        return found ? null : Failure(unreadable, memory, pc);
    }

    private static StackEnd Failure(ulong? unreadable, in CopiedMemory memory, ulong pc) =>
        unreadable is { } address
            ? memory.WhyUnreadable(address)
            : new StackEnd(StackEndKind.UnusableRule, pc);

    /// <summary>For code without rules (hand-written assembler, just-in-time compilers). Taken only where all of it
    /// makes sense: the frame pointer lies on the copied stack, and the return address is in code.</summary>
    private StackEnd? StepByFramePointer(Architecture architecture, ref RegisterSet registers, in CopiedMemory memory, ulong pc, List<ulong> addresses)
    {
        var word = (ulong)architecture.WordSize;
        registers.TryGet(architecture.StackPointer, out var stackPointer);
        if (registers.TryGet(architecture.FramePointer, out var framePointer)
            && framePointer >= stackPointer && framePointer % word == 0
            && memory.TryRead(framePointer + word, out var returnAddress) && modules.IsCode(new Address(returnAddress)))
        {
            var module = modules.ModuleAt(new Address(pc));
            warnings.Add(
                $"{module?.Name ?? "memory without a file"} has code without call frame information: its callers are found by "
                + "the frame pointer, and one may be missing");
            return Step(architecture, architecture.FramePointerRow, ref registers, memory, pc, addresses);
        }

        if (!memory.HasStack)
        {
            return new StackEnd(StackEndKind.StackUnreadable);
        }

        return new StackEnd(
            modules.ModuleAt(new Address(pc)) is null ? StackEndKind.NoModule : StackEndKind.NoUnwindInformation, pc);
    }
}
