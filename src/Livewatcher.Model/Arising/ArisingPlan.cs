// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

namespace Livewatcher.Model;

/// <summary>What happens at a probed instruction.</summary>
public enum ProbeKind
{
    /// <summary>A function's frame is there.</summary>
    Enter,

    /// <summary>It is about to be left.</summary>
    Leave,

    /// <summary>A block is asked for; the address is the function's.</summary>
    Allocate,

    /// <summary>A block is given back; the address is the function's.</summary>
    Free,

    /// <summary>Code that allocates what is meant jumps to another function in place of a call and a return: that function may be an allocator.</summary>
    Jump,

    /// <summary>An object is named: <see cref="ProbePlace.Way"/> leads to it.</summary>
    Reach,

    /// <summary>The same, where the function that begins at the address has returned.</summary>
    Returned,

    /// <summary>All objects of the watch come to their end.</summary>
    Release,
}

/// <summary>How an allocation function is told what is wanted.</summary>
public enum Allocator
{
    None,

    /// <summary>malloc(size), operator new(size).</summary>
    Size,

    /// <summary>calloc(count, size).</summary>
    Product,

    /// <summary>aligned_alloc(alignment, size).</summary>
    Second,

    /// <summary>realloc(block, size).</summary>
    Resize,

    /// <summary>posix_memalign(&amp;block, alignment, size).</summary>
    Indirect,
}

/// <summary>The way to an object from what a thread has at an instruction: *(*(start + offset) + offset) + offset.</summary>
/// <param name="Register">Where it starts, by its DWARF number (System V ABI, AMD64 supplement, figure 3.36); null: at address 0.</param>
/// <param name="Offsets">One at least, <see cref="MostPointers"/> at most. Between two of them a pointer is read.</param>
public sealed record PointerWay(int? Register, IReadOnlyList<long> Offsets)
{
    /// <summary>LW_POINTERS of bpf/watch_event.h.</summary>
    public const int MostPointers = 8;
}

/// <summary>An instruction that gets a probe.</summary>
/// <param name="Kind">What happens there.</param>
/// <param name="Address">In the process.</param>
/// <param name="FromFramePointer">Of a frame: its CFA is RBP plus the offset there; otherwise RSP plus the offset.</param>
/// <param name="Offset">Bytes.</param>
/// <param name="Allocator">Of an allocation.</param>
/// <param name="Way">Of an object.</param>
public sealed record ProbePlace(
    ProbeKind Kind, Address Address, bool FromFramePointer = false, long Offset = 0, Allocator Allocator = Allocator.None, PointerWay? Way = null);

/// <summary>What comes to life.</summary>
public enum ArisingKind
{
    /// <summary>A function's frame; it ends when it is left.</summary>
    Frame,

    /// <summary>A heap block; it ends when it is given back.</summary>
    Block,

    /// <summary>An object that is named at an instruction; how it ends the rule says.</summary>
    Object,
}

/// <summary>A watch that arms itself, resolved.</summary>
/// <param name="Watch">What it shows; its address is that of no instance.</param>
/// <param name="Offset">Of the watched bytes, from the frame's CFA (canonical frame address, DWARF 5, 6.4.1) or from the block's start; of objects 0.</param>
/// <param name="Places">The instructions that get a probe.</param>
/// <param name="Sites">Of blocks: code whose calls allocate what is meant; empty for any.</param>
public sealed record ArisingPlan(
    Watch Watch, long Offset, IReadOnlyList<ProbePlace> Places, IReadOnlyList<(Address Start, Address End)> Sites)
{
    /// <summary>Of frames: the function's code.</summary>
    public IReadOnlyList<(Address Start, Address End)> Code { get; init; } = [];

    public ArisingRule Rule => Watch.Request.Arising!;

    public ArisingKind Kind => Rule switch
    {
        ArisingRule.Heap => ArisingKind.Block,
        ArisingRule.At => ArisingKind.Object,
        _ => ArisingKind.Frame,
    };

    /// <summary>What the user should know of its beginning; null for nothing.</summary>
    public string? Caution { get; init; }

    /// <summary>What comes to life and has no probe, and so is not seen; null for nothing.</summary>
    public string? Unseen { get; init; }
}

/// <summary>Outcome of resolving a request for such a watch.</summary>
/// <param name="Plan">Null where it cannot be had.</param>
/// <param name="Reason">Why, in one line; null where it can.</param>
public sealed record ArisingResolution(ArisingPlan? Plan, string? Reason);
