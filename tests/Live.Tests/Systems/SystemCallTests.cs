// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using System.Text.RegularExpressions;
using AwesomeAssertions;
using Livewatcher.Live.Tests.Building;
using Livewatcher.Live.Tests.Reports;
using Livewatcher.Live.Tests.Running;
using Xunit;

namespace Livewatcher.Live.Tests.Systems;

/// <summary>What the kernel writes on the program's behalf: one hit a call, named, with the program's stack at the call.</summary>
public sealed class SystemCallTests : LiveTest
{
    private const long Calls = 200;

    [Theory]
    [InlineData("gcc", "-O0")]
    [InlineData("clang", "-O2 -fomit-frame-pointer")]
    public async Task EachReadIsOneHitWithThePath(string compiler, string optimization)
    {
        var file = NewPath("data");
        var (report, own) = await RunCallsAsync(compiler, optimization, "read", file);
        Check(report, own, "fill_by_read", "read", $@"^read\({own["descriptor"]} <{Regex.Escape(file)}>, 0x[0-9a-f]+, 8\)");
    }

    [Fact]
    public async Task EachReceiveIsOneHit()
    {
        var (report, own) = await RunCallsAsync("gcc", "-O2", "recv", NewPath("data"));

        // The C library makes recv(2) of recvfrom(2) with a null address.
        Check(report, own, "fill_by_recv", "recv", $@"^recv(from)?\({own["descriptor"]} <socket:\[\d+\]>, 0x[0-9a-f]+, 8, ");
    }

    [Fact]
    public async Task AnAnswerOfIoctlIsOneHit()
    {
        var (report, own) = await RunCallsAsync("gcc", "-O2", "ioctl", NewPath("data"));
        Check(report, own, "fill_by_ioctl", "ioctl", $@"^ioctl\({own["descriptor"]} <");
    }

    private static void Check(Report report, Facts own, string function, string marker, string call)
    {
        own["hits"].Should().Be(Calls);
        var complete = Honesty.Check(report, ("g_buffer", Calls));
        Writers.AreBelow(report.Hits, function, "calls.c", marker);
        Writers.HaveWholeStacks(report.Hits, "main");
        foreach (var hit in report.Hits)
        {
            hit.Origin.Should().Be("kernel");
            hit.Syscall.Should().MatchRegex(call);
        }

        if (complete && marker != "ioctl")
        {
            Writers.CountUp(report.Hits);
        }
    }

    private async Task<(Report Report, Facts Own)> RunCallsAsync(string compiler, string optimization, string mode, string file)
    {
        var program = await Toolchain.BuildAsync(new Recipe("calls.c") { Compiler = compiler, Optimization = optimization });
        var run = await RunAsync(program, ["--watch", "g_buffer"], mode, file, $"{Calls}");
        run.Status.Should().Be(0);
        return (run.Report, run.Facts);
    }
}
