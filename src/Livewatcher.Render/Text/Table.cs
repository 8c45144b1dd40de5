// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

namespace Livewatcher.Render;

/// <summary>A column of a <see cref="Table"/>.</summary>
/// <param name="Title">Its head.</param>
/// <param name="Right">Numbers stand right.</param>
/// <param name="Narrowest">Columns it keeps when the terminal is too narrow.</param>
internal sealed record TableColumn(string Title, bool Right, int Narrowest)
{
    /// <summary>For numbers: half a number is a wrong number.</summary>
    public const int GivesNoWay = int.MaxValue;
}

/// <summary>Aligned columns, the last one ragged. On a terminal the widest ones give way, in a pipe nothing does.</summary>
internal static class Table
{
    public static void Write(Page page, int indent, IReadOnlyList<TableColumn> columns, IReadOnlyList<string[]> rows)
    {
        var widths = new int[columns.Count];
        for (var i = 0; i < widths.Length; i++)
        {
            var column = i;
            widths[i] = Math.Max(columns[i].Title.Length, rows.Max(row => Cells.Of(Printable.Of(row[column]))));
        }

        Shrink(page, indent, columns, widths);
        WriteRow(page, indent, columns, widths, [.. columns.Select(column => column.Title)], Tone.Faint);
        foreach (var row in rows)
        {
            WriteRow(page, indent, columns, widths, row, Tone.Plain);
        }
    }

    private static void Shrink(Page page, int indent, IReadOnlyList<TableColumn> columns, int[] widths)
    {
        var excess = page.Width == 0 ? 0 : indent + widths.Sum() + (2 * (widths.Length - 1)) - page.Width;
        while (excess > 0)
        {
            var widest = Enumerable.Range(0, widths.Length)
                .Where(i => widths[i] > columns[i].Narrowest)
                .OrderByDescending(i => widths[i])
                .FirstOrDefault(-1);
            if (widest < 0)
            {
                return;
            }

            widths[widest]--;
            excess--;
        }
    }

    private static void WriteRow(
        Page page, int indent, IReadOnlyList<TableColumn> columns, int[] widths, string[] row, Tone tone)
    {
        var start = indent;
        for (var i = 0; i < row.Length; i++)
        {
            var text = page.Width > 0 ? Cells.Fit(row[i], widths[i]) : Printable.Of(row[i]);
            page.To(columns[i].Right ? start + widths[i] - Cells.Of(text) : start).Add(text, tone);
            start += widths[i] + 2;
        }

        page.End();
    }
}
