// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using Livewatcher.Engine.Accounting;
using Livewatcher.Model;
using Livewatcher.Recording;

namespace Livewatcher.Cli.Output;

/// <summary>A recording as the events of a run: in their order, then the table of writers, last the closing statement.</summary>
internal static class RecordedEvents
{
    /// <param name="file">The recording.</param>
    /// <param name="closes">Where there is no closing statement, makes one of what is there. Without it a note stands in its place: for
    /// programs, a run without a statement is one that was killed (docs/json.md).</param>
    /// <param name="wanted">Which hits; null: all.</param>
    internal static IEnumerable<WatchEvent> Of(RecordingFile file, bool closes, Func<Hit, bool>? wanted = null)
    {
        WriterTable writers = new();
        List<ArmedEvent> armed = [];
        DateTimeOffset? last = null;
        long hits = 0;
        foreach (WatchEvent one in file.Events())
        {
            if (one is Hit hit)
            {
                if (wanted?.Invoke(hit) == false)
                    continue;
                writers.Add(hit);
                hits += hit.Escaped ? 0 : 1;
                last = hit.Time;
            }
            else if (one is ArmedEvent arming)
            {
                armed.Add(arming);
            }

            yield return one;
        }

        foreach (WriterRow row in writers.Rank())
            yield return row;
        CoverageEvent coverage = file.Closing ?? file.Unclosed(armed, hits, last);
        yield return coverage.Closed || closes ? coverage : new NoteEvent(coverage.To, NoteLevel.Warning, coverage.Gaps[0]);
    }
}
