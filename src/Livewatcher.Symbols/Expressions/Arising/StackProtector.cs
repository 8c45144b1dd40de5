// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using Iced.Intel;
using Livewatcher.Model;
using Livewatcher.Symbols.Unwinding;

namespace Livewatcher.Symbols.Expressions.Arising;

/// <summary>Finds where -fstack-protector keeps the word by which a function notices that its frame was overrun: it is read from the thread's
/// control block, %fs:0x28 (glibc's tcbhead_t.stack_guard, gcc's TARGET_THREAD_SSP_OFFSET), and stored into the frame.</summary>
internal static class StackProtector
{
    private const ulong GuardOffset = 0x28;

    /// <summary>The compiler may put other instructions between the load and the store.</summary>
    private const int MostBetween = 32;

    /// <returns>The word's offset from the CFA, and the instructions behind the stores.</returns>
    /// <exception cref="RefusalException">The function has none, or its place cannot be told.</exception>
    internal static (long Offset, IReadOnlyList<ProbePlace> Places) Find(FrameCode code)
    {
        List<(long Offset, ProbePlace Place)> found = [];
        for (int i = 0; i < code.Code.Count; i++)
        {
            Iced.Intel.Instruction load = code.Code[i];
            if (load is { Mnemonic: Mnemonic.Mov, Op0Kind: OpKind.Register, Op1Kind: OpKind.Memory, SegmentPrefix: Register.FS, MemoryBase: Register.None, MemoryDisplacement64: GuardOffset }
                && StoreOf(code, i, load.Op0Register) is { } store)
            {
                found.Add(PlaceOf(code, store));
            }
        }

        if (found.Count == 0)
        {
            throw new RefusalException($"{code.Function.Name} has no stack protector's word: it was compiled without -fstack-protector-strong (or -all), or has nothing to protect");
        }

        return found.TrueForAll(one => one.Offset == found[0].Offset)
            ? (found[0].Offset, [.. found.Select(one => one.Place).Distinct()])
            : throw new RefusalException($"{code.Function.Name} keeps its stack protector's word at several places");
    }

    private static Iced.Intel.Instruction? StoreOf(FrameCode code, int load, Register register)
    {
        for (int i = load + 1; i < code.Code.Count && i <= load + MostBetween; i++)
        {
            Iced.Intel.Instruction next = code.Code[i];
            if (next is { Mnemonic: Mnemonic.Mov, Op0Kind: OpKind.Memory, MemoryIndex: Register.None } && next.Op1Kind == OpKind.Register && next.Op1Register == register)
            {
                return next.MemoryBase is Register.RSP or Register.RBP ? next : null;
            }

            // The end of the function compares; and what is overwritten is not stored.
            if (next.FlowControl is not FlowControl.Next || (next.Op0Kind == OpKind.Register && next.Op0Register.GetFullRegister() == register))
            {
                return null;
            }
        }

        return null;
    }

    private static (long Offset, ProbePlace Place) PlaceOf(FrameCode code, Iced.Intel.Instruction store)
    {
        int register = store.MemoryBase == Register.RBP ? X64.Rbp : X64.Rsp;
        long displacement = unchecked((long)store.MemoryDisplacement64);
        return code.CfaAt(store.NextIP) is var (cfa, offset) && cfa == register
            ? (displacement - offset, new ProbePlace(ProbeKind.Enter, new Address(store.NextIP), register == X64.Rbp, offset))
            : throw new RefusalException($"the frames of {code.Function.Name} are aligned when they are made: where its stack protector's word is, is known then only");
    }
}
