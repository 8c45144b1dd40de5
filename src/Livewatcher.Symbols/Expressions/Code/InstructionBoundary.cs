// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using Iced.Intel;
using Livewatcher.Model;
using Livewatcher.Symbols.Expressions.Memory;

namespace Livewatcher.Symbols.Expressions.Code;

/// <summary>Where instructions begin: x86 code can only be read forward, from a place known to begin one.</summary>
internal static class InstructionBoundary
{
    private const int MostBytes = 1 << 20;
    private const int LongestInstruction = 15;

    /// <summary>Start of the instruction that covers an address; null where the code cannot be read or decoded.</summary>
    /// <param name="view">The process.</param>
    /// <param name="function">A place where an instruction begins, at or before the address.</param>
    /// <param name="address">The address asked for.</param>
    internal static Address? Before(TargetView view, Address function, Address address)
    {
        ulong distance = address - function;
        if (address < function || distance > MostBytes)
        {
            return null;
        }

        byte[] code = new byte[(int)distance + LongestInstruction];
        if (!view.Process.Memory.TryRead(function, code))
        {
            code = code[..(int)distance];
            if (!view.Process.Memory.TryRead(function, code))
            {
                return null;
            }
        }

        var decoder = Decoder.Create(view.PointerSize * 8, new ByteArrayCodeReader(code), function.Value);
        while (decoder.IP < address.Value)
        {
            decoder.Decode(out Iced.Intel.Instruction instruction);
            if (instruction.IsInvalid)
            {
                return null;
            }

            if (instruction.NextIP > address.Value)
            {
                return new Address(instruction.IP);
            }
        }

        return address;
    }
}
