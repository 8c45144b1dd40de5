// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using System.Runtime.CompilerServices;
using Livewatcher.Model;

namespace Livewatcher.Symbols.Unwinding;

/// <summary>The x86-64 registers by DWARF number (System V ABI, AMD64 supplement, figure 3.36). Another architecture
/// means another table here: numbers, callee-saved ones, and how they follow from the sampled registers.</summary>
internal static class X64
{
    public const int Rbx = 3;
    public const int Rbp = 6;
    public const int Rsp = 7;
    public const int R12 = 12;
    public const int R15 = 15;
    public const int ReturnAddress = 16;
    public const int Count = 17;

    /// <summary>A function that does not mention these leaves them as they were (figure 3.4).</summary>
    public static bool IsCalleeSaved(int register) => register is Rbx or Rbp or (>= R12 and <= R15);
}

/// <summary>Register values of one frame; those that nobody saved are unknown.</summary>
internal struct RegisterSet
{
    private Values _values;

    private uint _known;

    public readonly bool TryGet(int register, out ulong value)
    {
        if ((uint)register < X64.Count && (_known & (1u << register)) != 0)
        {
            value = _values[register];
            return true;
        }

        value = 0;
        return false;
    }

    public void Set(int register, ulong value)
    {
        _values[register] = value;
        _known |= 1u << register;
    }

    public void Forget(int register) => _known &= ~(1u << register);

    /// <summary>Keeps what a call preserves, and forgets the rest.</summary>
    public void KeepCalleeSaved() => _known &= CalleeSaved;

    private const uint CalleeSaved = (1u << X64.Rbx) | (1u << X64.Rbp) | (0xfu << X64.R12);

    public static RegisterSet From(in UserRegisters user)
    {
        RegisterSet set = default;
        ReadOnlySpan<ulong> values =
        [
            user.Rax, user.Rdx, user.Rcx, user.Rbx, user.Rsi, user.Rdi, user.Rbp, user.Rsp,
            user.R8, user.R9, user.R10, user.R11, user.R12, user.R13, user.R14, user.R15, user.Rip,
        ];
        for (var i = 0; i < values.Length; i++)
        {
            set.Set(i, values[i]);
        }

        return set;
    }

    [InlineArray(X64.Count)]
    private struct Values
    {
        private ulong _first;
    }
}
