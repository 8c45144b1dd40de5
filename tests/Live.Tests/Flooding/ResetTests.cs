// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using AwesomeAssertions;
using Livewatcher.Live.Tests.Building;
using Livewatcher.Live.Tests.Processes;
using Livewatcher.Live.Tests.Running;
using Livewatcher.Live.Tests.Serving;
using Xunit;

namespace Livewatcher.Live.Tests.Flooding;

/// <summary>The kernel's own counts, read on "status" and at the end: they agree, and where somebody has set them back (unarm.c, by
/// pidfd_getfd(2) and PERF_EVENT_IOC_RESET) the difference is a gap.</summary>
public sealed class ResetTests : ServingTest
{
    [Theory]
    [InlineData("bpf", "on")]
    [InlineData("bpf", "off")]
    [InlineData("perf", "on")]
    public async Task StatusHoldsTheKernelsCountsAgainstOurs(string backend, string guard)
    {
        var listening = await ListenAsync("--backend", backend, "--guard", guard);
        var served = await StartServedAsync(Serve, "on");
        await Patience.UntilAsync(() => Hits(listening) > 0, Limit, () => served.Describe("no hits"));
        (await ControlAsync("status")).Should().Contain(", as the kernel has counted").And.NotContain("gap: ");
        await ResetAsync(ProcFile.TracerOf(served.Id) is var tracer and > 0 ? tracer : listening.Process.Id);
        (await ControlAsync("status")).Should().MatchRegex(@"; the kernel has counted [\d,]+ fewer").And.MatchRegex(@"gap: the kernel had counted [\d,]+ hits of \S+ in process \d+, [\d,]+ fewer than had");
        await served.SignalAsync("TERM");
        (await served.ExitAsync(Limit)).Should().Be(0);
        var report = await QuitAsync(listening);
        report.Coverage.Gaps.Should().Contain(gap => gap.StartsWith("the kernel had counted ", StringComparison.Ordinal)
            && gap.Contains(" fewer than had arrived: somebody else has reset its event (noticed ", StringComparison.Ordinal));
    }

    [Fact]
    public async Task TheEndHoldsThemTooAndSaysWhenItWasNoticed()
    {
        var target = await StartTargetAsync(await Toolchain.BuildAsync(new Recipe("steady.c")), $"{20_000 * Emulation.Slowness}", "600");
        var attachment = await AttachAsync(target.Id, "--watch", "g_steady");
        await Patience.UntilAsync(() => Hits(attachment) > 3, Limit, () => attachment.Process.Describe("no hits"));
        await ResetAsync(ProcFile.TracerOf(target.Id) is var tracer and > 0 ? tracer : attachment.Process.Id);
        var before = Hits(attachment);
        await Patience.UntilAsync(() => Hits(attachment) > before, Limit, () => attachment.Process.Describe("no more hits"));
        await attachment.InterruptAsync();
        var report = await attachment.EndAsync(Limit);
        report.Coverage.Gaps.Should().ContainSingle().Which.Should().MatchRegex(@"^the kernel counted \d+ hits, \d+ fewer than arrived: somebody else has reset an event \(noticed \d\d:\d\d:\d\d\.\d{6}\)$");
        await target.Process.SignalAsync("TERM");
        await target.EndAsync(Limit);
    }

    private async Task ResetAsync(int holder)
    {
        var reset = Start(await Toolchain.BuildAsync(new Recipe("unarm.c")), [$"{holder}", "reset"]);
        (await reset.ExitAsync(Limit)).Should().Be(0, reset.Describe("counts were set back"));
    }
}
