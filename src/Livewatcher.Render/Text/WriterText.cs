// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using Livewatcher.Model;

namespace Livewatcher.Render;

/// <summary>The closing table by distinct writer: a line each, then each one's whole stack.</summary>
internal sealed class WriterText(Page page, TextOptions options)
{
    private const int Indent = 2;
    private const int Never = TableColumn.GivesNoWay;
    private const int WidestValues = 24;
    private const int WidthForValues = 120;
    private const int WidthForReason = 80;

    private readonly StackText _stacks = new(page, options);

    public void Write(IReadOnlyList<WriterRow> rows)
    {
        if (rows.Count == 0)
        {
            return;
        }

        page.End().Add("writers, most suspicious first", Tone.Strong).End();
        WriteTable(rows);
        foreach (var row in rows.Take(options.WriterStacks))
        {
            WriteDetails(row);
        }

        if (rows.Count > options.WriterStacks)
        {
            var rest = Words.Count(rows.Count - options.WriterStacks, "more writer");
            page.End().Sentence($"The stacks of {rest} are not shown.", Indent, Tone.Faint);
        }
    }

    // A narrow terminal has room for what tells writers apart; the rest stands below.
    private void WriteTable(IReadOnlyList<WriterRow> rows)
    {
        List<(TableColumn Column, Func<WriterRow, string> Cell)> columns =
        [
            (new("rank", Right: true, Never), row => $"{row.Rank}"),
            (new("hits", Right: true, Never), row => $"{row.Count:N0}"),
            (new("changes", Right: true, Never), row => $"{row.Changes:N0}"),
        ];
        if (rows.Any(row => row.Watch.Label != rows[0].Watch.Label))
        {
            columns.Add((new("watch", Right: false, 10), row => row.Watch.Label));
        }

        if (page.Width is 0 or >= WidthForValues)
        {
            columns.Add((new("values", Right: false, 8), row => Cells.Fit(ValuesOf(row), WidestValues)));
        }

        if (page.Width is 0 or >= WidthForReason)
        {
            columns.Add((new("why", Right: false, 10), row => row.Reason ?? ""));
        }

        columns.Add((new("who", Right: false, 12), WhoOf));
        Table.Write(
            page,
            Indent,
            [.. columns.Select(column => column.Column)],
            [.. rows.Select(row => columns.Select(column => column.Cell(row)).ToArray())]);
    }

    internal static string WhoOf(WriterRow row)
    {
        var who = row.Stack.Frames is [var frame, ..]
            ? $"{(frame.Function is null ? frame.Address.ToString() : StackText.FunctionOf(frame))} {PlaceOf(frame)}".TrimEnd()
            : "unknown";
        return row.SystemCall is { } call ? $"{call}() from {who}" : who;
    }

    private static string PlaceOf(Frame frame) =>
        StackText.PlaceOf(frame, fullPaths: false) is { Length: > 0 } place ? $"at {place}" : $"in {frame.Module ?? "?"}";

    internal static string ValuesOf(WriterRow row)
    {
        var values = string.Join(", ", row.Values.Select(value => value.Text));
        return row.ValueCount > row.Values.Count ? $"{values} and {row.ValueCount - row.Values.Count:N0} more" : values;
    }

    private void WriteDetails(WriterRow row)
    {
        page.End();
        page.Add($"writer {row.Rank}", Tone.Strong);
        if (row.Reason is { } reason)
        {
            page.Add(": ").Sentence(reason, page.Column, Tone.Alarm);
        }
        else
        {
            page.End();
        }

        var when = row.First == row.Last
            ? $"at {Timestamps.Clock(row.First)}"
            : $"from {Timestamps.Clock(row.First)} to {Timestamps.ClockFrom(row.First, row.Last)}";
        page.Sentence(
            $"{row.Watch.Label}: {row.Access}, {Words.Count(row.Count, "hit")}, {Words.Count(row.Changes, "change")}, {when}",
            StackText.Indent);
        var more = row.ThreadCount > row.Threads.Count ? $" and {row.ThreadCount - row.Threads.Count:N0} more" : "";
        page.Sentence($"by {Words.Count(row.ThreadCount, "thread")}: {string.Join(", ", row.Threads)}{more}", StackText.Indent);
        if (row.Values.Count > 0)
        {
            page.Sentence($"values {ValuesOf(row)}", StackText.Indent);
        }

        if (row.SystemCall is { } call)
        {
            page.Sentence($"by system call {call}", StackText.Indent);
        }

        if (row.Instruction is { } instruction)
        {
            HitText.WriteInstruction(page, instruction);
        }

        _stacks.WriteWhole(row.Stack, fullPaths: true);
    }
}
