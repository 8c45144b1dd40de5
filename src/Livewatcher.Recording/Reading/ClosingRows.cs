// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using Livewatcher.Model;
using Livewatcher.Recording.Format;

namespace Livewatcher.Recording.Reading;

/// <summary>The closing statement of a recording, or what can be said where there is none.</summary>
internal sealed class ClosingRows(Rows rows, EventRows events, long version)
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
        IReadOnlyList<SharingTally> sharings = Sharings();
        return found with
        {
            Hits = found.Hits with { Beside = sharings.Aggregate(0L, (sum, sharing) => unchecked(sum + sharing.Beside)) },
            Sharings = sharings,
            Gaps = [.. statement.Where(one => one.Kind == "gap").Select(one => one.Text)],
            Remarks = [.. statement.Where(one => one.Kind == "remark").Select(one => one.Text)],
            Skipped = [.. rows.Select("SELECT position, watch, pid, begin, end, hits, paused FROM skipped ORDER BY position", row => SkippedOf(row, found.To.Offset)).Select(one => one.Item)],
            Actions = Accounts("SELECT position, watch, words, at_hit, afterwards, failed, last_failure, skipped FROM action_account ORDER BY position", ActionsOf),
            Arisings = Accounts("SELECT position, watch, candidates, armed, skipped, failed, displaced, ended FROM arising_account ORDER BY position", ArisingsOf),
            Turns = Accounts("SELECT position, watch, armed, lasted, turns, counted, changed_unarmed FROM turn_account ORDER BY position", TurnsOf),
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

    /// <returns>None where the recording's format has no such table.</returns>
    private IReadOnlyList<T> Accounts<T>(string sql, Func<Row, T> make) => version < 3 ? [] : [.. rows.Select(sql, make).Select(one => one.Item)];

    private List<SharingTally> Sharings()
    {
        if (version < 4)
            return [];
        ILookup<long, string> watches = rows.Select("SELECT position, sharing, watch FROM sharing_watch ORDER BY position", row => (Sharing: row.Long(1), Watch: row.Text(2)))
            .Select(one => one.Item).ToLookup(one => one.Sharing, one => one.Watch);
        return [.. rows.Select("SELECT position, mode, address, length, beside, unsure FROM sharing_account ORDER BY position", row => new SharingTally(
            [.. watches[row.Long(0)]], new HardwareSlot(row.Address(2), row.SmallCount(3), Words.ModeOf(row.Text(1)) ?? throw row.Damaged(1)), row.Count(4), row.Count(5)))
            .Select(one => one.Item)];
    }

    private static ActionTally ActionsOf(Row row) => new(row.Text(1), row.Text(2), row.Count(3), row.Count(4), row.Count(5), row.TextOrNull(6))
    {
        Skipped = row.Count(7),
    };

    private static ArisingTally ArisingsOf(Row row) => new(row.Text(1), row.Count(2), row.Count(3), row.Count(4), row.Count(5), row.Count(6), row.Count(7));

    private static TurnTally TurnsOf(Row row) => new(row.Text(1), row.Span(2), row.Span(3), row.SmallCount(4), row.Count(5), row.Count(6));

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
