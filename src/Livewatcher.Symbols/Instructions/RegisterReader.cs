// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using Iced.Intel;
using Livewatcher.Model;

namespace Livewatcher.Symbols.Instructions;

/// <summary>Values of general registers by their number in instruction encodings (Intel SDM vol. 2, table 3-1).</summary>
internal static class RegisterReader
{
    public const int Rax = 0;
    public const int Rcx = 1;
    public const int Rdx = 2;
    public const int Rbx = 3;
    public const int Rsp = 4;
    public const int Rbp = 5;
    public const int Rsi = 6;
    public const int Rdi = 7;

    /// <summary>No register.</summary>
    public const int None = -1;

    /// <summary>The whole 64-bit register.</summary>
    public static ulong Full(in UserRegisters registers, int number) => number switch
    {
        Rax => registers.Rax,
        Rcx => registers.Rcx,
        Rdx => registers.Rdx,
        Rbx => registers.Rbx,
        Rsp => registers.Rsp,
        Rbp => registers.Rbp,
        Rsi => registers.Rsi,
        Rdi => registers.Rdi,
        8 => registers.R8,
        9 => registers.R9,
        10 => registers.R10,
        11 => registers.R11,
        12 => registers.R12,
        13 => registers.R13,
        14 => registers.R14,
        15 => registers.R15,
        _ => 0,
    };

    /// <summary>The number of the 64-bit register that holds a general register; None for any other register.</summary>
    public static int NumberOf(Register register)
    {
        Register full = register.GetFullRegister();
        return full is >= Register.RAX and <= Register.R15 ? full - Register.RAX : None;
    }

    /// <summary>The value of a general register of any width, zero-extended; AH to DH included.</summary>
    public static ulong Value(in UserRegisters registers, Register register)
    {
        ulong full = Full(registers, NumberOf(register));
        return register is Register.AH or Register.BH or Register.CH or Register.DH
            ? (full >> 8) & 0xff
            : full & MaskOf(register.GetSize());
    }

    public static ulong MaskOf(int bytes) => bytes >= sizeof(ulong) ? ulong.MaxValue : (1UL << (bytes * 8)) - 1;
}
