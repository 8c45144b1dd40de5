// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using AwesomeAssertions;
using Livewatcher.Live.Tests.Building;
using Livewatcher.Live.Tests.Counting;
using Livewatcher.Live.Tests.Reports;
using Livewatcher.Live.Tests.Running;
using Xunit;

namespace Livewatcher.Live.Tests.Ptrace;

/// <summary>Backend ptrace counts what the program counts, with values, writers and whole stacks, and keeps its own signals apart.</summary>
public sealed class PtraceCountTests : LiveTest
{
    private static readonly string[] Ptrace = ["--backend", "ptrace"];

    [Theory]
    [InlineData("gcc", "-O0")]
    [InlineData("gcc", "-O2 -fomit-frame-pointer")]
    [InlineData("clang", "-O0")]
    [InlineData("clang", "-O2 -fomit-frame-pointer")]
    public async Task EveryWriteIsReportedWithItsWriter(string compiler, string optimization)
    {
        var program = await Toolchain.BuildAsync(Counters.Variant("counter", ".c", compiler, optimization, Linking.Pie));
        var run = await RunAsync(
            program, ["--watch", "g_counter", "--watch", "g_atomic", .. Ptrace], $"{Counters.Rounds}", $"{Counters.Threads}");
        run.Status.Should().Be(0);
        run.Report.Coverage.Should().Match<CoverageLine>(coverage => coverage.Backend == "ptrace" && coverage.Scope == "task" && coverage.Guard);
        var own = run.Facts;
        own["hits g_counter"].Should().Be(Counters.Rounds * Counters.Threads, "the program did what it was written for");
        if (Honesty.CheckUserOnly(run.Report, ("g_counter", own["hits g_counter"]), ("g_atomic", own["hits g_atomic"])))
        {
            Writers.CountUp(run.Report.HitsOn("g_counter"));
            run.Report.Hits.CountBy(hit => hit.Thread!).ToDictionary(pair => pair.Key, pair => (long)pair.Value, StringComparer.Ordinal)
                .Should().Equal(own.All("thread "), "each thread has counted its own writes");
        }

        Writers.AreAt(run.Report.HitsOn("g_counter"), "add_one", "counter.c", "add_one");
        Writers.AreAt(run.Report.HitsOn("g_atomic"), "add_atomic", "counter.c", "add_atomic");
        Writers.HaveWholeStacks(run.Report.Hits, "work");
    }

    [Fact]
    public async Task TheProgramsOwnTrapsArriveAndNoOthers()
    {
        var run = await RunAsync(await Toolchain.BuildAsync(new Recipe("traps.c")), ["--watch", "g_watched", .. Ptrace], "300");
        run.Status.Should().Be(0);
        run.Facts["raised"].Should().Be(300);
        run.Facts["breakpoints"].Should().Be(300);
        run.Facts["others"].Should().Be(0);
        Honesty.CheckUserOnly(run.Report, ("g_watched", run.Facts["hits g_watched"]));
    }

    [Fact]
    public async Task ItSaysThatEachHitStopsTheThread()
    {
        var program = await Toolchain.BuildAsync(new Recipe("traps.c"));
        var child = StartLivewatcher(["run", "--watch", "g_watched", .. Ptrace, "--", program, "3"]);
        (await child.ExitAsync(Limit)).Should().Be(0);
        child.Errors.Should().Contain("ptrace (stops the thread at each hit)").And.Contain("backend ptrace stops the thread at each hit");
    }

    [Theory]
    [InlineData("--scope", "cpu")]
    [InlineData("--guard", "off")]
    public async Task WhatItCannotDoIsRefused(string option, string value)
    {
        var program = await Toolchain.BuildAsync(new Recipe("traps.c"));
        (await RefusedAsync(["run", "--watch", "g_watched", .. Ptrace, option, value, "--", program, "3"])).Should().Contain($"{option} {value}");
    }
}
