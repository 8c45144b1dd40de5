// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using System.Buffers.Binary;
using Iced.Intel;
using Livewatcher.Model;
using Decoded = Iced.Intel.Instruction;

namespace Livewatcher.Symbols.Instructions;

/// <summary>How the bytes that an instruction leaves in memory follow from the registers after it.</summary>
internal enum StoreForm
{
    /// <summary>They do not (vector registers, memory to memory, overwritten source).</summary>
    Unknown,

    /// <summary>Memory keeps its bytes: the instruction only reads.</summary>
    None,

    Register,
    ByteSwappedRegister,
    Immediate,

    /// <summary>push rsp stores the stack pointer as it was before.</summary>
    StackPointer,

    /// <summary>setcc stores a bit that follows from EFLAGS, which it leaves alone.</summary>
    Condition,

    /// <summary>ZF says whether the source was stored; if not, the accumulator holds what memory held.</summary>
    CompareExchange,

    /// <summary>cmpxchg8b and cmpxchg16b: the same with register pairs.</summary>
    CompareExchangePair,

    /// <summary>A function of what memory held and of a source that is still there.</summary>
    ReadModifyWrite,
}

/// <summary>What an instruction stores. Sources are general registers, immediates and flags: vector registers are
/// not sampled.</summary>
internal sealed class StoreEffect
{
    private const ulong ZeroFlag = 1UL << 6;

    private readonly Mnemonic _mnemonic;
    private readonly Register _source;
    private readonly ulong _immediate;
    private readonly ConditionCode _condition;

    private StoreEffect(StoreForm form, int size, Decoded instruction, Register source = Register.None, ulong immediate = 0)
    {
        Form = form;
        Size = size;
        _mnemonic = instruction.Mnemonic;
        _condition = instruction.ConditionCode;
        _source = source;
        _immediate = immediate;
    }

    public StoreForm Form { get; }

    /// <summary>Bytes stored, 1 to 16.</summary>
    public int Size { get; }

    public static StoreEffect Of(Decoded instruction, MemoryAccess? written)
    {
        if (written is null)
        {
            return new StoreEffect(StoreForm.None, 0, instruction);
        }

        int size = written.Size;
        (StoreForm form, int operand) = instruction.Mnemonic switch
        {
            Mnemonic.Mov or Mnemonic.Movnti or Mnemonic.Movdiri => (StoreForm.Register, 1),
            Mnemonic.Stosb or Mnemonic.Stosw or Mnemonic.Stosd or Mnemonic.Stosq => (StoreForm.Register, 1),
            Mnemonic.Movbe => (StoreForm.ByteSwappedRegister, 1),
            Mnemonic.Push => (StoreForm.Register, 0),
            Mnemonic.Cmpxchg => (StoreForm.CompareExchange, 1),
            Mnemonic.Cmpxchg8b or Mnemonic.Cmpxchg16b => (StoreForm.CompareExchangePair, -1),
            Mnemonic.Add or Mnemonic.Sub or Mnemonic.And or Mnemonic.Or or Mnemonic.Xor => (StoreForm.ReadModifyWrite, 1),
            Mnemonic.Bts or Mnemonic.Btr or Mnemonic.Btc => (StoreForm.ReadModifyWrite, 1),
            Mnemonic.Inc or Mnemonic.Dec or Mnemonic.Not or Mnemonic.Neg => (StoreForm.ReadModifyWrite, -1),
            Mnemonic.Call => (StoreForm.Immediate, -1),
            _ when instruction.ConditionCode != ConditionCode.None && instruction.OpCount == 1 => (StoreForm.Condition, -1),
            _ => (StoreForm.Unknown, -1),
        };

        if (instruction.Mnemonic == Mnemonic.Call)
        {
            bool isNear = instruction.FlowControl is FlowControl.Call or FlowControl.IndirectCall && !instruction.IsCallFarIndirect;
            return new StoreEffect(isNear ? form : StoreForm.Unknown, size, instruction, immediate: instruction.NextIP);
        }

        if (operand < 0)
        {
            return new StoreEffect(form, size, instruction);
        }

        return instruction.GetOpKind(operand) switch
        {
            OpKind.Register when RegisterReader.NumberOf(instruction.GetOpRegister(operand)) == RegisterReader.Rsp
                && instruction.Mnemonic == Mnemonic.Push => new StoreEffect(StoreForm.StackPointer, size, instruction),
            OpKind.Register when instruction.GetOpRegister(operand).IsGPR() =>
                new StoreEffect(form, size, instruction, instruction.GetOpRegister(operand)),
            OpKind.Register or OpKind.Memory => new StoreEffect(StoreForm.Unknown, size, instruction),
            _ when form is StoreForm.ReadModifyWrite =>
                new StoreEffect(form, size, instruction, immediate: instruction.GetImmediate(operand)),
            _ => new StoreEffect(StoreForm.Immediate, size, instruction, immediate: instruction.GetImmediate(operand)),
        };
    }

    /// <summary>The stored bytes, little endian in the low <see cref="Size"/> bytes, where they follow from the
    /// registers alone.</summary>
    public bool TryPlain(in UserRegisters registers, out UInt128 value)
    {
        bool isZero = (registers.Eflags & ZeroFlag) != 0;
        UInt128? stored = Form switch
        {
            StoreForm.Register => RegisterReader.Value(registers, _source),
            StoreForm.ByteSwappedRegister =>
                BinaryPrimitives.ReverseEndianness(RegisterReader.Value(registers, _source)) >> (64 - (Size * 8)),
            StoreForm.Immediate => _immediate,
            StoreForm.StackPointer => registers.Rsp + (ulong)Size,
            StoreForm.Condition => EvaluateCondition(registers.Eflags) ? 1UL : 0UL,
            StoreForm.CompareExchange => isZero ? RegisterReader.Value(registers, _source) : registers.Rax,
            StoreForm.CompareExchangePair => Size == 16
                ? new UInt128(isZero ? registers.Rcx : registers.Rdx, isZero ? registers.Rbx : registers.Rax)
                : ((isZero ? registers.Rcx : registers.Rdx) << 32) | (uint)(isZero ? registers.Rbx : registers.Rax),
            _ => null,
        };

        value = stored.GetValueOrDefault() & (Size >= 16 ? UInt128.MaxValue : (UInt128.One << (Size * 8)) - 1);
        return stored is not null;
    }

    /// <summary>The operand's bytes after a read-modify-write, from those before.</summary>
    public ulong Modify(in UserRegisters registers, ulong operand)
    {
        ulong source = _source == Register.None ? _immediate : RegisterReader.Value(registers, _source);
        ulong bit = 1UL << (int)(source & (ulong)((Size * 8) - 1));
        ulong result = _mnemonic switch
        {
            Mnemonic.Add => operand + source,
            Mnemonic.Sub => operand - source,
            Mnemonic.Inc => operand + 1,
            Mnemonic.Dec => operand - 1,
            Mnemonic.Neg => 0 - operand,
            Mnemonic.Not => ~operand,
            Mnemonic.And => operand & source,
            Mnemonic.Or => operand | source,
            Mnemonic.Bts => operand | bit,
            Mnemonic.Btr => operand & ~bit,
            Mnemonic.Btc => operand ^ bit,
            _ => operand ^ source,
        };
        return result & RegisterReader.MaskOf(Size);
    }

    /// <summary>True where each byte of the result depends on the same byte only, so that a part can be computed
    /// without the bytes below it.</summary>
    public bool IsBytewise => _mnemonic is Mnemonic.And or Mnemonic.Or or Mnemonic.Xor or Mnemonic.Not
        or Mnemonic.Bts or Mnemonic.Btr or Mnemonic.Btc;

    // Intel SDM vol. 1, appendix B.
    private bool EvaluateCondition(ulong flags)
    {
        bool carry = (flags & 1) != 0;
        bool parity = (flags & (1 << 2)) != 0;
        bool zero = (flags & ZeroFlag) != 0;
        bool sign = (flags & (1 << 7)) != 0;
        bool overflow = (flags & (1 << 11)) != 0;
        return _condition switch
        {
            ConditionCode.o => overflow,
            ConditionCode.no => !overflow,
            ConditionCode.b => carry,
            ConditionCode.ae => !carry,
            ConditionCode.e => zero,
            ConditionCode.ne => !zero,
            ConditionCode.be => carry || zero,
            ConditionCode.a => !carry && !zero,
            ConditionCode.s => sign,
            ConditionCode.ns => !sign,
            ConditionCode.p => parity,
            ConditionCode.np => !parity,
            ConditionCode.l => sign != overflow,
            ConditionCode.ge => sign == overflow,
            ConditionCode.le => zero || sign != overflow,
            _ => !zero && sign == overflow,
        };
    }
}
