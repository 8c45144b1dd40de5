// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using Livewatcher.Model;

namespace Livewatcher.Engine.Comparing;

/// <summary>Finds the writers of one recording in another one.</summary>
public static class WriterComparison
{
    private const int ShownValues = 8;

    /// <param name="before">The first recording's table.</param>
    /// <param name="after">The second's.</param>
    /// <returns>New, gone, changed, same, each in the order of its table.</returns>
    public static IReadOnlyList<WriterDifference> Compare(IEnumerable<WriterRow> before, IEnumerable<WriterRow> after)
    {
        List<WriterRow> old = Merge(before);
        List<WriterRow> now = Merge(after);
        List<WriterDifference> found = [];
        Match(old, now, WriterIdentity.Exact, found, []);
        Match(old, now, WriterIdentity.Loose, found, ["its code has moved"]);
        return
        [
            .. now.Select(row => new WriterDifference(DifferenceKind.New, null, row, [])),
            .. old.Select(row => new WriterDifference(DifferenceKind.Gone, row, null, [])),
            .. found.Where(one => one.Kind == DifferenceKind.Changed).OrderBy(one => one.After!.Rank),
            .. found.Where(one => one.Kind == DifferenceKind.Same).OrderBy(one => one.After!.Rank),
        ];
    }

    /// <summary>Takes out of both lists what is found in both.</summary>
    private static void Match(
        List<WriterRow> old, List<WriterRow> now, Func<WriterRow, string> identity, List<WriterDifference> found, IReadOnlyList<string> known)
    {
        Dictionary<string, Queue<WriterRow>> byIdentity = new(StringComparer.Ordinal);
        foreach (WriterRow row in old)
        {
            string key = identity(row);
            if (!byIdentity.TryGetValue(key, out Queue<WriterRow>? rows))
                byIdentity[key] = rows = [];
            rows.Enqueue(row);
        }

        HashSet<WriterRow> matched = new(ReferenceEqualityComparer.Instance);
        foreach (WriterRow row in now)
        {
            if (!byIdentity.TryGetValue(identity(row), out Queue<WriterRow>? rows) || !rows.TryDequeue(out WriterRow? former))
                continue;
            matched.Add(row);
            matched.Add(former);
            List<string> what = [.. known, .. Changes(former, row)];
            found.Add(new WriterDifference(what.Count > 0 ? DifferenceKind.Changed : DifferenceKind.Same, former, row, what));
        }

        old.RemoveAll(matched.Contains);
        now.RemoveAll(matched.Contains);
    }

    private static IEnumerable<string> Changes(WriterRow before, WriterRow after)
    {
        if (before.Count != after.Count)
            yield return $"hits {before.Count:N0} -> {after.Count:N0}";
        if (before.Changes != after.Changes)
            yield return $"changes {before.Changes:N0} -> {after.Changes:N0}";
        if (before.ValueCount > before.Values.Count || after.ValueCount > after.Values.Count)
        {
            if (before.ValueCount != after.ValueCount)
                yield return $"distinct values {before.ValueCount:N0} -> {after.ValueCount:N0}";
            yield break; // not all of them are known here
        }

        List<string> old = [.. before.Values.Select(value => value.Text)];
        List<string> now = [.. after.Values.Select(value => value.Text)];
        if (now.Except(old).ToList() is { Count: > 0 } added)
            yield return $"writes {string.Join(", ", added)} now";
        if (old.Except(now).ToList() is { Count: > 0 } dropped)
            yield return $"writes {string.Join(", ", dropped)} no more";
    }

    /// <summary>Rows that differ by addresses only (two stores of one line, one program in several processes) are one writer.</summary>
    private static List<WriterRow> Merge(IEnumerable<WriterRow> rows)
    {
        List<WriterRow> merged = [];
        Dictionary<string, int> places = new(StringComparer.Ordinal);
        foreach (WriterRow row in rows)
        {
            string key = WriterIdentity.Exact(row);
            if (places.TryGetValue(key, out int place))
            {
                merged[place] = Add(merged[place], row);
                continue;
            }

            places[key] = merged.Count;
            merged.Add(row);
        }

        return merged;
    }

    private static WriterRow Add(WriterRow one, WriterRow other)
    {
        List<Value> values = [.. one.Values.Concat(other.Values).DistinctBy(value => value.Text)];
        bool known = one.ValueCount == one.Values.Count && other.ValueCount == other.Values.Count;
        List<string> threads = [.. one.Threads.Concat(other.Threads).Distinct(StringComparer.Ordinal)];
        return one with
        {
            Count = one.Count + other.Count,
            Changes = one.Changes + other.Changes,
            First = one.First < other.First ? one.First : other.First,
            Last = one.Last > other.Last ? one.Last : other.Last,
            Threads = threads,
            ThreadCount = Math.Max(threads.Count, Math.Max(one.ThreadCount, other.ThreadCount)),
            Values = known ? values : [.. values.Take(ShownValues)],
            ValueCount = known ? values.Count : Math.Max(one.ValueCount, other.ValueCount),
            Reason = null,
        };
    }
}
