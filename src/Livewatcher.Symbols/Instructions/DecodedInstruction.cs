// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using Iced.Intel;
using Livewatcher.Model;
using Decoded = Iced.Intel.Instruction;

namespace Livewatcher.Symbols.Instructions;

/// <summary>One instruction of the target with everything that does not depend on a hit. Kept for the next hit.</summary>
internal sealed class DecodedInstruction(Decoded instruction, MemoryAccess[] accesses, InstructionText formatter)
{
    private string? _text;
    private Model.Instruction? _last;

    public Decoded Raw => instruction;

    public ulong Start => instruction.IP;

    public MemoryAccess[] Accesses => accesses;

    /// <summary>The one operand that is written; null where the instruction only reads, or writes several (enter
    /// with a nesting level, far calls).</summary>
    public MemoryAccess? Written { get; } =
        Array.FindAll(accesses, access => access.Writes) is [MemoryAccess written] ? written : null;

    /// <summary>True where all its operands in memory are read, and none is written.</summary>
    public bool OnlyReads { get; } = accesses.Length > 0 && !Array.Exists(accesses, access => access.Writes);

    public bool NeedsThreadPointer { get; } = Array.Exists(accesses, access => access.Segment == SegmentBase.ThreadPointer);

    public StoreEffect Effect { get; } = StoreEffect.Of(instruction, Array.Find(accesses, access => access.Writes));

    /// <summary>False where the next instruction to run is elsewhere: what ends at RIP is then not what has run.</summary>
    public bool FallsThrough => instruction.FlowControl is FlowControl.Next or FlowControl.ConditionalBranch
        or FlowControl.XbeginXabortXend;

    public bool IsCall => instruction.FlowControl is FlowControl.Call or FlowControl.IndirectCall
        && instruction.Mnemonic == Mnemonic.Call;

    public bool IsSystemCall => IsSystemCallOf(instruction);

    public bool IsRepeatedString => instruction.IsStringInstruction && (instruction.HasRepPrefix || instruction.HasRepnePrefix);

    public string Text => _text ??= formatter.Format(instruction);

    /// <summary>syscall, sysenter or int 0x80.</summary>
    public static bool IsSystemCallOf(in Decoded instruction) =>
        instruction.Mnemonic is Mnemonic.Syscall or Mnemonic.Sysenter
        || (instruction.Mnemonic == Mnemonic.Int && instruction.Immediate8 == 0x80);

    /// <summary>The published form. The same object as last time where nothing differs.</summary>
    public Model.Instruction Publish(bool proven, ulong? stores, Address? effectiveAddress, bool isCertain)
    {
        var onlyReads = isCertain && OnlyReads;
        if (_last is null || _last.Proven != proven || _last.Stores != stores || _last.EffectiveAddress != effectiveAddress || _last.OnlyReads != onlyReads)
        {
            _last = new Model.Instruction(new Address(Start), Text, proven, stores, effectiveAddress) { OnlyReads = onlyReads };
        }

        return _last;
    }
}
