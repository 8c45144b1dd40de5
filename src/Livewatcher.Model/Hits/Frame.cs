// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

namespace Livewatcher.Model;

/// <summary>One line of a call stack. An inlined function has the address of the frame it is inlined into.</summary>
/// <param name="Address">Frame 0: the instruction pointer as sampled; callers: the return address.</param>
/// <param name="Module">File name of the executable or library without its folder, "[vdso]", or null.</param>
/// <param name="Function">Demangled, with parameter types for C++; null where no symbol covers the address.</param>
/// <param name="Offset">Bytes from the function's start to Address; 0 for inlined frames.</param>
/// <param name="File">Source file as the debug information names it (absolute where it says so); null without.</param>
/// <param name="Line">From 1; 0 without.</param>
/// <param name="Inlined">True where the compiler has inlined this function into the next frame.</param>
public sealed record Frame(
    Address Address, string? Module, string? Function, ulong Offset, string? File, int Line, bool Inlined)
{
    /// <summary>Which build of <see cref="Module"/>, and where; null where that is not known.</summary>
    public Binary? Binary { get; init; }
}

/// <summary>A call stack, innermost first.</summary>
/// <param name="Frames">May be empty.</param>
/// <param name="CutShort">Why the stack ends before the thread's start, as a phrase; null where it is whole.</param>
public sealed record CallStack(IReadOnlyList<Frame> Frames, string? CutShort)
{
    private Known fingerprint;

    public static CallStack Empty { get; } = new([], null);

    /// <summary>May be empty.</summary>
    public IReadOnlyList<Frame> Frames
    {
        get;
        init => (field, fingerprint) = (value, default);
    } = Frames;

    /// <summary>Two stacks are one writer where all their frames are at the same addresses. Computed once: the same stack comes with hit after hit.</summary>
    public long Fingerprint()
    {
        if (fingerprint.Value == 0)
            fingerprint = new Known(Compute());
        return fingerprint.Value;
    }

    private long Compute()
    {
        ulong hash = 14695981039346656037; // FNV-1a, 64 bits
        foreach (Frame frame in Frames)
            hash = (hash ^ frame.Address.Value) * 1099511628211;
        return (long)hash;
    }

    /// <summary>What was computed of a stack, 0 before: no part of it, so stacks are equal whether it is known of them or not.</summary>
    private readonly record struct Known(long Value)
    {
        public bool Equals(Known other) => true;

        public override int GetHashCode() => 0;
    }
}

/// <summary>How far up the thread's stack an unwinding has gone.</summary>
/// <param name="Top">Above it is no frame: where the outermost one ends; null where that was not found.</param>
/// <param name="GoesOn">The copy was cut where the stack was taken to begin (<see cref="StackCut.KnownTop"/>), and there are frames above.</param>
public readonly record struct StackReach(Address? Top, bool GoesOn);
