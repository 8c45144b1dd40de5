// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using Iced.Intel;
using Decoded = Iced.Intel.Instruction;

namespace Livewatcher.Symbols.Instructions;

/// <summary>Turns an instruction into formulas for its memory operands that hold after it has run.</summary>
internal sealed class MemoryAccessPlanner
{
    // FXSAVE region and XSAVE header are always there; how much follows depends on XCR0 (Intel SDM vol. 1, 13.4).
    private const int XsaveFixedSize = 576;
    private const int XsaveSlack = 16384;

    // Fast string operations may report a breakpoint after a group of elements, as large as a cache line.
    private const int FastStringSlack = 64;
    private const int CacheLine = 64;

    private readonly InstructionInfoFactory _factory = new();

    public MemoryAccess[] Plan(Decoded instruction, int bitness)
    {
        InstructionInfo info = _factory.GetInfo(instruction, InstructionInfoOptions.None);
        uint overwritten = OverwrittenRegisters(instruction, info);
        var accesses = new List<MemoryAccess>();
        foreach (UsedMemory memory in info.GetUsedMemory())
        {
            if (memory.Access != OpAccess.NoMemAccess)
            {
                accesses.Add(PlanOne(instruction, memory, overwritten, bitness));
            }
        }

        if (instruction.Mnemonic == Mnemonic.Clzero)
        {
            accesses.Add(new MemoryAccess
            {
                Reads = false, Writes = true, Known = true, Size = CacheLine, Base = RegisterReader.Rax, Alignment = CacheLine,
            });
        }

        return [.. accesses];
    }

    private static MemoryAccess PlanOne(Decoded instruction, UsedMemory memory, uint overwritten, int bitness)
    {
        bool isString = instruction.IsStringInstruction;
        bool isRepeated = isString && (instruction.HasRepPrefix || instruction.HasRepnePrefix);
        int size = isString ? instruction.MemorySize.GetSize() : memory.MemorySize.GetSize();
        int slack = isRepeated ? FastStringSlack : 0;
        if (memory.MemorySize is MemorySize.Xsave or MemorySize.Xsave64)
        {
            (size, slack) = (XsaveFixedSize, XsaveSlack);
        }

        int baseRegister = RegisterReader.NumberOf(memory.Base);
        int index = RegisterReader.NumberOf(memory.Index);
        long undo = 0;
        int step = 0;
        bool baseKnown = baseRegister == RegisterReader.None || (overwritten & (1u << baseRegister)) == 0;
        if (instruction.IsStackInstruction && instruction.Mnemonic == Mnemonic.Leave)
        {
            // leave: rsp = rbp; pop rbp. What was popped lies right below the new stack pointer.
            (baseRegister, undo, baseKnown) = (RegisterReader.Rsp, -size, true);
        }
        else if (instruction.IsStackInstruction && baseRegister == RegisterReader.Rsp)
        {
            undo = -instruction.StackPointerIncrement;
        }
        else if (isString)
        {
            step = size;
            baseKnown = true;
        }

        return new MemoryAccess
        {
            Reads = memory.Access is OpAccess.Read or OpAccess.CondRead or OpAccess.ReadWrite or OpAccess.ReadCondWrite,
            Writes = memory.Access is OpAccess.Write or OpAccess.CondWrite or OpAccess.ReadWrite or OpAccess.ReadCondWrite,
            Size = Math.Max(size, 1),
            Slack = slack,
            Known = size > 0 && memory.VsibSize == 0 && baseKnown
                && (index == RegisterReader.None || (overwritten & (1u << index)) == 0),
            Base = baseRegister,
            Index = index,
            Scale = memory.Scale,
            Displacement = memory.Displacement,
            Segment = SegmentOf(memory.Segment, bitness),
            Mask = memory.AddressSize == CodeSize.Code64 ? ulong.MaxValue : uint.MaxValue,
            LinearMask = bitness == 64 ? ulong.MaxValue : uint.MaxValue,
            BaseUndo = undo,
            StringStep = step,
            BitIndex = BitIndexOf(instruction),
        };
    }

    private static SegmentBase SegmentOf(Register segment, int bitness) => segment switch
    {
        Register.FS when bitness == 64 => SegmentBase.ThreadPointer,
        Register.GS when bitness == 32 => SegmentBase.ThreadPointer,
        Register.FS or Register.GS => SegmentBase.Unknown,
        _ => SegmentBase.Flat,
    };

    private static int BitIndexOf(Decoded instruction) =>
        instruction.Mnemonic is Mnemonic.Bt or Mnemonic.Bts or Mnemonic.Btr or Mnemonic.Btc
        && instruction.Op0Kind == OpKind.Memory && instruction.Op1Kind == OpKind.Register
            ? RegisterReader.NumberOf(instruction.Op1Register)
            : RegisterReader.None;

    /// <summary>A bit for each general register whose value before the instruction is lost. The stack pointer's
    /// own movement by push, pop, call and ret is not: it is undone.</summary>
    private static uint OverwrittenRegisters(Decoded instruction, InstructionInfo info)
    {
        uint overwritten = 0;
        foreach (UsedRegister used in info.GetUsedRegisters())
        {
            int number = RegisterReader.NumberOf(used.Register);
            bool isWritten = used.Access is OpAccess.Write or OpAccess.CondWrite or OpAccess.ReadWrite or OpAccess.ReadCondWrite;
            bool isStackMovement = number == RegisterReader.Rsp && instruction.IsStackInstruction && used.Access == OpAccess.ReadWrite;
            if (isWritten && number != RegisterReader.None && !isStackMovement)
            {
                overwritten |= 1u << number;
            }
        }

        return overwritten;
    }
}
