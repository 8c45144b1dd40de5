// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using System.Runtime.InteropServices;
using Livewatcher.Symbols.Interop;
using Livewatcher.Symbols.Modules;

namespace Livewatcher.Symbols.Unwinding;

/// <summary>A module's call frame information, read by libdw: .eh_frame, else .debug_frame.</summary>
internal sealed unsafe class CallFrameTable
{
    /// <summary>Longer expressions than any compiler writes are taken for damage.</summary>
    private const int MaxOperations = 64;

    /// <summary>libdw fills at most three operations of its own.</summary>
    private const int ScratchSize = 3;

    private readonly nint _ehFrame;

    private readonly ulong _ehBias;

    private readonly ElfModule _module;

    private nint _debugFrame;

    private ulong _debugBias;

    private bool _debugFrameLoaded;

    public CallFrameTable(ElfModule module)
    {
        _module = module;
        _ehFrame = DwflNative.ModuleEhFrame(module.Handle, out _ehBias);
    }

    /// <summary>The row for a target address; null where there is none or it makes no sense.</summary>
    public UnwindRow? Find(ulong address) => Read(_ehFrame, address - _ehBias) ?? FindInDebugFrame(address);

    private UnwindRow? FindInDebugFrame(ulong address)
    {
        if (!_debugFrameLoaded)
        {
            _debugFrameLoaded = true;
            _debugFrame = DwflNative.ModuleDebugFrame(_module.Handle, out _debugBias);
        }

        return Read(_debugFrame, address - _debugBias);
    }

    private static UnwindRow? Read(nint table, ulong address)
    {
        if (table == 0 || DwflUnwindTables.AddressFrame(table, address, out var frame) != 0)
        {
            return null;
        }

        try
        {
            return ReadRow(frame);
        }
        finally
        {
            // dwarf_cfi_addrframe: "the caller must free it", with free(3), which is what this calls.
            NativeMemory.Free((void*)frame);
        }
    }

    private static UnwindRow? ReadRow(nint frame)
    {
        var column = DwflUnwindTables.FrameInfo(frame, out _, out _, out var isSignal);
        if (column is < 0 or >= X64.Count
            || DwflUnwindTables.FrameCfa(frame, out var cfa, out var cfaCount) != 0 || cfaCount is 0 or > MaxOperations)
        {
            return null;
        }

        var simple = cfaCount == 1 && cfa->Atom == FrameOp.BregX && cfa->Number < X64.Count;
        return new UnwindRow
        {
            CfaRegister = simple ? (int)cfa->Number : 0,
            CfaOffset = simple ? (long)cfa->Number2 : 0,
            CfaExpression = simple ? null : Copy(cfa, cfaCount),
            ReturnAddress = ReadRule(frame, column),
            Rules = [.. ReadRules(frame, column)],
            IsSignalFrame = isSignal != 0,
        };
    }

    private static List<RegisterRule> ReadRules(nint frame, int column)
    {
        List<RegisterRule> rules = [];
        for (var register = 0; register < X64.ReturnAddress; register++)
        {
            var rule = ReadRule(frame, register);
            if (register != column && !IsConvention(rule))
            {
                rules.Add(rule);
            }
        }

        return rules;
    }

    /// <summary>What the calling convention says where the table says nothing. libdw cannot tell that from "undefined",
    /// and its own defaults take rax for rbx (backends/x86_64_cfi.c in 0.188); no compiler declares a callee-saved
    /// register lost.</summary>
    private static bool IsConvention(RegisterRule rule) => rule.Kind switch
    {
        RuleKind.Undefined => true,
        RuleKind.Same => rule.Register == 0 || X64.IsCalleeSaved(rule.Register),
        RuleKind.CfaPlus => rule is { Register: X64.Rsp, Offset: 0 },
        _ => false,
    };

    private static RegisterRule ReadRule(nint frame, int register)
    {
        var scratch = stackalloc DwarfNativeOperation[ScratchSize];
        var number = (byte)register;
        if (DwflUnwindTables.FrameRegister(frame, register, scratch, out var operations, out var count) != 0
            || count > MaxOperations)
        {
            return new RegisterRule(number, RuleKind.Undefined, 0);
        }

        if (count == 0)
        {
            return new RegisterRule(number, operations == null ? RuleKind.Same : RuleKind.Undefined, 0);
        }

        var all = Copy(operations, count);
        if (all is [{ Atom: FrameOp.RegX }])
        {
            return new RegisterRule(number, RuleKind.Register, (long)all[0].Number);
        }

        var isValue = all[^1].Atom == DwarfOp.StackValue;
        if (isValue)
        {
            all = all[..^1];
        }

        return all switch
        {
            [{ Atom: FrameOp.CallFrameCfa }] =>
                new RegisterRule(number, isValue ? RuleKind.CfaPlus : RuleKind.AtCfa, 0),
            [{ Atom: FrameOp.CallFrameCfa }, { Atom: DwarfOp.PlusUconst }] =>
                new RegisterRule(number, isValue ? RuleKind.CfaPlus : RuleKind.AtCfa, (long)all[1].Number),
            _ => new RegisterRule(number, isValue ? RuleKind.Expression : RuleKind.AtExpression, 0, all),
        };
    }

    private static DwarfOperation[] Copy(DwarfNativeOperation* operations, nuint count)
    {
        var copy = new DwarfOperation[(int)count];
        for (var i = 0; i < copy.Length; i++)
        {
            copy[i] = new DwarfOperation(operations[i].Atom, operations[i].Number, operations[i].Number2);
        }

        return copy;
    }
}
