// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using System.Text.RegularExpressions;
using AwesomeAssertions;
using Livewatcher.Live.Tests.Building;
using Livewatcher.Live.Tests.Counting;
using Livewatcher.Live.Tests.Reports;
using Livewatcher.Live.Tests.Running;
using Xunit;

namespace Livewatcher.Live.Tests.Narrow;

/// <summary>32-bit programs are watched as 64-bit ones are.</summary>
public sealed class ThirtyTwoBitTests : LiveTest
{
    private const long Calls = 200;

    public static TheoryData<string, string, Linking> Variants() => MatrixTests.Variants();

    [Theory]
    [MemberData(nameof(Variants))]
    public async Task EveryWriteIsReportedWithItsWriter(string compiler, string optimization, Linking linking)
    {
        await ThirtyTwoBit.SkipUnlessItRunsHereAsync();
        var recipe = Counters.Variant("counter", ".c", compiler, optimization, linking);
        recipe = recipe with { Library = recipe.Library is { } library ? ThirtyTwoBit.Of(library) : null };
        var program = await Toolchain.BuildAsync(ThirtyTwoBit.Of(recipe));
        var run = await RunAsync(program, ["--watch", "g_counter", "--watch", "g_atomic"], $"{Counters.Rounds}", $"{Counters.Threads}");
        Counters.Check(run, "g_counter", "g_atomic");
        Writers.AreAt(run.Report.HitsOn("g_counter"), "add_one", "counter.c", "add_one");
        Writers.AreAt(run.Report.HitsOn("g_atomic"), "add_atomic", "counter.c", "add_atomic");
        Writers.HaveWholeStacks(run.Report.Hits, "work");
    }

    [Fact]
    public async Task EachReadIsOneHitWithThePath()
    {
        await ThirtyTwoBit.SkipUnlessItRunsHereAsync();
        var program = await Toolchain.BuildAsync(ThirtyTwoBit.Of(new Recipe("calls.c")));
        var file = NewPath("data");
        var run = await RunAsync(program, ["--watch", "g_buffer"], "read", file, $"{Calls}");
        run.Status.Should().Be(0);
        var complete = Honesty.Check(run.Report, ("g_buffer", Calls));
        Writers.AreBelow(run.Report.Hits, "fill_by_read", "calls.c", "read");
        Writers.HaveWholeStacks(run.Report.Hits, "main");
        run.Report.Hits.Should().OnlyContain(hit => hit.Origin == "kernel");
        foreach (var hit in run.Report.Hits)
        {
            hit.Syscall.Should().MatchRegex($@"^read\({run.Facts["descriptor"]} <{Regex.Escape(file)}>, 0x[0-9a-f]+, 4\)");
        }

        if (complete)
        {
            Writers.CountUp(run.Report.Hits);
        }
    }

    [Theory]
    [InlineData("auto")]
    [InlineData("perf")]
    public async Task ThreadsAreCoveredFromTheInstantOfAttaching(string backend)
    {
        await ThirtyTwoBit.SkipUnlessItRunsHereAsync();
        var target = await StartTargetAsync(await Toolchain.BuildAsync(ThirtyTwoBit.Of(new Recipe("herd.c"))));
        var (report, own) = await WatchAsync(target, "--watch", "g_herd", "--backend", backend);
        own["hits g_herd"].Should().Be(1000);
        if (Honesty.Check(report, ("g_herd", 1000)))
        {
            report.Hits.Select(hit => hit.Tid).Distinct().Should().HaveCount(1000);
        }

        Writers.AreAt(report.Hits, "write_once", "herd.c", "write_once");
    }
}
