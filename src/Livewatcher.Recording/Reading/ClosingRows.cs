// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using Livewatcher.Model;
using Livewatcher.Recording.Format;

namespace Livewatcher.Recording.Reading;

/// <summary>The closing statement of a recording, or what can be said where there is none.</summary>
internal sealed class ClosingRows(Rows rows, EventRows events)
{
    private const string Unclosed = "the recording has no end: livewatcher was killed, or still writes it; up to a second before its end is not in it";

    internal CoverageEvent? Stored()
    {
        CoverageEvent? found = null;
        foreach ((_, CoverageEvent one) in rows.Select("SELECT * FROM coverage ORDER BY id", CoverageOf))
            found = one;
        if (found is null)
            return null;
        List<(string Kind, string Text)> statement =
            [.. rows.Select("SELECT position, kind, text FROM statement ORDER BY position", row => (row.Text(1), row.Text(2))).Select(one => one.Item)];
        return found with
        {
            Gaps = [.. statement.Where(one => one.Kind == "gap").Select(one => one.Text)],
            Remarks = [.. statement.Where(one => one.Kind == "remark").Select(one => one.Text)],
            Skipped = [.. rows.Select("SELECT position, watch, pid, begin, end, hits, paused FROM skipped ORDER BY position", row => SkippedOf(row, found.To.Offset)).Select(one => one.Item)],
        };
    }

    /// <summary>Made of what is there, where livewatcher came to no end.</summary>
    /// <param name="armed">In order.</param>
    /// <param name="hits">How many.</param>
    /// <param name="last">The last event's time; null where there is none.</param>
    internal CoverageEvent Made(IReadOnlyList<ArmedEvent> armed, long hits, DateTimeOffset? last)
    {
        List<string> gaps = [Unclosed];
        foreach ((_, string gap) in rows.Select("SELECT row_number() OVER (), reason, hits FROM omission ORDER BY reason", OmissionOf))
            gaps.Add(gap);
        ArmedEvent? first = armed.Count > 0 ? armed[0] : null;
        DateTimeOffset? from = armed.Count > 0 ? armed.Max(one => one.Time) : null;
        return new CoverageEvent(
            from, last ?? from ?? DateTimeOffset.UnixEpoch, "not known", first?.Backend ?? "?", first?.Scope ?? "?", first?.Guard ?? false,
            new HitCounts { Reported = hits }, 0, armed.Select(one => one.Process).Distinct().Count(), first?.Cpus ?? 0, 0, gaps, [])
        {
            Closed = false,
        };
    }

    private CoverageEvent CoverageOf(Row row)
    {
        TimeSpan offset = events.OffsetAt(row.Long(0));
        HitCounts hits = new()
        {
            Counted = row.Count(11),
            Recorded = row.Count(12),
            Filtered = row.Count(13),
            Dropped = row.Count(14),
            Skipped = row.Count(15),
            Throttled = row.Count(16),
            Recovered = row.Count(17),
            Escaped = row.Count(18),
            Foreign = row.Count(19),
            Merged = row.Count(20),
            Shared = row.Count(21),
            Spurious = row.Count(22),
            Withheld = row.Count(23),
            Reported = row.Count(24),
        };
        return new CoverageEvent(
            row.TimeOrNull(1, offset), row.Time(2, offset), row.Text(3), row.Text(4), row.Text(5), row.Flag(6), hits, row.SmallCount(7), row.SmallCount(8),
            row.SmallCount(9), row.Count(10), [], []);
    }

    private static SkippedStretch SkippedOf(Row row, TimeSpan offset) => new(
        row.Text(1), new ProcessId(row.Int(2)), row.Time(3, offset), row.Time(4, offset), row.Count(5), row.Flag(6));

    private static string OmissionOf(Row row) =>
        Omissions.Sentence(Omissions.Find(row.Text(1)) ?? throw row.Damaged(1), row.Count(2));
}
