// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using AwesomeAssertions;

namespace Livewatcher.Live.Tests.Reports;

/// <summary>The one disjunction that all of Live stands on: a run is exact, or it says itself that it is not complete. Virtual
/// machines lose debug registers now and then (docs/architecture.md); a short count that is called complete is the worst
/// failure there is, and so is a count beyond what the program did.</summary>
internal static class Honesty
{
    /// <summary>Compares with the program's own counts. Returns whether the run was complete.</summary>
    public static bool Check(Report report, params (string Watch, long Own)[] counts) => Check(report, _ => true, counts);

    /// <summary>The same where the kernel hides its own accesses, from a user or from ptrace(2), which is a gap of every such run; the
    /// programs counted here write for themselves.</summary>
    public static bool CheckUserOnly(Report report, params (string Watch, long Own)[] counts)
    {
        report.Coverage.Gaps.Should().ContainMatch("the kernel's own accesses*", "the run says what is hidden from it");
        return Check(report, gap => !gap.StartsWith("the kernel's own accesses", StringComparison.Ordinal), counts);
    }

    private static bool Check(Report report, Func<string, bool> counts, (string Watch, long Own)[] owns)
    {
        var coverage = report.Coverage;
        var gaps = coverage.Gaps.Where(counts).ToList();
        var complete = gaps.Count == 0;
        foreach (var (watch, own) in owns)
        {
            var reported = report.HitsOn(watch).Count;
            var escaped = report.AllHits.Count(hit => hit.Escaped && hit.Watch == watch);
            if (complete)
            {
                reported.Should().Be((int)own, $"the run calls itself complete, and the program touched {watch} {own} times ({Account(coverage)})");
            }
            else
            {
                reported.Should().BeLessThanOrEqualTo((int)own, $"the program touched {watch} {own} times ({Account(coverage)})");
                (reported + escaped).Should().BeLessThanOrEqualTo((int)own, $"each escaped write of {watch} was one at least of {own}");
            }
        }

        Tally.Add(complete ? "" : string.Join(" | ", gaps));
        if (!complete)
        {
            var hits = coverage.Hits;
            (hits.Escaped + hits.Dropped + hits.Throttled + hits.Skipped + coverage.Skipped.Count).Should().BePositive(
                "a run that is not complete says what was lost; its gaps: " + string.Join(" | ", gaps));
        }

        return complete;
    }

    private static string Account(CoverageLine coverage) => $"{coverage.Hits}, {coverage.Backend}, {coverage.Scope}, guard {coverage.Guard}";
}
