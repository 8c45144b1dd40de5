// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using Livewatcher.Model;

namespace Livewatcher.Export.Counting;

/// <summary>One metric with its points.</summary>
/// <param name="Name">In lower case, with underscores, without a suffix.</param>
/// <param name="Help">A sentence.</param>
/// <param name="IsCounter">It only grows; else it is a gauge.</param>
/// <param name="Points">Each with its labels.</param>
internal sealed record Metric(string Name, string Help, bool IsCounter, IReadOnlyList<Point> Points);

/// <summary>One value with its labels.</summary>
internal sealed record Point(IReadOnlyList<KeyValuePair<string, string>> Labels, long Value);

/// <summary>What the meters say, for every receiver of metrics.</summary>
internal static class Metrics
{
    internal static IReadOnlyList<Metric> Of(MeterReading reading)
    {
        List<Metric> all = [];
        if (reading.First is { } first)
        {
            all.Add(new Metric("livewatcher_watching", "1: watches are, or were, armed in this way.", false, [new([new("backend", first.Backend), new("scope", first.Scope), new("guard", first.Guard ? "on" : "off")], 1)]));
            all.Add(new Metric("livewatcher_covered_since_seconds", "When the first watch was armed, in seconds since 1970.", false, [new([], first.Time.ToUnixTimeSeconds())]));
        }

        all.Add(new Metric("livewatcher_armings", "Watches armed so far.", true, [new([], reading.Armings)]));
        all.Add(new Metric("livewatcher_hits", "Reported accesses, by watch and writer; those without a hit have the writer 'unknown (escaped)'.", true,
            [.. reading.Hits.Select(one => new Point([new("watch", one.Series.Watch), new("access", one.Series.Access), new("writer", one.Series.Writer)], one.Count))]));
        if (reading.Tally is not { } tally)
            return all;
        HitCounts hits = tally.Hits;
        all.Add(new Metric("livewatcher_account", "Hits by what became of them: counted = recorded + filtered + dropped + skipped.", true,
        [
            Account("counted", hits.Counted), Account("recorded", hits.Recorded), Account("filtered", hits.Filtered), Account("dropped", hits.Dropped),
            Account("skipped", hits.Skipped), Account("throttled", hits.Throttled), Account("recovered", hits.Recovered), Account("escaped", hits.Escaped),
            Account("withheld", hits.Withheld), Account("reported", hits.Reported),
        ]));
        all.Add(new Metric("livewatcher_gaps", "Reasons by now why something can have been missed.", false, [new([], tally.Gaps)]));
        all.Add(new Metric("livewatcher_covered_threads", "Distinct threads covered so far.", false, [new([], tally.Threads)]));
        all.Add(new Metric("livewatcher_covered_processes", "Processes covered so far.", false, [new([], tally.Processes)]));
        return all;
    }

    private static Point Account(string kind, long count) => new([new("kind", kind)], count);
}
