// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

namespace Livewatcher.Symbols.Unwinding;

/// <summary>How a frame's address is to be looked up.</summary>
internal enum FrameKind : byte
{
    /// <summary>The address itself: an instruction that has not run yet, or was interrupted.</summary>
    Exact,

    /// <summary>The byte before: a return address, or the instruction pointer behind the one that made an access.
    /// Else a call at the end of a function or of an inlined piece would be taken for what follows it.</summary>
    Before,

    /// <summary>The code to which a signal handler returns.</summary>
    SignalTrampoline,
}

/// <summary>A frame as the processor sees it: no names, no inlined functions.</summary>
internal readonly record struct PhysicalFrame(ulong Pc, FrameKind Kind)
{
    /// <summary>The address whose line and function are meant.</summary>
    public ulong Lookup => Kind == FrameKind.Before ? Pc - 1 : Pc;
}
