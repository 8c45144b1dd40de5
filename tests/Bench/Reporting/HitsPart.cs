// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using Livewatcher.Bench.Contests;
using Livewatcher.Bench.Measuring;

namespace Livewatcher.Bench.Reporting;

/// <summary>What needs debug registers that trap: hits, watching without hits, arming.</summary>
public sealed class HitsPart(Ground ground) : IPart
{
    public IReadOnlyList<Section> Sections =>
    [
        new("Cost of a hit", Hits),
        new("Four threads at once", Flood),
        new("Cost of no hit", Idle),
        new("Arming and leaving", Arming),
        new("Attach to the first hit shown", FirstHit),
    ];

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

    private void Flood(Markdown text)
    {
        text.Paragraph("The same word, written by four threads as fast as they can; ns from the first write to the last, by the number of writes.");
        text.Table(new HitCost(ground).HoldFlood(), HitCost.Floor, "ns a write");
    }

    private void Idle(Markdown text)
    {
        text.Paragraph("Programs that never touch what is watched; ns for a unit of their work.");
        IdleCost idle = new(ground);
        foreach ((string kind, string words, int usually, int emulated) in IdleCost.Work)
        {
            text.Paragraph($"**{words}** ({ground.Amount(usually, emulated):N0} of them):");
            text.Table(idle.Hold(kind, usually, emulated), IdleCost.Alone, "ns each");
        }

        DatabaseCost database = new(ground);
        text.Paragraph($"**Debian's sqlite3**, {database.Rows:N0} rows put into a table, indexed and summed up; ms by its own `.timer`:");
        text.Table(database.Hold(), IdleCost.Alone, "ms");
    }

    private void Arming(Markdown text)
    {
        text.Paragraph("attach to a crowd of threads that sleep 100 ms at a time: ms until all are armed (from livewatcher's start, reading symbols and loading the BPF program included), ms from SIGINT to its end, the "
            + "longest that a thread was late, and livewatcher's resident memory. Scope *none* is the crowd by itself. Expected: a straight line in the number of threads at scope task, none at scope cpu.");
        text.Grid(
            ["threads", "scope", "armed, ms", "left, ms", "longest pause, ms", "resident, MiB"],
            new ArmingCost(ground).Hold().Select(row => (string[])
            [
                $"{row.Threads:N0}", row.Scope, Of(row.Armed, row.Failure), Of(row.Left, null), Of(row.Pause, null), Of(row.Resident, null),
            ]));
    }

    private void FirstHit(Markdown text)
    {
        text.Paragraph("From the start of the tool to its first words about a hit of a program that runs already and writes a hundred times a second.");
        text.Table(new FirstHitCost(ground).Hold(), FirstHitCost.Livewatcher, "ms");
    }

    /// <summary>What docs/performance.md wants to reach.</summary>
    private static void Bars(Markdown text, IReadOnlyList<Row> rows)
    {
        double floor = Median("counting-only"), gdb = Median("gdb, watch with commands"), sixteen = Median("16 KiB of stack, JSON"), recorded = Median("text and recording");
        text.Grid(
            ["bar", "wanted", "measured", ""],
            [
                Bar("filtered hit against the floor", "at most 1.15", Median("filtered out") / floor, at => at <= 1.15),
                Bar("recorded hit, 16 KiB of stack, named, against the floor", "at most 1.5", recorded / floor, at => at <= 1.5),
                Bar("gdb's backtrace at each hit against ours", "at least 8", gdb / sixteen, at => at >= 8),
                Bar("against perf record --call-graph dwarf", "at most 1", sixteen / Median("dwarf"), at => at <= 1),
                Bar("against bpftrace by ustack", "at most 1", sixteen / Median("ustack"), at => at <= 1),
            ]);

        double Median(string part) => rows.FirstOrDefault(row => row.Name.Contains(part, StringComparison.Ordinal))?.Costs.Median ?? double.NaN;
    }

    private static string[] Bar(string what, string wanted, double measured, Func<double, bool> isReached) =>
        [what, wanted, Markdown.Ratio(measured), double.IsNaN(measured) ? "not measured" : isReached(measured) ? "reached" : "missed"];

    private static string Of(Sample sample, string? failure) => sample.Count > 0
        ? $"{Markdown.Number(sample.Median)} ({Markdown.Number(sample.LowerQuartile)} to {Markdown.Number(sample.UpperQuartile)})"
        : failure is null ? "" : $"not measured: {failure}";
}
