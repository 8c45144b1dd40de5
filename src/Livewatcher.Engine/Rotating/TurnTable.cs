// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using Livewatcher.Engine.Arming;
using Livewatcher.Model;

namespace Livewatcher.Engine.Rotating;

/// <summary>Who is next, of watches that need more debug registers than there are. Who has waited longest comes first, so that nobody waits for more turns than
/// there are others; then those that had the fewest, as many as find room. So shares are equal, unless wide watches leave room that others fill.</summary>
internal sealed class TurnTable
{
    private readonly List<TurnEntry> entries = [];
    private long number;

    /// <param name="armed">Those that have their registers already.</param>
    internal TurnTable(IEnumerable<ArmedWatch> armed)
    {
        foreach (ArmedWatch watch in armed)
            Add(watch.Watch, [.. watch.Pieces.Select(piece => piece.Content)], []).Begin(watch);
        Give(entries);
    }

    internal IReadOnlyList<TurnEntry> Entries => entries;

    /// <summary>CLOCK_MONOTONIC, ns: when the turn is over.</summary>
    internal ulong Due { get; set; }

    /// <summary>The turn is over, and hits of it may still be on their way.</summary>
    internal bool IsChanging { get; set; }

    /// <summary>Takes a watch in. It comes next.</summary>
    /// <param name="watch">Which.</param>
    /// <param name="pieces">The debug registers that it takes.</param>
    /// <param name="bytes">What it holds now; empty for an execution breakpoint.</param>
    internal TurnEntry Add(Watch watch, IReadOnlyList<HardwareSlot> pieces, byte[] bytes)
    {
        TurnEntry entry = new(watch, pieces)
        {
            Known = bytes.Length == 0 ? null : bytes,
            Given = entries.Where(other => !other.HasEnded).Select(other => other.Given).DefaultIfEmpty().Min(),
        };
        entries.Add(entry);
        return entry;
    }

    internal TurnEntry? Find(ArmedWatch armed) => entries.Find(entry => entry.Current == armed);

    /// <summary>Whose turn is next.</summary>
    /// <param name="available">Debug registers.</param>
    internal IReadOnlyList<TurnEntry> Choose(int available)
    {
        HashSet<HardwareSlot> taken = [];
        List<TurnEntry> chosen = [];
        TurnEntry? first = entries.Where(entry => !entry.HasEnded).MinBy(entry => entry.LastGiven);
        foreach (TurnEntry entry in entries.Where(entry => !entry.HasEnded).OrderBy(entry => entry != first).ThenBy(entry => entry.Given).ThenBy(entry => entry.LastGiven))
        {
            if (taken.Union(entry.Wanted.Pieces).Count() > available)
                continue;
            taken.UnionWith(entry.Wanted.Pieces);
            chosen.Add(entry);
        }

        return chosen;
    }

    /// <summary>They have a turn.</summary>
    internal void Give(IReadOnlyCollection<TurnEntry> to)
    {
        number++;
        foreach (TurnEntry entry in to)
        {
            entry.Given++;
            entry.LastGiven = number;
        }
    }
}
