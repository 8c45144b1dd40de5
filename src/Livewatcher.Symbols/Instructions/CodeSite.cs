// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

namespace Livewatcher.Symbols.Instructions;

/// <summary>The code around one instruction pointer.</summary>
internal sealed class CodeSite
{
    /// <summary>32 or 64.</summary>
    public required int Bitness { get; init; }

    /// <summary>Instructions that end exactly here, best alignment first.</summary>
    public required DecodedInstruction[] Before { get; init; }

    /// <summary>The instruction that begins here; null where nothing decodes.</summary>
    public required DecodedInstruction? At { get; init; }

    /// <summary>True where Before holds the one instruction that decoding from the function's start reaches.</summary>
    public required bool IsCertain { get; init; }

    /// <summary>Of the system call instruction before here, as far as the function's code tells it; null elsewhere.</summary>
    public required int? CallNumber { get; init; }

    /// <summary>True where a function begins here.</summary>
    public required bool IsEntry { get; init; }

    /// <summary>Where the bytes came from memory, which may be rewritten (JIT): what they were. Else null.</summary>
    public byte[]? VolatileBytes { get; init; }

    public ulong VolatileStart { get; init; }
}
