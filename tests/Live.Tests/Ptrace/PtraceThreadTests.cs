// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using AwesomeAssertions;
using Livewatcher.Live.Tests.Building;
using Livewatcher.Live.Tests.Reports;
using Livewatcher.Live.Tests.Running;
using Xunit;

namespace Livewatcher.Live.Tests.Ptrace;

/// <summary>Debug registers are not inherited: each newcomer is armed in the stop in which it comes, so none slips by.</summary>
public sealed class PtraceThreadTests : LiveTest
{
    [Fact]
    public async Task AThousandThreadsBeforeDuringAndAfterAttachingWriteOnceEach()
    {
        var target = await StartTargetAsync(await Toolchain.BuildAsync(new Recipe("herd.c")));
        var (report, own) = await WatchAsync(target, "--watch", "g_herd", "--backend", "ptrace");
        own["hits g_herd"].Should().Be(1000);
        if (Honesty.CheckUserOnly(report, ("g_herd", 1000)))
        {
            report.Hits.Select(hit => hit.Tid).Distinct().Should().HaveCount(1000);
            Writers.FormChain(report.Hits, 0);
        }

        Writers.AreAt(report.Hits, "write_once", "herd.c", "write_once");
    }

    [Fact]
    public async Task AChainOfThreadsThatEachStartTheNextIsWhole()
    {
        var run = await RunAsync(await Toolchain.BuildAsync(new Recipe("chain.c")), ["--watch", "g_chain", "--backend", "ptrace"], "1000");
        if (Honesty.CheckUserOnly(run.Report, ("g_chain", run.Facts["last"])))
        {
            Writers.CountUp(run.Report.Hits);
        }

        run.Report.Coverage.Threads.Should().BeGreaterThanOrEqualTo(1000);
    }

    [Fact]
    public async Task ChildrenAreFollowedFromTheirFirstWrite()
    {
        var run = await RunAsync(
            await Toolchain.BuildAsync(new Recipe("family.c")), ["--watch", "g_family", "--follow-fork", "--backend", "ptrace"], "3000");
        var children = run.Facts["children"];
        run.Facts["harmed"].Should().Be(0);
        if (Honesty.CheckUserOnly(run.Report, ("g_family", 2 * children)))
        {
            run.Report.Hits.Where(hit => hit.NewNumber > 0).Should().OnlyContain(hit => hit.OldNumber == -hit.NewNumber, "it had its parent's value");
            run.Report.Coverage.Processes.Should().Be(1 + (int)children);
        }
    }
}
