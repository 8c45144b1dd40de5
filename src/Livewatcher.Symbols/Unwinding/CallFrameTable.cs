// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using Livewatcher.Symbols.Interop;
using Livewatcher.Symbols.Modules;

namespace Livewatcher.Symbols.Unwinding;

/// <summary>A module's call frame information, read by libdw: .eh_frame, else .debug_frame.</summary>
internal sealed class CallFrameTable
{
    private readonly nint _ehFrame;

    private readonly ulong _ehBias;

    private readonly ElfModule _module;

    private readonly Architecture _architecture;

    private nint _debugFrame;

    private ulong _debugBias;

    private bool _debugFrameLoaded;

    public CallFrameTable(ElfModule module)
    {
        _module = module;
        _architecture = Architecture.Of(module.Image.Layout);
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

    private UnwindRow? Read(nint table, ulong address)
    {
        if (!CallFrame.TryOpen(table, address, out var frame))
        {
            return null;
        }

        using (frame)
        {
            return ReadRow(frame);
        }
    }

    private UnwindRow? ReadRow(in CallFrame frame)
    {
        var column = frame.ReturnColumn;
        if (column < 0 || column >= _architecture.Count || frame.ReadCfa() is not { } cfa)
        {
            return null;
        }

        var simple = cfa is [{ Atom: FrameOp.BregX }] && cfa[0].Number < (ulong)_architecture.Count;
        return new UnwindRow
        {
            CfaRegister = simple ? (int)cfa[0].Number : 0,
            CfaOffset = simple ? (long)cfa[0].Number2 : 0,
            CfaExpression = simple ? null : cfa,
            ReturnAddress = ReadRule(frame, column),
            Rules = [.. ReadRules(frame, column)],
            IsSignalFrame = frame.IsSignalFrame,
        };
    }

    private List<RegisterRule> ReadRules(in CallFrame frame, int column)
    {
        List<RegisterRule> rules = [];
        for (var register = 0; register < _architecture.ReturnAddress; register++)
        {
            var rule = ReadRule(frame, register);
            if (register != column && !IsConvention(rule))
            {
                rules.Add(rule);
            }
        }

        return rules;
    }

    /// <summary>What the calling convention says where the table says nothing. libdw cannot tell that from "undefined"; no
    /// compiler declares a callee-saved register lost.</summary>
    private bool IsConvention(RegisterRule rule) => rule.Kind switch
    {
        RuleKind.Undefined => true,
        RuleKind.Same => (_architecture.Unspoken & (1u << rule.Register)) != 0,
        RuleKind.CfaPlus => rule.Register == _architecture.StackPointer && rule.Offset == 0,
        _ => false,
    };

    private static RegisterRule ReadRule(in CallFrame frame, int register)
    {
        var number = (byte)register;
        switch (frame.ReadRegister(register, out var all))
        {
            case FrameRegisterState.Undefined:
                return new RegisterRule(number, RuleKind.Undefined, 0);
            case FrameRegisterState.Same:
                return new RegisterRule(number, RuleKind.Same, 0);
        }

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
}
