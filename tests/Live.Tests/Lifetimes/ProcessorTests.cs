// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using AwesomeAssertions;
using Livewatcher.Live.Tests.Building;
using Livewatcher.Live.Tests.Processes;
using Livewatcher.Live.Tests.Running;
using Xunit;

namespace Livewatcher.Live.Tests.Lifetimes;

/// <summary>A CPU goes offline and comes back while a program is watched. In the emulated machine only: nobody's own CPUs are taken away.</summary>
public sealed class ProcessorTests : LiveTest
{
    private const string Switch = "/sys/devices/system/cpu/cpu1/online";

    [Theory]
    [InlineData("cpu", "off")]
    [InlineData("task", "off")]
    [InlineData("task", "on")]
    public async Task ACpuThatComesBackIsArmedAgain(string scope, string guard)
    {
        Assert.SkipUnless(Emulation.IsOn && File.Exists(Switch), "it takes a CPU offline, which is done in the emulated machine only");
        var target = await StartTargetAsync(await Toolchain.BuildAsync(new Recipe("flood.c") { Extra = "-pthread" }), "4", "20", "600");
        var attachment = await AttachAsync(target.Id, "--watch", "g_flood", "--backend", "bpf", "--scope", scope, "--guard", guard);
        target.Open();
        await SeenOnAsync(attachment, 1, 3);
        await File.WriteAllTextAsync(Switch, "0", TestContext.Current.CancellationToken);
        await Patience.PauseAsync(1000);
        await File.WriteAllTextAsync(Switch, "1", TestContext.Current.CancellationToken);
        await SeenOnAsync(attachment, 1, 10);
        await attachment.InterruptAsync();
        var report = await attachment.EndAsync(Limit);
        target.IsAlive.Should().BeTrue();
        if (scope == "cpu")
            report.Coverage.Gaps.Should().Contain("CPU 1 came online while it was watched: what ran there before it was armed was not seen");
        else
            report.Coverage.Gaps.Should().NotContainMatch("CPU*");
        await target.Process.SignalAsync("KILL");
    }

    /// <summary>So many hits more on a CPU.</summary>
    private static async Task SeenOnAsync(Attachment attachment, int cpu, int more)
    {
        var before = Count();
        await Patience.UntilAsync(() => Count() >= before + more, Limit, () => $"no hits on CPU {cpu}");
        int Count() => File.ReadLines(attachment.OutputPath).Count(line => line.Contains($"\"cpu\":{cpu},", StringComparison.Ordinal));
    }
}
