// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using AwesomeAssertions;
using AwesomeAssertions.Execution;

namespace Livewatcher.Live.Tests.Reports;

/// <summary>What docs/json.md promises of every run, whatever was watched.</summary>
internal static class Consistency
{
    public static void Check(Report report)
    {
        using var scope = new AssertionScope("the JSON lines");
        report.Types.Should().NotBeEmpty();
        report.Types.Count(type => type == "coverage").Should().Be(1, "one coverage line ends the run");
        report.Types[^1].Should().Be("coverage");
        report.Types.SkipWhile(type => type != "writer").Should().OnlyContain(type => type == "writer" || type == "note" || type == "coverage");
        report.AllHits.Select(hit => hit.Seq).Should().Equal(Enumerable.Range(1, report.AllHits.Count).Select(i => (long)i), "seq counts from 1");
        if (report.LastLine is { } coverage)
        {
            CheckAccount(report, coverage);
        }

        foreach (var hit in report.AllHits.Where(hit => hit.Old is not null && hit.New is not null))
        {
            var differs = hit.Old!.Value.GetRawText() != hit.New!.Value.GetRawText();
            if (differs && hit.Changed != true)
            {
                hit.Changed.Should().BeTrue($"{hit} shows two values");
            }
        }

        report.Writers.Select(writer => writer.Rank).Should().Equal(Enumerable.Range(1, report.Writers.Count), "ranks count from 1");
        report.Writers.Sum(writer => writer.Count).Should().Be(report.Hits.Count, "the table of writers accounts for every hit");
    }

    private static void CheckAccount(Report report, CoverageLine coverage)
    {
        var hits = coverage.Hits;
        hits.Counted.Should().Be(hits.Recorded + hits.Filtered + hits.Dropped + hits.Skipped, "the kernel's count is explained");
        var stoodFor = hits.Recorded + hits.Recovered + hits.Shared - hits.Spurious - hits.Beside - hits.Withheld;
        coverage.Skipped.Sum(stretch => stretch.Hits).Should().Be(hits.Skipped, "each skipped hit has its stretch of time");
        hits.Reported.Should().Be(stoodFor - hits.Merged, "every recorded and recovered hit is explained");
        hits.Reported.Should().Be(report.Hits.Count, "each reported hit has a line");
        report.Hits.Sum(hit => hit.Merged).Should().Be((int)stoodFor, "each line says for how many hits it stands");
        coverage.Sharings.Sum(sharing => sharing.Beside).Should().Be(hits.Beside, "each register has its account");
        hits.Recovered.Should().Be(report.Hits.Count(hit => hit.Recovered), "recovered hits are marked");
        hits.Escaped.Should().Be(report.AllHits.Count(hit => hit.Escaped), "escaped writes have lines");
        coverage.Complete.Should().Be(coverage.Gaps.Count == 0, "complete means no gaps");
        if (hits.Escaped + hits.Dropped + hits.Throttled + hits.Skipped > 0 || coverage.Skipped.Count > 0)
        {
            coverage.Complete.Should().BeFalse("something was lost");
        }
    }
}
