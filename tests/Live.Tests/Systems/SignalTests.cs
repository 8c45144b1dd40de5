// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using AwesomeAssertions;
using Livewatcher.Live.Tests.Building;
using Livewatcher.Live.Tests.Processes;
using Livewatcher.Live.Tests.Reports;
using Livewatcher.Live.Tests.Running;
using Xunit;

namespace Livewatcher.Live.Tests.Systems;

/// <summary>The program keeps all its own signals, SIGTRAP among them.</summary>
public sealed class SignalTests : LiveTest
{
    [Theory]
    [InlineData("gcc", "-O0")]
    [InlineData("clang", "-O2 -fomit-frame-pointer")]
    public async Task ItsOwnTrapsArriveAndNoOthers(string compiler, string optimization)
    {
        var program = await Toolchain.BuildAsync(new Recipe("traps.c") { Compiler = compiler, Optimization = optimization });
        var run = await RunAsync(program, ["--watch", "g_watched"], "300");
        run.Status.Should().Be(0);
        run.Facts["raised"].Should().Be(300);
        run.Facts["breakpoints"].Should().Be(300);
        run.Facts["others"].Should().Be(0);
        Honesty.Check(run.Report, ("g_watched", run.Facts["hits g_watched"]));
        Writers.AreAt(run.Report.Hits, "write_watched", "traps.c", "write_watched");
    }

    [Fact]
    public async Task AStormOfSignalsDisturbsNothing()
    {
        var program = await Toolchain.BuildAsync(new Recipe("storm.c"));
        var run = await RunAsync(program, ["--watch", "g_main", "--watch", "g_handler"]);
        run.Status.Should().Be(0);
        if (Honesty.Check(run.Report, ("g_main", run.Facts["hits g_main"]), ("g_handler", run.Facts["hits g_handler"])))
        {
            Writers.CountUp(run.Report.HitsOn("g_main"));
            Writers.CountUp(run.Report.HitsOn("g_handler"));
        }

        run.Facts["hits g_handler"].Should().BePositive("signals came while it wrote");
        Writers.AreAt(run.Report.HitsOn("g_handler"), "on_signal", "storm.c", "handler");
        Writers.AreAt(run.Report.HitsOn("g_main"), "write_main", "storm.c", "write_main");
    }

    [Fact]
    public async Task AStoppedProgramStaysStoppedUntilItIsContinued()
    {
        var target = await StartTargetAsync(await Toolchain.BuildAsync(new Recipe("steady.c")), "1000");
        var attachment = await AttachAsync(target.Id, "--watch", "g_steady");
        await Patience.UntilAsync(() => Lines(attachment) > 20, Limit, () => "no hits");
        for (var i = 0; i < 3; i++)
        {
            await target.Process.SignalAsync("STOP");
            await Patience.UntilAsync(
                () => ProcFile.Status(target.Id, "State")?[0] is 'T' or 't', Limit, () => $"not stopped: {ProcFile.Status(target.Id, "State")}");
            var stopped = -1;
            await Patience.UntilAsync(
                () =>
                {
                    var before = stopped;
                    return (stopped = Lines(attachment)) == before;
                },
                Limit,
                () => "hits go on though it is stopped",
                pause: 300);
            await Patience.PauseAsync(200);
            Lines(attachment).Should().Be(stopped, "a stopped program writes nothing");
            await target.Process.SignalAsync("CONT");
            await Patience.UntilAsync(() => Lines(attachment) > stopped + 20, Limit, () => "it does not go on");
        }

        await target.Process.SignalAsync("TERM");
        var own = (await target.EndAsync(Limit))["written"];
        var report = await attachment.EndAsync(Limit);
        CheckSteady(report, own);
    }

    private static int Lines(Attachment attachment) => File.ReadLines(attachment.OutputPath).Count();

    // It wrote before it was armed, so the first value is open and the last one is not.
    private static void CheckSteady(Report report, long last)
    {
        var first = report.Hits[0].NewNumber;
        if (Honesty.Check(report, ("g_steady", last - first + 1)))
        {
            Writers.CountUp(report.Hits, first);
        }

        Writers.AreAt(report.Hits, "write_steady", "steady.c", "write_steady");
    }
}
