// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

namespace Livewatcher.Model;

/// <summary>The instruction that made an access.</summary>
/// <param name="Address">Its first byte.</param>
/// <param name="Text">Disassembly, Intel syntax.</param>
/// <param name="Proven">True where its memory operand, computed from the sampled registers, covers the watched bytes.</param>
/// <param name="Stores">The value it stored, where that follows from the registers (mov [mem],reg); null otherwise.</param>
/// <param name="EffectiveAddress">Address of the memory operand, where it can be computed.</param>
public sealed record Instruction(Address Address, string Text, bool Proven, ulong? Stores, Address? EffectiveAddress)
{
    /// <summary>True where it is certain which instruction has run, and that it stores nothing: it reads memory only.</summary>
    public bool OnlyReads { get; init; }
}
