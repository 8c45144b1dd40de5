// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

namespace Livewatcher.Model;

/// <summary>What the user asked to watch, before anything is resolved.</summary>
/// <param name="Expression">C/C++ expression for data; function, FILE:LINE or address for an execution breakpoint.
/// A thread-local variable takes "@THREAD" at its end, a thread's name or tid.</param>
/// <param name="Mode">write (--watch), access (--awatch) or execute (--hbreak).</param>
/// <param name="Length">--len, in bytes; null takes the type's own length.</param>
public sealed record WatchRequest(string Expression, AccessMode Mode, int? Length = null)
{
    /// <summary>When it arms itself; null where it is armed from the beginning.</summary>
    public ArisingRule? Arising { get; init; }

    /// <summary>Which of its hits are reported.</summary>
    public HitFilter Filter { get; init; } = HitFilter.None;

    /// <summary>What is done about those that are.</summary>
    public HitReaction Reaction { get; init; } = HitReaction.None;
}
