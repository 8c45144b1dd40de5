// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using Livewatcher.Model;

namespace Livewatcher.Engine.Accounting;

/// <summary>Hits by distinct writer: watch, kind of access, instruction and stack. Bounded in what it keeps per writer.</summary>
internal sealed class WriterTable
{
    private const int ShownThreads = 8;
    private const int ShownValues = 8;
    private const int CountedValues = 4096;

    private readonly Dictionary<Key, Row> rows = [];
    private readonly Dictionary<string, long> hitsOfWatch = new(StringComparer.Ordinal);
    private readonly Dictionary<(string Watch, string Value), int> writersOfValue = [];

    internal void Add(Hit hit)
    {
        if (hit.Escaped)
            return; // nobody knows its writer
        Key key = new(hit.Watch.Label, hit.Access, hit.Instruction?.Address ?? default, CallName(hit.SystemCall), Fingerprint(hit.Stack));
        if (!rows.TryGetValue(key, out Row? row))
            rows[key] = row = new Row(hit);
        hitsOfWatch[hit.Watch.Label] = hitsOfWatch.GetValueOrDefault(hit.Watch.Label) + 1;
        row.Count++;
        row.Changes += hit.Changed == true ? 1 : 0;
        row.Last = hit.Time;
        if (hit.Thread is { } thread)
            row.Threads.TryAdd(thread, $"{hit.ThreadName} ({thread})");
        if (hit.New is { } value && row.Values.Count < CountedValues && row.Values.TryAdd(value.Text, value))
            writersOfValue[(hit.Watch.Label, value.Text)] = writersOfValue.GetValueOrDefault((hit.Watch.Label, value.Text)) + 1;
    }

    /// <summary>Most suspicious first: writers that change the value before those that do not, then the rarest, then the newest.</summary>
    internal IEnumerable<WriterRow> Rank()
    {
        int rank = 1;
        foreach (Row row in rows.Values.OrderBy(row => row.Changes == 0).ThenBy(row => row.Count).ThenByDescending(row => row.First.Time))
        {
            Hit hit = row.First;
            yield return new WriterRow(
                rank++, hit.Watch, hit.Access.Word(), row.Count, row.Changes, hit.Time, row.Last,
                [.. row.Threads.Values.Take(ShownThreads)], row.Threads.Count, [.. row.Values.Values.Take(ShownValues)], row.Values.Count,
                hit.Instruction, CallName(hit.SystemCall), hit.Stack, Reason(row));
        }
    }

    private string? Reason(Row row)
    {
        long all = hitsOfWatch[row.First.Watch.Label];
        if (row.Count == all)
            return "the only one";
        List<string> reasons = [$"{row.Count:N0} of {all:N0} hits"];
        if (row.Values.Count is > 0 and < ShownValues
            && row.Values.Keys.All(text => writersOfValue[(row.First.Watch.Label, text)] == 1))
        {
            reasons.Add(row.Values.Count == 1 ? $"only writer of {row.Values.Keys.First()}" : "only writer of its values");
        }

        if (row.Changes == 0 && row.First.New is not null)
            reasons.Add("never changes the value");
        return string.Join(", ", reasons);
    }

    private static string? CallName(string? systemCall) => systemCall?[..Math.Max(systemCall.IndexOf('('), 0)];

    /// <summary>Two stacks are one writer where all their frames are at the same addresses.</summary>
    private static long Fingerprint(CallStack stack)
    {
        ulong hash = 14695981039346656037; // FNV-1a, 64 bits
        foreach (Frame frame in stack.Frames)
            hash = (hash ^ frame.Address.Value) * 1099511628211;
        return (long)hash;
    }

    private readonly record struct Key(string Watch, AccessMode Access, Address Instruction, string? Call, long Stack);

    private sealed class Row(Hit first)
    {
        internal Hit First { get; } = first;

        internal long Count { get; set; }

        internal long Changes { get; set; }

        internal DateTimeOffset Last { get; set; } = first.Time;

        internal Dictionary<ThreadId, string> Threads { get; } = [];

        internal OrderedDictionary<string, Value> Values { get; } = new(StringComparer.Ordinal);
    }
}
