// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using Livewatcher.Bench.Contests;
using Livewatcher.Bench.Measuring;

namespace Livewatcher.Bench.Reporting;

/// <summary>What a hit costs, by each of the tools, and how long the first one takes to be shown; needs debug registers that trap.</summary>
public sealed class CostPart(Ground ground) : IPart
{
    public IReadOnlyList<Section> Sections => [new("Cost of a hit", Hits), new("Attach to the first hit shown", FirstHit)];

    private void Hits(Markdown text)
    {
        HitCost hits = new(ground, Trigger.Hit(ground));
        text.Paragraph($"One thread writes one word {hits.Writes:N0} times and does nothing else; under gdb and backend ptrace, which stop it at each hit, {hits.FewWrites:N0} times. It takes its own time; the ratio is to the kernel's "
            + "event that only counts. *Lost* is the program's own count less the tool's, over all rounds. livewatcher runs without its flood limits, or it would sample.");
        IReadOnlyList<Row> cost = hits.Hold();
        text.Table(cost, HitCost.Floor, "ns a write");
        text.Paragraph("What counts more than the program does has seen the kernel clear the program's memory at execve(2). bpftrace's watchpoint is on the thread that it starts, and not on those that it creates later. "
            + "livewatcher on backend perf has a ring of fixed size for each processor; what it lost there it says itself, as perf does.");
        Bars(text, cost);
    }

    private void FirstHit(Markdown text)
    {
        text.Paragraph("From the start of the tool to its first words about a hit of a program that runs already and writes a hundred times a second.");
        text.Table(new FirstHitCost(ground).Hold(), FirstHitCost.Livewatcher, "ms");
    }

    private static void Bars(Markdown text, IReadOnlyList<Row> rows)
    {
        double sixteen = Contest.MedianOf(rows, HitCost.Sixteen);
        text.Bars([.. HitBars.Of(rows), new("gdb's backtrace at each hit against ours", "at least 8", Contest.MedianOf(rows, HitCost.GdbBacktrace) / sixteen, at => at >= 8)]);
    }
}
