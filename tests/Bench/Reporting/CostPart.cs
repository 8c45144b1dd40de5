// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using Livewatcher.Bench.Contests;
using Livewatcher.Bench.Measuring;

namespace Livewatcher.Bench.Reporting;

/// <summary>What a hit costs, by each of the tools, and how long the first one takes to be shown; needs debug registers that trap.</summary>
public sealed class CostPart(Ground ground) : IPart
{
    public IReadOnlyList<Section> Sections => [new("Cost of a hit", Hits), new("A burst of hits", Burst), new("Attach to the first hit shown", FirstHit)];

    private void Hits(Markdown text)
    {
        HitCost hits = new(ground, Trigger.Hit(ground));
        text.Paragraph($"One thread writes one word {hits.Writes:N0} times and does nothing else; under gdb and backend ptrace, which stop it at each hit, {hits.FewWrites:N0} times. It takes its own time; the ratio is to the kernel's "
            + "event that only counts. *Lost* is the program's own count less the tool's, over all rounds. livewatcher runs without its flood limits, or it would sample.");
        IReadOnlyList<Row> cost = hits.Hold();
        text.Table(cost, HitCost.Floor, "ns a write");
        text.Paragraph("What counts more than the program does has seen the kernel clear the program's memory at execve(2). livewatcher copies no more of a stack than there is, which is little "
            + "here; *from calls that are as deep* there are 16 KiB of it. livewatcher on backend perf has a ring of fixed size for each processor; what it lost there it says itself, as perf does.");
        text.Bars(
        [
            .. HitBars.AgainstFloor(cost),
            new("gdb's backtrace at each hit against ours", "at least 8", Contest.RatioOf(cost, HitCost.GdbBacktrace, HitCost.Sixteen), at => at >= 8),
        ]);
    }

    private void Burst(Markdown text)
    {
        HitCost hits = new(ground, Trigger.Hit(ground));
        text.Paragraph($"The same {hits.BurstWrites:N0} times, which the rings hold: of more hits perf loses some, and what it loses it takes no time for. A peer that has lost most of them is no bar.");
        IReadOnlyList<Row> burst = hits.HoldBurst();
        text.Table(burst, HitCost.Floor, "ns a write");
        text.Bars(HitBars.AgainstPeers(burst));
    }

    private void FirstHit(Markdown text)
    {
        text.Paragraph("From the start of the tool to its first words about a hit of a program that runs already and writes a hundred times a second.");
        text.Table(new FirstHitCost(ground).Hold(), FirstHitCost.Livewatcher, "ms");
        text.Paragraph($"The same on a machine on which others queue: {FirstHitCost.Crowd} threads of the program compute on each processor meanwhile.");
        text.Table(new FirstHitCost(ground, FirstHitCost.Crowd).Hold(), FirstHitCost.Livewatcher, "ms");
    }
}
