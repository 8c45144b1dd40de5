// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using AwesomeAssertions;
using Livewatcher.Live.Tests.Building;
using Livewatcher.Live.Tests.Running;
using Xunit;

namespace Livewatcher.Live.Tests.Lifetimes;

/// <summary>A fork copies memory at one moment and livewatcher's account of it at another; threads that write in between make no escaped writes of a
/// child that has written nothing.</summary>
public sealed class AmidForkTests : LiveTest
{
    [Theory]
    [InlineData("bpf", "cpu", "off")]
    [InlineData("bpf", "task", "on")]
    [InlineData("bpf", "task", "off")]
    [InlineData("ptrace", "task", "on")]
    public async Task ChildrenOfAProgramWhoseThreadsWriteHaveNoHitsOfTheirOwn(string backend, string scope, string guard)
    {
        var target = await StartTargetAsync(await Toolchain.BuildAsync(new Recipe("amid.c") { Optimization = "-O2", Extra = "-pthread" }), $"{Emulation.Choose(400, 80)}");
        var (report, own) = await WatchAsync(
            target, ["--watch", "g_amid", "--follow-fork", "--backend", backend, "--scope", scope, "--guard", guard, "--ring", "64M", "--stack-bytes", "1024", "--max-cpu", "off"]);
        report.AllHits.Where(hit => hit.Escaped).Should().BeEmpty();
        report.Hits.Should().HaveCount((int)own["writes"]).And.OnlyContain(hit => hit.Pid == target.Id);
        report.Coverage.Gaps.Where(gap => !gap.StartsWith("the kernel's own accesses", StringComparison.Ordinal)).Should().BeEmpty();
    }
}
