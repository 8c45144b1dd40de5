// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using Livewatcher.Bench.Contests;
using Livewatcher.Bench.Measuring;

namespace Livewatcher.Bench.Reporting;

/// <summary>What a hit may cost.</summary>
public static class HitBars
{
    /// <param name="rows">Of a contest.</param>
    /// <param name="less">What is in livewatcher's costs and does not belong there.</param>
    public static IReadOnlyList<Bar> AgainstFloor(IReadOnlyList<Row> rows, double less = 0)
    {
        double floor = Contest.MedianOf(rows, HitCost.Floor);
        return
        [
            new("filtered hit against the floor", "at most 1.15", (Contest.MedianOf(rows, HitCost.Filtered) - less) / floor, at => at <= 1.15),
            new("recorded hit, 16 KiB of stack, named, against the floor", "at most 1.5", (Contest.MedianOf(rows, HitCost.RecordedToo) - less) / floor, at => at <= 1.5),
        ];
    }

    /// <inheritdoc cref="AgainstFloor"/>
    public static IReadOnlyList<Bar> AgainstPeers(IReadOnlyList<Row> rows, double less = 0)
    {
        double sixteen = Contest.MedianOf(rows, HitCost.Sixteen) - less;
        return
        [
            new("against perf record --call-graph dwarf with as large a ring", "at most 1", sixteen / PeersMedian(rows, HitCost.PerfWhole), at => at <= 1),
            new("against bpftrace by ustack", "at most 1", sixteen / PeersMedian(rows, HitCost.ByStack), at => at <= 1),
        ];
    }

    /// <summary>Not a number where it has lost most of the hits: who sees none takes no time.</summary>
    private static double PeersMedian(IReadOnlyList<Row> rows, string name)
    {
        Row row = rows.Single(row => row.Name == name);
        return row.Counted * 2 >= row.Own ? row.Costs.Median : double.NaN;
    }
}
