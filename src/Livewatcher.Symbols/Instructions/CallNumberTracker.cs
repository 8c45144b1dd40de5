// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using Iced.Intel;
using Decoded = Iced.Intel.Instruction;

namespace Livewatcher.Symbols.Instructions;

/// <summary>What EAX holds along a function's code: the number of the system call that comes next (syscall(2)). Fed with the
/// function's instructions in their order. A constant holds until something else may have changed it: another write, a call, or
/// a place where a jump from elsewhere leads.</summary>
internal sealed class CallNumberTracker
{
    private readonly InstructionInfoFactory _factory = new();
    private readonly HashSet<ulong> _targets = [];
    private int? _number;
    private ulong _setAt;
    private ulong _end;

    /// <summary>The number behind the instructions fed so far; null where it is none constant.</summary>
    public int? Number => _number is { } && !IsJoined() ? _number : null;

    public void Feed(in Decoded instruction)
    {
        if (instruction.FlowControl is FlowControl.ConditionalBranch or FlowControl.UnconditionalBranch)
        {
            _targets.Add(instruction.NearBranchTarget);
        }

        _end = instruction.NextIP;
        if (ConstantOf(instruction) is { } constant)
        {
            (_number, _setAt) = (constant, instruction.IP);
        }
        else if (_number is not null && MayChange(instruction))
        {
            _number = null;
        }
    }

    private static int? ConstantOf(in Decoded instruction)
    {
        bool isWhole = instruction.Op0Kind == OpKind.Register && instruction.Op0Register is Register.EAX or Register.RAX;
        if (!isWhole)
        {
            return null;
        }

        return instruction.Mnemonic switch
        {
            Mnemonic.Mov when instruction.Op1Kind is OpKind.Immediate32 or OpKind.Immediate32to64 or OpKind.Immediate64 =>
                (int)instruction.GetImmediate(1),
            Mnemonic.Xor or Mnemonic.Sub when instruction.Op1Kind == OpKind.Register && instruction.Op1Register == instruction.Op0Register => 0,
            _ => null,
        };
    }

    private bool MayChange(in Decoded instruction)
    {
        if (instruction.FlowControl is not (FlowControl.Next or FlowControl.ConditionalBranch))
        {
            return true;
        }

        foreach (UsedRegister used in _factory.GetInfo(instruction, InstructionInfoOptions.NoMemoryUsage).GetUsedRegisters())
        {
            if (used.Register.GetFullRegister32() == Register.EAX
                && used.Access is OpAccess.Write or OpAccess.CondWrite or OpAccess.ReadWrite or OpAccess.ReadCondWrite)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>A jump leads behind the constant: EAX may come from elsewhere.</summary>
    private bool IsJoined()
    {
        foreach (ulong target in _targets)
        {
            if (target > _setAt && target <= _end)
            {
                return true;
            }
        }

        return false;
    }
}
