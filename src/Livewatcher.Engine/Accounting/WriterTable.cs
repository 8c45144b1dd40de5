// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using System.Runtime.InteropServices;
using Livewatcher.Model;

namespace Livewatcher.Engine.Accounting;

/// <summary>Hits by distinct writer: watch, kind of access, instruction and stack. Bounded, for a recursive writer has any
/// number of stacks, and a counter any number of values.</summary>
public sealed class WriterTable
{
    private const int ShownThreads = 8;
    private const int ShownValues = 8;
    private const int CountedValues = 4096;

    /// <summary>Over all writers.</summary>
    private const int CountedValuesInAll = 1 << 17;

    /// <summary>Further writers of a watch share a row.</summary>
    private const int DistinctWriters = 20_000;

    private static readonly CallStack Others = new([], $"this row stands for all further writers: {DistinctWriters:N0} are told apart");

    private readonly Dictionary<Key, Row> rows = [];
    private readonly Dictionary<string, long> hitsOfWatch = new(StringComparer.Ordinal);
    private readonly Dictionary<(string Watch, string Value), int> writersOfValue = [];

    /// <summary>Watches of which nobody can be called the only writer of a value.</summary>
    private readonly HashSet<string> valuesUncounted = new(StringComparer.Ordinal);

    private int valuesCounted;

    public void Add(Hit hit)
    {
        if (hit.Escaped)
            return; // nobody knows its writer
        Key key = new(hit.Watch.Label, hit.Access, hit.Instruction?.Address ?? default, Hit.NameOfCall(hit.SystemCall), hit.Stack.Fingerprint());
        if (!rows.TryGetValue(key, out Row? row))
            row = rows.Count < DistinctWriters ? rows[key] = new Row(hit) : OthersOf(hit);
        CollectionsMarshal.GetValueRefOrAddDefault(hitsOfWatch, hit.Watch.Label, out _)++;
        row.Count++;
        row.Changes += hit.Changed == true ? 1 : 0;
        row.Last = hit.Time;
        if (hit.Thread is { } thread && row.Threads.Add(thread) && row.ThreadNames.Count < ShownThreads)
            row.ThreadNames.Add($"{hit.ThreadName} ({thread})");
        if (hit.New is { } value)
            Count(row, hit.Watch.Label, value);
        else
            valuesUncounted.Add(hit.Watch.Label);
    }

    /// <summary>Most suspicious first: writers that change the value before those that do not, then the rarest, then the newest.</summary>
    public IEnumerable<WriterRow> Rank()
    {
        int rank = 1;
        foreach (Row row in rows.Values.OrderBy(row => row.Changes == 0).ThenBy(row => row.Count).ThenByDescending(row => row.First.Time))
        {
            Hit hit = row.First;
            yield return new WriterRow(
                rank++, hit.Watch, hit.Access.Word(), row.Count, row.Changes, hit.Time, row.Last,
                [.. row.ThreadNames], row.Threads.Count, [.. row.FirstValues], row.Values.Count,
                hit.Instruction, Hit.NameOfCall(hit.SystemCall), hit.Stack, Reason(row));
        }
    }

    private Row OthersOf(Hit hit)
    {
        Key key = new(hit.Watch.Label, hit.Access, default, null, 0);
        if (!rows.TryGetValue(key, out Row? row))
            rows[key] = row = new Row(hit with { Stack = Others, Instruction = null, SystemCall = null });
        return row;
    }

    private void Count(Row row, string watch, Value value)
    {
        if (row.ValuesUncounted || row.Values.Contains(value.Text))
            return;
        if (row.Values.Count >= CountedValues || valuesCounted >= CountedValuesInAll)
        {
            row.ValuesUncounted = true; // no limit is ever raised
            valuesUncounted.Add(watch);
            return;
        }

        valuesCounted++;
        row.Values.Add(value.Text);
        if (row.FirstValues.Count < ShownValues)
            row.FirstValues.Add(value);
        writersOfValue[(watch, value.Text)] = writersOfValue.GetValueOrDefault((watch, value.Text)) + 1;
    }

    private string? Reason(Row row)
    {
        string watch = row.First.Watch.Label;
        long all = hitsOfWatch[watch];
        if (row.Count == all)
            return "the only one";
        List<string> reasons = [$"{row.Count:N0} of {all:N0} hits"];
        if (row.Values.Count is > 0 and < ShownValues && !valuesUncounted.Contains(watch)
            && row.Values.All(text => writersOfValue[(watch, text)] == 1))
        {
            reasons.Add(row.Values.Count == 1 ? $"only writer of {row.FirstValues[0].Text}" : "only writer of its values");
        }

        if (row.Changes == 0 && row.First.New is not null)
            reasons.Add("never changes the value");
        return string.Join(", ", reasons);
    }

    private readonly record struct Key(string Watch, AccessMode Access, Address Instruction, string? Call, long Stack);

    private sealed class Row(Hit first)
    {
        internal Hit First { get; } = first;

        internal long Count { get; set; }

        internal long Changes { get; set; }

        internal DateTimeOffset Last { get; set; } = first.Time;

        internal HashSet<ThreadId> Threads { get; } = [];

        internal List<string> ThreadNames { get; } = [];

        /// <summary>As text.</summary>
        internal HashSet<string> Values { get; } = new(StringComparer.Ordinal);

        internal List<Value> FirstValues { get; } = [];

        /// <summary>Whether there are more than are kept.</summary>
        internal bool ValuesUncounted { get; set; }
    }
}
