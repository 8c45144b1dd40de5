// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using AwesomeAssertions;
using Livewatcher.Live.Tests.Building;
using Livewatcher.Live.Tests.Processes;
using Livewatcher.Live.Tests.Reports;
using Livewatcher.Live.Tests.Running;
using Xunit;

namespace Livewatcher.Live.Tests.Endings;

/// <summary>How a watching ends: by the program, by us, by a limit.</summary>
public sealed class EndingTests : LiveTest
{
    [Theory]
    [InlineData("crash", 139)]
    [InlineData("abort", 134)]
    [InlineData("kill", 137)]
    [InlineData("0", 0)]
    [InlineData("3", 3)]
    [InlineData("255", 255)]
    public async Task TheProgramsEndIsOursAndItsLastWriteIsReported(string how, int status)
    {
        var run = await RunAsync(await Toolchain.BuildAsync(new Recipe("end.c")), ["--watch", "g_last"], how);
        run.Status.Should().Be(status);
        if (Honesty.Check(run.Report, ("g_last", 1)))
        {
            Writers.AreAt(run.Report.Hits, "write_last", "end.c", "write_last");
            run.Report.Hits[0].NewNumber.Should().Be(1);
        }
    }

    [Fact]
    public async Task InterruptingEndsWithTheSummary()
    {
        var (target, attachment) = await AttachSteadyAsync();
        await Patience.PauseAsync(300);
        await attachment.InterruptAsync();
        var report = await attachment.EndAsync(Limit);
        report.Coverage.Why.Should().Contain("interrupt");
        report.Writers.Should().ContainSingle();
        await CheckSteadyAsync(target, report);
    }

    [Fact]
    public async Task TheTimeLimitEndsIt()
    {
        var (target, attachment) = await AttachSteadyAsync("--for", "1s");
        var report = await attachment.EndAsync(Limit);
        report.Coverage.Why.Should().Contain("--for");
        report.Hits.Count.Should().BeGreaterThan(10);
        await CheckSteadyAsync(target, report);
    }

    [Fact]
    public async Task TheHitLimitEndsItAfterExactlySoManyHits()
    {
        var (target, attachment) = await AttachSteadyAsync("--max-hits", "100");
        var report = await attachment.EndAsync(Limit);
        report.Hits.Should().HaveCount(100);
        report.Coverage.Why.Should().Contain("--max-hits");
        await CheckSteadyAsync(target, report);
    }

    [Fact]
    public async Task AProgramIsFoundByItsNameAndByItsPath()
    {
        // A name of its own, so that no other program of this machine has it.
        var program = NewPath("steady");
        File.Copy(await Toolchain.BuildAsync(new Recipe("steady.c")), program);
        var unique = Path.Combine(Folder, "st" + Guid.NewGuid().ToString("N")[..8]);
        File.Move(program, unique);
        var target = await StartTargetAsync(unique, "1000");
        foreach (var whom in new[] { Path.GetFileName(unique), unique })
        {
            var attachment = StartAttach(whom, "--watch", "g_steady", "--max-hits", "10");
            var report = await attachment.EndAsync(Limit);
            report.Hits.Should().HaveCount(10).And.OnlyContain(hit => hit.Pid == target.Id);
        }
    }

    private async Task<(Target Target, Attachment Attachment)> AttachSteadyAsync(params string[] options)
    {
        var target = await StartTargetAsync(await Toolchain.BuildAsync(new Recipe("steady.c")), "1000");
        return (target, await AttachAsync(target.Id, ["--watch", "g_steady", .. options]));
    }

    private static async Task CheckSteadyAsync(Target target, Report report)
    {
        target.IsAlive.Should().BeTrue("it goes on when we end");
        ProcFile.TracerOf(target.Id).Should().Be(0);
        var (first, last) = (report.Hits[0].NewNumber, report.Hits[^1].NewNumber);
        if (Honesty.Check(report, ("g_steady", last - first + 1)))
        {
            Writers.CountUp(report.Hits, first);
        }

        await target.Process.SignalAsync("TERM");
        (await target.EndAsync(Limit))["written"].Should().BeGreaterThanOrEqualTo(last);
    }
}
