// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using AwesomeAssertions;
using Livewatcher.Live.Tests.Building;
using Livewatcher.Live.Tests.Processes;
using Livewatcher.Live.Tests.Reports;
using Livewatcher.Live.Tests.Running;
using Xunit;

namespace Livewatcher.Live.Tests.Endings;

/// <summary>When livewatcher is killed, at any moment, the program goes on unarmed and a second attach works at once.</summary>
public sealed class KilledTests : LiveTest
{
    [Fact]
    [Trait(Slow.Category, Slow.Name)]
    public async Task KillingUsAtAnyMomentLeavesTheProgramAlone()
    {
        var times = Slow.Choose(10, 100);
        var random = new Random(20_000);
        var target = await StartTargetAsync(await Toolchain.BuildAsync(new Recipe("steady.c")), "0", "600");
        for (var i = 0; i < times; i++)
        {
            var doomed = StartAttach(target.Id.ToString(), "--watch", "g_steady");
            await Patience.PauseAsync(random.Next(400));
            doomed.Process.Kill();
            await doomed.Process.ExitAsync(Limit);
            target.IsAlive.Should().BeTrue(target.Process.Describe($"killed with us, the {i + 1}th time"));
            if (i % 5 == 0)
            {
                var next = StartAttach(target.Id.ToString(), "--watch", "g_steady", "--max-hits", "200");
                var report = await next.EndAsync(Limit);
                report.Hits.Should().HaveCount(200);
                Writers.AreAt(report.Hits, "write_steady", "steady.c", "write_steady");
            }
        }

        ProcFile.TracerOf(target.Id).Should().Be(0);
        await target.Process.SignalAsync("TERM");
        (await target.EndAsync(Limit))["written"].Should().BePositive();
    }

    [Fact]
    public async Task TheProgramThatRunHasStartedOutlivesUs()
    {
        var watching = StartRun(await Toolchain.BuildAsync(new Recipe("steady.c")), ["--watch", "g_steady"], "1000", $"{3 * Emulation.Slowness}");
        var (child, output) = (watching.Process, watching.OutputPath);
        await Patience.UntilAsync(
            () => child.HasExited || (File.Exists(output) && File.ReadLines(output).Count() > 50), Limit, () => child.Describe("no hits"));
        child.HasExited.Should().BeFalse(child.Describe("it ended by itself"));
        var pid = Report.FirstArmed(output).Pid;
        child.Kill();
        await Patience.UntilAsync(() => ProcFile.TracerOf(pid) == 0, Limit, () => "it is still traced");
        ProcFile.Exists(pid).Should().BeTrue("it goes on");
        await Patience.UntilAsync(
            () => child.Output.Contains("written ", StringComparison.Ordinal), Limit, () => child.Describe("it did not come to its own end"));
    }
}
