// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using Livewatcher.Engine.Accounting;
using Livewatcher.Model;
using Livewatcher.Recording;
using Livewatcher.Render;

namespace Livewatcher.Cli.Output;

/// <summary>A recording as the events of a run: in their order, then the table of writers, last the closing statement.</summary>
internal static class RecordedEvents
{
    /// <param name="file">The recording.</param>
    /// <param name="closes">Where there is no closing statement, makes one of what is there. Without it a note stands in its place: for
    /// programs, a run without a statement is one that was killed (docs/json.md).</param>
    /// <param name="selection">Which hits; null: all. What it has set aside is said behind them.</param>
    internal static IEnumerable<WatchEvent> Of(RecordingFile file, bool closes, RecordedSelection? selection = null)
    {
        WriterTable writers = new();
        List<ArmedEvent> armed = [];
        DateTimeOffset? last = null;
        long hits = 0;
        foreach (WatchEvent one in file.EventsAhead())
        {
            if (one is ArmedEvent arming)
                armed.Add(arming);
            if (one is not Hit hit)
            {
                yield return one;
                continue;
            }

            hits += hit.Escaped ? 0 : 1;
            last = hit.Time;
            if (selection is not null)
            {
                if (selection.Take(hit) is not { } taken)
                    continue;
                hit = taken;
            }

            writers.Add(hit);
            yield return hit;
        }

        foreach (WriterRow row in writers.Rank())
            yield return row;
        CoverageEvent coverage = file.Closing ?? file.Unclosed(armed, hits, last);
        if (coverage.Closed || closes)
        {
            yield return coverage with { Selection = selection?.Outcome };
            yield break;
        }

        if (selection is not null)
            yield return new NoteEvent(coverage.To, NoteLevel.Info, SelectionWords.Of(selection.Outcome));
        yield return new NoteEvent(coverage.To, NoteLevel.Warning, coverage.Gaps[0]);
    }
}
