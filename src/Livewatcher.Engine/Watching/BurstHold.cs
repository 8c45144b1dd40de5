// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using Livewatcher.Model;

namespace Livewatcher.Engine.Watching;

/// <summary>Lets a burst of hits pass before they are named. To unwind and name takes a processor for as long as the burst, and the first stacks longest; the program wants that processor
/// too, or its core. Hits are drained meanwhile, so nothing is lost for it, and floods are seen. What goes on for longer is named while it goes on.</summary>
internal sealed class BurstHold(IClock clock)
{
    /// <summary>Hits between two drains from which on they are a burst: some ten thousand a second.</summary>
    internal const int Burst = 32;

    /// <summary>The longest that a hit is held, ns. Nobody reads faster.</summary>
    internal const ulong Longest = 100_000_000;

    /// <summary>The most that is held, bytes.</summary>
    internal const long MostBytes = 16 << 20;

    private int fresh;
    private long bytes;
    private ulong? since;

    /// <summary>A hit has come.</summary>
    internal void Add(RawHit hit)
    {
        fresh++;
        bytes += DrainLoop.Weight(hit);
    }

    /// <summary>All hits up to a time have come: whether to go on holding them.</summary>
    /// <param name="drained">That time.</param>
    /// <param name="mayHold">Whether nobody waits for them.</param>
    internal bool Holds(ulong drained, bool mayHold)
    {
        // Whether the first hits are a burst's, the next drain tells.
        int wanted = since is null ? 1 : Burst;
        since ??= drained;
        bool holds = mayHold && fresh >= wanted && bytes < MostBytes && clock.Now < since + Longest;
        fresh = 0;
        if (!holds)
            (bytes, since) = (0, null);
        return holds;
    }
}
