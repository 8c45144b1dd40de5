// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using Livewatcher.Export.Messages;
using Livewatcher.Model;

namespace Livewatcher.Export.Counting;

/// <summary>Counts hits by watch and writer. Series are bounded, for a receiver keeps each for ever: what finds no room any more is counted
/// under "other". Any thread.</summary>
/// <param name="maxSeries">Series besides those of "other".</param>
internal sealed class HitMeters(int maxSeries)
{
    internal const string Other = "other";

    private readonly Lock gate = new();
    private readonly Dictionary<Source, Series> bySource = [];
    private readonly Dictionary<Series, long> hits = [];
    private readonly HashSet<string> watches = new(StringComparer.Ordinal);
    private SessionTally? tally;
    private CoverageEvent? closing;
    private ArmedEvent? armed;
    private long armings;

    internal void Add(WatchEvent watchEvent)
    {
        lock (gate)
        {
            switch (watchEvent)
            {
                case Hit hit:
                    Series series = SeriesOf(hit);
                    hits[series] = hits.GetValueOrDefault(series) + 1;
                    break;
                case ArmedEvent one:
                    armed ??= one;
                    armings++;
                    break;
                case CoverageEvent coverage:
                    closing = coverage;
                    break;
            }
        }
    }

    internal void Take(SessionTally now)
    {
        lock (gate)
            tally = now;
    }

    internal MeterReading Read()
    {
        lock (gate)
        {
            return new MeterReading(
                [.. hits.Select(one => (one.Key, one.Value)).OrderBy(one => one.Key.Watch, StringComparer.Ordinal).ThenBy(one => one.Key.Writer, StringComparer.Ordinal)],
                closing is null ? tally : new SessionTally(closing.To, closing.Hits, closing.Processes, closing.Threads, closing.Gaps.Count), armed, armings);
        }
    }

    private Series SeriesOf(Hit hit)
    {
        Frame? frame = hit.Stack.Frames.Count > 0 ? hit.Stack.Frames[0] : null;
        Source source = new(hit.Watch.Label, hit.Access, hit.Escaped, frame?.Function, frame?.File, frame?.Line ?? 0, frame?.Function is null ? frame?.Address : null,
            Hit.NameOfCall(hit.SystemCall));
        if (bySource.TryGetValue(source, out Series known))
            return known;
        Series own = new(FieldList.Clean(hit.Watch.Label, Series.LongestLabel), hit.Access.Word(), FieldList.Clean(MessageText.Writer(hit), Series.LongestLabel));
        Series series = hits.ContainsKey(own) || hits.Count < maxSeries ? own : own with { Writer = Other };
        if (!watches.Contains(series.Watch) && watches.Count >= maxSeries)
            series = new Series(Other, series.Access, Other);
        watches.Add(series.Watch);
        // A source that is counted under "other" is looked up anew each time: remembering them all would be the memory that is to be bounded.
        if (series == own)
            bySource[source] = series;
        return series;
    }

    private readonly record struct Source(string Watch, AccessMode Access, bool Escaped, string? Function, string? File, int Line, Address? Address, string? Call);
}

/// <summary>What hits are counted by. All of it is printable and bounded.</summary>
internal readonly record struct Series(string Watch, string Access, string Writer)
{
    /// <summary>Characters.</summary>
    internal const int LongestLabel = 200;
}

/// <summary>The meters at one time.</summary>
/// <param name="Hits">By series, in their order.</param>
/// <param name="Tally">Null before the first.</param>
/// <param name="First">The first that was armed; null before.</param>
/// <param name="Armings">Watches armed so far.</param>
internal sealed record MeterReading(IReadOnlyList<(Series Series, long Count)> Hits, SessionTally? Tally, ArmedEvent? First, long Armings);
