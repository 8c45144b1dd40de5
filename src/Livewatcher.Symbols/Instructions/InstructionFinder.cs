// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using Livewatcher.Model;
using Livewatcher.Symbols.Modules;

namespace Livewatcher.Symbols.Instructions;

/// <summary>Finds the instruction that made an access, and what it stored. For data the processor reports the
/// instruction behind it (Intel SDM vol. 3, 18.2.4), so what is found is held against the registers: proven means
/// that its operand covers the watched bytes, or for a hit in the kernel that it is the system call. Null where the
/// instruction at hand cannot have done it, as after a jump or a return that read the watched bytes. Not thread-safe.</summary>
internal sealed class InstructionFinder
{
    private const int MostSlots = 16;

    /// <summary>The answers for four slots, made before the first hit asks.</summary>
    private readonly int[][] _indices = [.. Enumerable.Range(0, 1 << 4).Select(ToIndices)];
    private readonly SiteCache _sites;
    private readonly WriterSearch _search;

    /// <param name="memory">The target's memory, for code without a file and for pointers of indirect calls.</param>
    /// <param name="moduleAt">The module that covers an address.</param>
    /// <param name="nameOf">Names operands in the text; null leaves addresses.</param>
    /// <param name="threadPointer">A thread's pointer to itself; without it accesses to thread-local variables stay unproven.</param>
    public InstructionFinder(
        ITargetMemory memory, Func<Address, ILoadedModule?> moduleAt, Func<Address, string?>? nameOf = null,
        Func<ThreadId, Address?>? threadPointer = null)
    {
        _sites = new SiteCache(memory, moduleAt, nameOf);
        _search = new WriterSearch(memory, _sites, new ThreadPointers(threadPointer));
    }

    /// <summary>Drops what is remembered. To be called when modules have come or gone.</summary>
    public void Forget() => _sites.Forget();

    /// <summary>The instruction that made the access; null where none can be named.</summary>
    public Instruction? Find(RawHit hit, IReadOnlyList<HardwareSlot> candidates)
    {
        Span<HardwareSlot> slots = stackalloc HardwareSlot[MostSlots];
        UserRegisters registers = hit.Registers;
        Finding finding = _search.Decide(hit, registers, Narrow(hit, candidates, slots));
        if (finding.Instruction is null)
        {
            return null;
        }

        ulong? stores = !finding.IsAtRip
            && finding.Instruction.Effect is { Form: not StoreForm.None, Size: <= sizeof(ulong) } effect
            && effect.TryPlain(registers, out UInt128 value) ? (ulong)value : null;
        Address? address = finding.EffectiveAddress is { } effective ? new Address(effective) : null;
        return finding.Instruction.Publish(finding.IsProven, stores, address, finding.IsCertain);
    }

    /// <summary>The number of the system call that a thread is in, where the source of its registers does not tell it.</summary>
    /// <returns>Null where the code does not tell it either.</returns>
    public int? CallNumber(in UserRegisters registers) => _search.CallNumber(registers);

    /// <summary>The slots, as indices into candidates, that the instruction of a hit has touched. Where that cannot
    /// be proven: the hit's own slot, or the only one there is; else none.</summary>
    public IReadOnlyList<int> TouchedSlots(RawHit hit, IReadOnlyList<HardwareSlot> candidates)
    {
        if (candidates.Count == 1)
        {
            return _indices[1];
        }

        Span<HardwareSlot> slots = stackalloc HardwareSlot[MostSlots];
        UserRegisters registers = hit.Registers;
        Finding finding = _search.Decide(hit, registers, Narrow(hit, candidates, slots));
        bool isProven = finding is { Instruction: not null, Proof: Proof.Proven } && hit.Origin == HitOrigin.User;
        uint touched = 0;
        for (int i = 0; i < Math.Min(candidates.Count, MostSlots); i++)
        {
            HardwareSlot slot = candidates[i];
            bool isTouched = !isProven ? hit.Slot >= 0 && slot.Address == hit.Address
                : finding.IsAtRip ? slot.Mode == AccessMode.Execute && slot.Address.Value == registers.Rip
                : _search.Judge(finding.Instruction!, hit.Thread, registers, [slot]).Proof == Proof.Proven;
            touched |= isTouched ? 1u << i : 0;
        }

        return touched < _indices.Length ? _indices[touched] : ToIndices((int)touched);
    }

    /// <summary>Whether the instruction of a hit has touched some bytes of its slot: whoever shares the slot asks for his own.</summary>
    /// <param name="hit">The hit.</param>
    /// <param name="slot">The slot it is for: what has touched it is the instruction.</param>
    /// <param name="part">The bytes.</param>
    /// <returns>Null where that cannot be told.</returns>
    public bool? HasTouched(RawHit hit, HardwareSlot slot, HardwareSlot part)
    {
        if (hit.Origin == HitOrigin.Kernel)
        {
            return null;
        }

        UserRegisters registers = hit.Registers;
        Finding finding = _search.Decide(hit, registers, [slot]);
        if (finding.Instruction is null || finding.IsAtRip || finding.IsAmbiguous)
        {
            return null;
        }

        return _search.Judge(finding.Instruction, hit.Thread, registers, [part]).Proof switch
        {
            Proof.Proven => true,
            Proof.Excluded when finding.IsProven => false,
            _ => null,
        };
    }

    /// <summary>What a slot's bytes are after the access, for backends that cannot read memory at the hit.</summary>
    /// <param name="hit">The hit.</param>
    /// <param name="slot">The slot it is for.</param>
    /// <param name="old">The slot's bytes before; null where unknown.</param>
    /// <returns>The slot's bytes, little endian in the low bytes; null where they do not follow from registers.</returns>
    public ulong? NewValue(RawHit hit, HardwareSlot slot, ulong? old)
    {
        if (hit.Origin == HitOrigin.Kernel)
        {
            return null;
        }

        UserRegisters registers = hit.Registers;
        Finding finding = _search.Decide(hit, registers, [slot]);
        if (finding.Instruction is not { } instruction || !finding.IsProven)
        {
            return null;
        }

        if (finding.IsAtRip || instruction.Effect.Form == StoreForm.None)
        {
            return old;
        }

        return _search.WrittenAddress(instruction, hit.Thread, registers) is { } address
            ? StoredBytes.Merge(instruction.Effect, address, instruction.Written!.Size, registers, slot, old)
            : null;
    }

    /// <summary>The candidates that this hit can be for: those at its address; all where the processor did not say,
    /// or where none is there.</summary>
    private static Span<HardwareSlot> Narrow(RawHit hit, IReadOnlyList<HardwareSlot> candidates, Span<HardwareSlot> buffer)
    {
        int all = Math.Min(candidates.Count, buffer.Length);
        int count = 0;
        for (int i = 0; i < all && hit.Slot >= 0; i++)
        {
            if (candidates[i].Address == hit.Address)
            {
                buffer[count++] = candidates[i];
            }
        }

        if (count > 0)
        {
            return buffer[..count];
        }

        for (int i = 0; i < all; i++)
        {
            buffer[i] = candidates[i];
        }

        return buffer[..all];
    }

    private static int[] ToIndices(int bits) => [.. Enumerable.Range(0, MostSlots).Where(i => (bits & (1 << i)) != 0)];
}
