// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using Livewatcher.Bench.Contests;
using Livewatcher.Bench.Measuring;

namespace Livewatcher.Bench.Reporting;

/// <summary>What a hit may cost.</summary>
public static class HitBars
{
    /// <param name="rows">Of a contest.</param>
    /// <param name="less">What is in livewatcher's costs and does not belong there.</param>
    public static IReadOnlyList<Bar> AgainstFloor(IReadOnlyList<Row> rows, double less = 0) =>
    [
        new("filtered hit against the floor", "at most 1.15", Contest.RatioOf(rows, HitCost.Filtered, HitCost.Floor, less), at => at <= 1.15),
        new("recorded hit, 16 KiB of stack, named, against the floor", "at most 1.5", Contest.RatioOf(rows, HitCost.RecordedToo, HitCost.Floor, less), at => at <= 1.5),
    ];

    /// <inheritdoc cref="AgainstFloor"/>
    public static IReadOnlyList<Bar> AgainstPeers(IReadOnlyList<Row> rows, double less = 0) =>
    [
        new("against perf record --call-graph dwarf with as large a ring", "at most 1", AgainstPeer(rows, HitCost.PerfWhole, less), at => at <= 1),
        new("against bpftrace by ustack", "at most 1", AgainstPeer(rows, HitCost.ByStack, less), at => at <= 1),
    ];

    /// <summary>Not a number where it has lost most of the hits: who sees none takes no time.</summary>
    private static double AgainstPeer(IReadOnlyList<Row> rows, string peer, double less)
    {
        Row row = rows.Single(row => row.Name == peer);
        return row.Counted * 2 >= row.Own ? Contest.RatioOf(rows, HitCost.Sixteen, peer, less) : double.NaN;
    }
}
