// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using Livewatcher.Bench.Contests;
using Livewatcher.Bench.Measuring;

namespace Livewatcher.Bench.Reporting;

/// <summary>What a hit costs, by each of the tools; needs debug registers that trap.</summary>
public sealed class CostPart(Ground ground) : IPart
{
    public IReadOnlyList<Section> Sections => [new("Cost of a hit", Hits)];

    private void Hits(Markdown text)
    {
        HitCost hits = new(ground);
        text.Paragraph($"One thread writes one word {hits.Writes:N0} times and does nothing else; under gdb and backend ptrace, which stop it at each hit, {hits.FewWrites:N0} times. It takes its own time; the ratio is to the kernel's "
            + "event that only counts. *Lost* is the program's own count less the tool's, over all rounds. livewatcher runs without its flood limits, or it would sample.");
        IReadOnlyList<Row> cost = hits.Hold();
        text.Table(cost, HitCost.Floor, "ns a write");
        text.Paragraph("What counts more than the program does has seen the kernel clear the program's memory at execve(2). bpftrace's watchpoint is on the thread that it starts, and not on those that it creates later. "
            + "livewatcher on backend perf has a ring of fixed size for each processor; what it lost there it says itself, as perf does.");
        Bars(text, cost);
    }

    /// <summary>What docs/performance.md wants to reach.</summary>
    private static void Bars(Markdown text, IReadOnlyList<Row> rows)
    {
        double floor = Median("counting-only"), gdb = Median("gdb, watch with commands"), sixteen = Median("16 KiB of stack, JSON"), recorded = Median("text and recording");
        text.Bars(
        [
            new("filtered hit against the floor", "at most 1.15", Median("filtered out") / floor, at => at <= 1.15),
            new("recorded hit, 16 KiB of stack, named, against the floor", "at most 1.5", recorded / floor, at => at <= 1.5),
            new("gdb's backtrace at each hit against ours", "at least 8", gdb / sixteen, at => at >= 8),
            new("against perf record --call-graph dwarf", "at most 1", sixteen / Median("dwarf"), at => at <= 1),
            new("against bpftrace by ustack", "at most 1", sixteen / Median("ustack"), at => at <= 1),
        ]);

        double Median(string part) => rows.FirstOrDefault(row => row.Name.Contains(part, StringComparison.Ordinal))?.Costs.Median ?? double.NaN;
    }
}
