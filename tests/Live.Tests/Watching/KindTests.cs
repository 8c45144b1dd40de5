// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using AwesomeAssertions;
using Livewatcher.Live.Tests.Building;
using Livewatcher.Live.Tests.Reports;
using Livewatcher.Live.Tests.Running;
using Xunit;

namespace Livewatcher.Live.Tests.Watching;

/// <summary>Every kind of memory that an expression names: its writes and no neighbour's.</summary>
public sealed class KindTests : LiveTest
{
    [Theory]
    [InlineData("gcc", "-O0")]
    [InlineData("clang", "-O2 -fomit-frame-pointer")]
    public async Task ElementsMembersAndStaticsAreWatchedByTheirNames(string compiler, string optimization)
    {
        var report = await RunKindsAsync(compiler, optimization, "g_table[3]", "kinds.c::state", "other.c::state", "g_triple.y");
        Writers.AreAt(report.HitsOn("g_table[3]"), "write_table", "kinds.c", "table");
        Writers.AreAt(report.HitsOn("kinds.c::state"), "write_state", "kinds.c", "state");
        Writers.AreAt(report.HitsOn("other.c::state"), "write_other", "other.c", "state");
        Writers.AreAt(report.HitsOn("g_triple.y"), "write_triple", "kinds.c", "y");
    }

    [Theory]
    [InlineData("gcc", "-O2 -fomit-frame-pointer")]
    [InlineData("clang", "-O0")]
    public async Task PointersAreFollowedOnceAndSayWhereTo(string compiler, string optimization)
    {
        var program = await BuildAsync(compiler, optimization);
        var target = await StartTargetAsync(program);
        var config = target.Facts.Address("g_config");
        string[] watches = ["g_config->limit", "(*g_config).range.high", $"((struct config *){config})->range.high", $"*(short *)({config} + 10)"];
        var (report, own) = await WatchAsync(target, [.. watches.SelectMany(watch => new[] { "--watch", watch })]);
        Honesty.Check(report, [.. watches.Select(watch => (watch, own["rounds"]))]);
        Writers.AreAt(report.HitsOn(watches[0]), "write_config", "kinds.c", "limit");
        Writers.AreAt(report.Hits.Where(hit => hit.Watch != watches[0]), "write_config", "kinds.c", "high");
        report.Armed.Single(armed => armed.Watch == watches[0]).Resolution.Should().Contain(config);
    }

    [Fact]
    public async Task AddressesAreWatchedByThemselves()
    {
        var target = await StartTargetAsync(await BuildAsync("gcc", "-O2"));
        var address = target.Facts.Address("g_table[3]");
        string[] watches = [$"{address}:4", $"*(int *){address}"];
        var (report, own) = await WatchAsync(target, "--watch", watches[0], "--watch", watches[1]);
        Honesty.Check(report, (watches[0], own["rounds"]), (watches[1], own["rounds"]));
        report.Armed.Should().OnlyContain(armed => armed.Address == address && armed.Length == 4);
        Writers.AreAt(report.Hits, "write_table", "kinds.c", "table");
    }

    [Theory]
    [InlineData("gcc", "-O0")]
    [InlineData("gcc", "-O2 -fomit-frame-pointer")]
    [InlineData("clang", "-O2 -fomit-frame-pointer")]
    public async Task ABitFieldShowsItsOwnValue(string compiler, string optimization)
    {
        var run = await RunAsync(await BuildAsync(compiler, optimization), ["--watch", "g_flags.mode"]);
        var rounds = run.Facts["rounds"];

        // The neighbour in the same byte is written as often; the processor cannot tell the two.
        var complete = Honesty.Check(run.Report, ("g_flags.mode", 2 * rounds));
        var neighbours = run.Report.Hits.Where(hit => hit.Stack[0].Function == "write_ready").ToList();
        neighbours.Should().OnlyContain(hit => hit.Changed == false, "another field's write does not change this one");
        if (complete)
        {
            neighbours.Should().HaveCount((int)rounds);
            run.Report.Hits.Except(neighbours).Select(hit => hit.NewNumber).Should().Equal(Enumerable.Range(1, (int)rounds).Select(i => (long)i % 8));
        }
    }

    [Fact]
    public async Task TwelveBytesTakeTwoSlotsAndAreOneWatch()
    {
        var run = await RunAsync(await BuildAsync("gcc", "-O0"), ["--watch", "g_triple"]);
        Honesty.Check(run.Report, ("g_triple", 3 * run.Facts["rounds"]));
        var armed = run.Report.Armed.Single();
        armed.Length.Should().Be(12);
        armed.Slots.Select(slot => slot.Length).Should().Equal(8, 4);
        run.Report.Hits.Select(hit => hit.Address).Distinct().Should().Equal(armed.Address);
        Writers.AreAt(run.Report.Hits.Where(hit => hit.Seq % 3 == 0), "write_triple", "kinds.c", "z");
    }

    [Theory]
    [InlineData("gcc", "-O2 -fomit-frame-pointer")]
    [InlineData("clang", "-O2 -fomit-frame-pointer")]
    public async Task ASixteenByteStoreIsOneHit(string compiler, string optimization)
    {
        var run = await RunAsync(await BuildAsync(compiler, optimization), ["--watch", "g_wide"]);
        Honesty.Check(run.Report, ("g_wide", run.Facts["rounds"]));
        Writers.AreAt(run.Report.Hits, "write_wide", "kinds.c", "wide");
        run.Report.Hits.Where(hit => !hit.Recovered).Should().OnlyContain(
            hit => hit.Merged == 2 || Emulation.IsOn, "two debug registers; QEMU names one of the two");
        run.Report.Hits[0].New!.Value.GetString().Should().Contain("01 01 01 01 01 01 01 01 01 01 01 01 01 01 01 01");
    }

    [Fact]
    public async Task AStrippedProgramIsWatchedByItsDynamicSymbols()
    {
        var program = await Toolchain.BuildAsync(new Recipe("kinds.c", "other.c") { Extra = "-rdynamic", Stripped = true });
        var run = await RunAsync(program, ["--watch", "g_triple", "--watch", "g_flags"]);
        var rounds = run.Facts["rounds"];
        Honesty.Check(run.Report, ("g_triple", 3 * rounds), ("g_flags", 2 * rounds));
        run.Report.Armed.Single(armed => armed.Watch == "g_triple").Length.Should().Be(12, "the symbol has a size");
        run.Report.Armed.Should().OnlyContain(armed => armed.ValueType == null);
    }

    private static Task<string> BuildAsync(string compiler, string optimization) =>
        Toolchain.BuildAsync(new Recipe("kinds.c", "other.c") { Compiler = compiler, Optimization = optimization });

    private async Task<Report> RunKindsAsync(string compiler, string optimization, params string[] watches)
    {
        var run = await RunAsync(await BuildAsync(compiler, optimization), [.. watches.SelectMany(watch => new[] { "--watch", watch })]);
        run.Status.Should().Be(0);
        var rounds = run.Facts["rounds"];
        if (Honesty.Check(run.Report, [.. watches.Select(watch => (watch, watch == "other.c::state" ? 2 * rounds : rounds))]))
        {
            watches.Should().AllSatisfy(watch => Writers.CountUp(run.Report.HitsOn(watch)));
        }

        return run.Report;
    }
}
