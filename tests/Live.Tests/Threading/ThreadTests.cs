// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using AwesomeAssertions;
using Livewatcher.Live.Tests.Building;
using Livewatcher.Live.Tests.Reports;
using Livewatcher.Live.Tests.Running;
using Xunit;

namespace Livewatcher.Live.Tests.Threading;

/// <summary>Every thread is covered from the instant of arming, whenever it was created.</summary>
public sealed class ThreadTests : LiveTest
{
    [Theory]
    [InlineData("auto")]
    [InlineData("perf")]
    public async Task AThousandThreadsBeforeDuringAndAfterAttachingWriteOnceEach(string backend)
    {
        var target = await StartTargetAsync(await Toolchain.BuildAsync(new Recipe("herd.c")));
        var (report, own) = await WatchAsync(target, "--watch", "g_herd", "--backend", backend);
        own["hits g_herd"].Should().Be(1000);
        if (Honesty.Check(report, ("g_herd", 1000)))
        {
            report.Hits.Select(hit => hit.Tid).Distinct().Should().HaveCount(1000);
            report.Hits.Select(hit => hit.NewNumber).Order().Should().Equal(Enumerable.Range(1, 1000).Select(i => (long)i));
            Writers.FormChain(report.Hits, 0);
            report.Coverage.Threads.Should().BeGreaterThanOrEqualTo(1000);
        }

        Writers.AreAt(report.Hits, "write_once", "herd.c", "write_once");
    }

    [Theory]
    [InlineData("auto")]
    [InlineData("perf")]
    public async Task AChainOfThreadsThatEachStartTheNextLeavesNoGapAfterArming(string backend)
    {
        var target = await StartTargetAsync(await Toolchain.BuildAsync(new Recipe("chain.c")), "1000");
        var (report, own) = await WatchAsync(target, "--watch", "g_chain", "--backend", backend);
        CheckChain(report, own);
    }

    [Fact]
    public async Task AChainOfThreadsIsWholeFromTheStart()
    {
        var run = await RunAsync(await Toolchain.BuildAsync(new Recipe("chain.c")), ["--watch", "g_chain"], "2000");
        var last = run.Facts["last"];
        if (Honesty.Check(run.Report, ("g_chain", last)))
        {
            Writers.CountUp(run.Report.Hits);
            run.Report.Hits.Select(hit => hit.Tid).Distinct().Should().HaveCount((int)last);
        }
    }

    private static void CheckChain(Report report, Facts own)
    {
        report.Hits.Should().NotBeEmpty();
        var first = report.Hits[0].NewNumber;
        first.Should().BeLessThanOrEqualTo(own["gate"], "it was armed before the gate opened");
        if (Honesty.Check(report, ("g_chain", own["last"] - first + 1)))
        {
            Writers.CountUp(report.Hits, first);
        }

        Writers.AreAt(report.Hits, "write_link", "chain.c", "write_link");
    }
}
