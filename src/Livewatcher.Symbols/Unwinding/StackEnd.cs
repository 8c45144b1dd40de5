// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

namespace Livewatcher.Symbols.Unwinding;

/// <summary>Why a stack ends where it does.</summary>
internal enum StackEndKind : byte
{
    /// <summary>At the thread's start.</summary>
    Whole,

    /// <summary>Behind the copied bytes, of which there were as many as asked for.</summary>
    CopyEnds,

    /// <summary>Behind the copied bytes, which reach to the end of readable memory.</summary>
    MappingEnds,

    /// <summary>Behind the copied bytes, which reach to where the thread's stack was found to begin before.</summary>
    KnownTopEnds,

    /// <summary>A frame's data is not where the thread's stack was.</summary>
    OtherStack,

    StackUnreadable,

    FrameLimit,

    NoModule,

    NoUnwindInformation,

    /// <summary>The rules need a register or an operation that is not there.</summary>
    UnusableRule,

    /// <summary>The stack pointer does not move towards the thread's start.</summary>
    Loop,
}

/// <summary>The end of a stack.</summary>
/// <param name="Kind">The reason.</param>
/// <param name="Detail">The code address it has to do with; for <see cref="StackEndKind.CopyEnds"/>, <see cref="StackEndKind.MappingEnds"/> and
/// <see cref="StackEndKind.KnownTopEnds"/> the bytes copied; else 0.</param>
internal readonly record struct StackEnd(StackEndKind Kind, ulong Detail = 0)
{
    /// <summary>The reason as a phrase; null where the stack is whole.</summary>
    /// <param name="moduleName">Name of the module at an address.</param>
    public string? Describe(Func<ulong, string?> moduleName) => Kind switch
    {
        StackEndKind.Whole => null,
        StackEndKind.CopyEnds => $"copied stack ends here ({Detail} bytes; --stack-bytes takes more)",
        StackEndKind.MappingEnds => $"the readable stack ends here ({Detail} bytes)",
        StackEndKind.KnownTopEnds => $"this thread's stack was taken to begin here ({Detail} bytes); of its later hits more is copied",
        StackEndKind.OtherStack => "the next frame is on another stack, which was not copied",
        StackEndKind.StackUnreadable => "the stack could not be read",
        StackEndKind.FrameLimit => $"more than {StackUnwinder.FrameLimit} frames",
        StackEndKind.NoModule => $"no file is mapped at 0x{Detail:x}",
        StackEndKind.NoUnwindInformation => $"no call frame information in {moduleName(Detail) ?? "?"} at 0x{Detail:x}",
        StackEndKind.UnusableRule => $"call frame information in {moduleName(Detail) ?? "?"} cannot be applied at 0x{Detail:x}",
        _ => $"the stack does not go on behind 0x{Detail:x}",
    };
}
