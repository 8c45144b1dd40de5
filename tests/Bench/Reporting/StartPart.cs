// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using Livewatcher.Bench.Contests;
using Livewatcher.Bench.Measuring;

namespace Livewatcher.Bench.Reporting;

/// <summary>What needs no debug register.</summary>
public sealed class StartPart(StartCost costs)
{
    public void Write(Markdown text)
    {
        text.Section("Start and symbols");
        text.Paragraph("From fork to the end of the process. *check* reads the program's symbols and debug information, resolves the watches of a file and ends.");
        IReadOnlyList<Row> rows = costs.Hold();
        text.Table(rows, StartCost.True, "ms");
        double version = rows.First(row => row.Name.EndsWith("--version", StringComparison.Ordinal)).Costs.Median;
        text.Paragraph($"The bar for `--version` is 15 ms: {(version <= 15 ? "reached" : "missed")}.");

        text.Section("Growth of recordings");
        text.Paragraph("Made-up hits with 32 stacks, as fast as the recorder takes them, and `livewatcher report` on the file. Expected: from 10^4 on the same for each hit, for neither depends on what was there before; below, the start of a process.");
        text.Grid(
            ["hits", "write, us a hit", "summary, us a hit", "summary, s", "bytes a hit"],
            costs.HoldGrowth().Select(row => (string[])
            [
                $"{row.Hits:N0}", Markdown.Number(row.Write.Median), Markdown.Number(row.Summary.Median), Markdown.Number(row.Summary.Median * row.Hits / 1e6), Markdown.Number(row.BytesEach),
            ]));
    }
}
