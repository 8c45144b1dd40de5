// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using System.Text.RegularExpressions;
using Livewatcher.Soak.Faults;
using Livewatcher.Soak.Judging;

namespace Livewatcher.Soak.Reporting;

/// <summary>All rounds of one fault.</summary>
internal sealed partial class FaultTally(Fault fault)
{
    private readonly List<RoundResult> _results = [];

    public Fault Fault => fault;

    public int Tried => _results.Count;

    public int Survived => _results.Count(result => result.Problems.Count == 0);

    public RoundResult? FirstFailure => _results.FirstOrDefault(result => result.Problems.Count > 0);

    public long Least => Counts.Sum(count => count.Least);

    public long Most => Counts.Sum(count => count.Most);

    public long Reported => Counts.Sum(count => count.Reported);

    public int Complete => Counts.Count(count => count.Complete);

    public int Incomplete => Counts.Count(count => !count.Complete);

    /// <summary>Why runs were not complete, numbers left out, each with how often.</summary>
    public IEnumerable<string> Reasons => Counts
        .SelectMany(count => count.Gaps.Select(gap => Number().Replace(gap, "N")))
        .GroupBy(gap => gap, StringComparer.Ordinal)
        .Select(group => $"{group.Count()} x {group.Key}");

    private IEnumerable<HitCount> Counts => _results.Select(result => result.Count).OfType<HitCount>();

    public void Add(RoundResult result) => _results.Add(result);

    [GeneratedRegex("[0-9][0-9,.]*", RegexOptions.None, matchTimeoutMilliseconds: 10_000)]
    private static partial Regex Number();
}
