// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using AwesomeAssertions;
using Livewatcher.Live.Tests.Building;
using Livewatcher.Live.Tests.Reports;
using Livewatcher.Live.Tests.Running;
using Xunit;

namespace Livewatcher.Live.Tests.Lifetimes;

/// <summary>A watched page leaves memory for swap space and comes back: its register holds an address.</summary>
public sealed class SwapTests : LiveTest
{
    [Theory]
    [InlineData("cpu", "off")]
    [InlineData("task", "on")]
    public async Task APageThatWasSwappedOutIsWatchedOn(string scope, string guard)
    {
        Assert.SkipUnless(File.ReadAllLines("/proc/swaps").Length > 1, "no swap space (tools/vm/run.sh --swap)");
        var target = await StartTargetAsync(await Toolchain.BuildAsync(new Recipe("remap.c")), "swap");
        // The audit would read the page, and so bring it back, 300 times a second.
        var (report, own) = await WatchAsync(target, ["--watch", "*(long*)0x200000000", "--audit", "1m", "--scope", scope, "--guard", guard]);
        own["swapped"].Should().Be(1);
        Honesty.Check(report, ("*(long*)0x200000000", own["written"]));
    }
}
