// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using System.Runtime.InteropServices;

namespace Livewatcher.Model;

public enum HitOrigin
{
    /// <summary>The program's own instruction.</summary>
    User,

    /// <summary>The kernel on the program's behalf, in a system call.</summary>
    Kernel,
}

/// <summary>Where the kernel was when it touched the watched memory.</summary>
/// <param name="InstructionPointer">Kernel RIP.</param>
/// <param name="Destination">Kernel RDI: under rep movsb the address after the byte just written.</param>
/// <param name="Count">Kernel RCX: under rep movsb the bytes still to copy.</param>
public readonly record struct KernelContext(ulong InstructionPointer, ulong Destination, ulong Count);

/// <summary>Why the copied piece of stack is shorter than asked for.</summary>
public enum StackCut
{
    /// <summary>It is not: the copy has the full length.</summary>
    None,

    /// <summary>The copy ends where the readable stack ends (the thread's first frame is inside).</summary>
    EndOfMapping,

    /// <summary>The copy ends where the thread's stack is known to begin, or was at an earlier hit.</summary>
    KnownTop,

    /// <summary>The stack pointer could not be read at all.</summary>
    Unreadable,
}

/// <summary>A slot of the same watch that has changed along with the one that was hit.</summary>
public readonly record struct SlotChange(int Slot, ulong Old, ulong New);

/// <summary>One access as a backend delivers it, before names are given. Immutable once published, but for its stack, which is given back at the end.</summary>
public sealed class RawHit
{
    private ReadOnlyMemory<byte> stack;

    /// <summary>CLOCK_MONOTONIC, nanoseconds.</summary>
    public required ulong Time { get; init; }

    public required ProcessId Process { get; init; }

    public required ThreadId Thread { get; init; }

    public required string ThreadName { get; init; }

    public required int Cpu { get; init; }

    /// <summary>Which of the armed slots; -1 where the processor did not say (a recovered hit: DR6 was lost). Where slots take turns, whoever drains
    /// puts the slot in place of its debug register.</summary>
    public required int Slot { get; set; }

    /// <summary>The breakpoint's address; 0 where <see cref="Slot"/> is -1.</summary>
    public required Address Address { get; init; }

    /// <summary>Bytes of the slot; 0 where unknown, and for execution.</summary>
    public int Length { get; init; }

    public required HitOrigin Origin { get; init; }

    /// <summary>Taken from a stray SIGTRAP by the guard (DESIGN.md, fact 4).</summary>
    public bool Recovered { get; init; }

    /// <summary>The instruction has a probe (uprobe), and was stepped in a copy of itself.</summary>
    public bool Stepped { get; init; }

    public required UserRegisters Registers { get; init; }

    public KernelContext? Kernel { get; init; }

    /// <summary>The slot's bytes before the access, little endian in the low bytes; null where unknown.</summary>
    public ulong? Old { get; init; }

    /// <summary>The slot's bytes after the access; null where unknown.</summary>
    public ulong? New { get; init; }

    /// <summary>Hits may have been lost right before it, whose values nobody knows; only of a source that tracks no values.</summary>
    public bool AfterLoss { get; set; }

    /// <summary>For a system call: what its first argument refers to, where that is a descriptor. Noted by whoever drains the hit,
    /// for by the time it is named the descriptor may be closed.</summary>
    public string? Descriptor { get; set; }

    /// <summary>Copy of the user stack, its first byte at Registers.Rsp; empty after <see cref="GiveStackBack"/>.</summary>
    public ReadOnlyMemory<byte> Stack
    {
        get => stack;
        init => stack = value;
    }

    /// <summary>Where the stack's memory is borrowed from; null where it is the hit's own.</summary>
    public StackPool? StackLender { get; init; }

    public StackCut StackCut { get; init; }

    /// <summary>What became of the slot's condition, where the source has decided it; null where it has not.</summary>
    public Verdict? Verdict { get; init; }

    /// <summary>What the source has done about it by itself; null where it has not counted this hit for an order.</summary>
    public OrderResult? Order { get; init; }

    /// <summary>Other slots of the watch that a wide store has changed, where the processor named one slot only.</summary>
    public IReadOnlyList<SlotChange> Siblings { get; set; } = [];

    /// <summary>It has its names and its report, and nobody reads its stack any more.</summary>
    public void GiveStackBack()
    {
        if (StackLender is not { } lender || !MemoryMarshal.TryGetArray(stack, out ArraySegment<byte> bytes))
            return;
        stack = default;
        lender.GiveBack(bytes.Array!);
    }
}
