// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using Livewatcher.Bench.Contests;
using Livewatcher.Bench.Measuring;

namespace Livewatcher.Bench.Reporting;

/// <summary>What needs debug registers that trap, and is more than one thread's hits: many threads, more and more of them.</summary>
public sealed class HitsPart(Ground ground) : IPart
{
    public IReadOnlyList<Section> Sections =>
    [
        new("Four threads at once", Flood),
        new("Growth of hits", GrowingHits),
        new("Growth of stacks", Stacks),
        new("Growth of processes", Processes),
    ];

    private void Flood(Markdown text)
    {
        text.Paragraph("The same word, written by four threads as fast as they can; ns from the first write to the last, by the number of writes.");
        text.Table(new HitCost(ground, Trigger.Hit(ground)).HoldFlood(), HitCost.Floor, "ns a write");
    }

    private void GrowingHits(Markdown text)
    {
        text.Paragraph("One thread, 1 KiB of stack, JSON; us of the program a hit, and the most memory of its own that livewatcher has had (RssAnon; the ring of 128 MiB is shared with the kernel). Expected: both level from 10^4 on, for neither depends on what was "
            + "there before; where the program is faster than livewatcher, hits wait in memory, 256 MiB of them at most, beside what the collector has not given back by then, and in the ring; when both are full hits are lost, and counted.");
        text.Table(new GrowthCost(ground).HoldHits(), GrowthCost.HitsName(1000), "us a hit");
    }

    private void Stacks(Markdown text)
    {
        GrowthCost growth = new(ground);
        text.Paragraph($"{growth.Writes:N0} hits from more and more distinct stacks of 17 calls, 16 KiB each, JSON; ms from livewatcher's start to its end. What is added from row to row is cold: a stack is unwound and named "
            + "once, of frames that are known. Expected: a straight line in the number of distinct stacks, with a small slope; memory bounded, for 16,384 stacks are remembered.");
        IReadOnlyList<Row> rows = growth.HoldStacks();
        text.Table(rows, GrowthCost.StacksName(1), "ms");
        double start = rows[0].Costs.Median;
        text.Grid(["", "hits a second, beyond the start", "us a hit"], [.. rows.Skip(1).Where(row => row.Costs.Count > 0).Select(row => (string[])
            [row.Name, Markdown.Number(growth.Writes * 1000 / (row.Costs.Median - start)), Markdown.Number((row.Costs.Median - start) * 1000 / growth.Writes)])]);
    }

    private void Processes(Markdown text)
    {
        text.Paragraph("The same number of hits, by more and more children (`--follow-fork`), 1 KiB of stack, JSON; us from the first write to the end of the last child, by the number of hits. Expected: level as long as there are few processes beside "
            + "hits; each costs its opening once.");
        text.Table(new GrowthCost(ground).HoldProcesses(), GrowthCost.ProcessesName(1), "us a hit");
    }
}
