// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using Livewatcher.Bench.Contests;
using Livewatcher.Bench.Measuring;

namespace Livewatcher.Bench.Reporting;

/// <summary>What needs no debug register.</summary>
public sealed class StartPart(StartCost costs, RecordingCost recordings) : IPart
{
    public IReadOnlyList<Section> Sections =>
    [
        new("Start and symbols", Start),
        .. costs.HasHuge ? [new("Half a gigabyte of debug information", Huge)] : Array.Empty<Section>(),
        new("Growth of recordings", Recordings),
        new("Distinct stacks in recordings", Stacks),
    ];

    private void Start(Markdown text)
    {
        text.Paragraph("From fork to the end of the process. *check* reads the program's symbols and debug information, resolves the watches of a file and ends.");
        IReadOnlyList<Row> rows = costs.Hold();
        text.Table(rows, StartCost.True, "ms");
        double version = rows.First(row => row.Name.EndsWith("--version", StringComparison.Ordinal)).Costs.Median;
        text.Paragraph($"The bar for `--version` is 15 ms: {Reached(version <= 15)}.");
    }

    private void Huge(Markdown text)
    {
        text.Paragraph("The same with a program of 70 units (linked from one object), each with 20,000 functions and types.");
        text.Table(costs.HoldHuge(), costs.CheckHuge, "ms");
        text.Paragraph($"livewatcher has {costs.MemoryOfHuge():N0} MiB at most then, pages of the file included.");
    }

    private void Recordings(Markdown text)
    {
        text.Paragraph("Made-up hits with 32 stacks, as fast as the recorder takes them, and `livewatcher report` on the file. Expected: from 10^4 on the same for each hit, for neither depends on what was there before; below, the start of a process.");
        Grid(text, recordings.HoldHits());
    }

    private void Stacks(Markdown text)
    {
        text.Paragraph("The same number of hits with more and more distinct stacks, and a million with a hundred. Expected: the same time for each hit as long as there are few stacks beside hits; memory and the file grow with the stacks, each of which is kept once.");
        IReadOnlyList<Recorded> rows = recordings.HoldStacks();
        Grid(text, rows);
        Recorded bar = rows.Last(row => row.Stacks == 100);
        text.Paragraph(bar.Hits == 1_000_000
            ? $"The bar, a million hits with 100 distinct stacks within 2 s: {Reached(bar.Summary.Median <= 2)} ({Markdown.Number(bar.Summary.Median)} s)."
            : "The bar, a million hits with 100 distinct stacks within 2 s, needs the whole run.");
    }

    private static void Grid(Markdown text, IReadOnlyList<Recorded> rows) => text.Grid(
        ["hits", "stacks", "write, us a hit", "summary, us a hit", "summary, s", "report at most, MiB", "bytes a hit"],
        rows.Select(row => (string[])
        [
            $"{row.Hits:N0}", $"{row.Stacks:N0}", Markdown.Number(row.Write.Median * 1e6 / row.Hits), Markdown.Number(row.Summary.Median * 1e6 / row.Hits), Markdown.Number(row.Summary.Median),
            Markdown.Number(row.Memory.Median), Markdown.Number(row.BytesEach),
        ]));

    private static string Reached(bool isReached) => isReached ? "reached" : "missed";
}
