// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using Livewatcher.Model;

namespace Livewatcher.Engine.Filtering;

/// <summary>The writers that are in order although no rule names them: those of a file, and those that were seen while the watching
/// learned. Belongs to the session's thread.</summary>
/// <param name="known">From a file.</param>
internal sealed class WriterCatalog(IEnumerable<KnownWriter> known)
{
    private ulong learnUntil;

    private readonly HashSet<KnownWriter> known = [.. known];
    private readonly HashSet<KnownWriter> learned = [];
    private readonly HashSet<KnownWriter> seen = [];

    internal IReadOnlyCollection<KnownWriter> Learned => learned;

    /// <summary>Those who were reported.</summary>
    internal IReadOnlyCollection<KnownWriter> Seen => seen;

    /// <summary>Another number each time when a writer has come that was not in order before.</summary>
    internal int Version { get; private set; }

    internal bool IsOfUse => known.Count > 0 || learnUntil > 0;

    /// <summary>CLOCK_MONOTONIC, ns: who writes before that is in order.</summary>
    internal void LearnUntil(ulong time) => learnUntil = time;

    /// <summary>Whether a writer is in order; while the watching learns, everybody is.</summary>
    internal bool Knows(KnownWriter writer, ulong time)
    {
        if (!known.Contains(writer) && time < learnUntil)
            learned.Add(writer);
        return known.Contains(writer) || learned.Contains(writer);
    }

    /// <summary>This writer is in order from now on.</summary>
    internal void Accept(KnownWriter writer) => Version += known.Add(writer) ? 1 : 0;

    internal void Report(KnownWriter writer) => seen.Add(writer);
}
