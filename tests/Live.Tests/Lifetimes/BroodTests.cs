// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using AwesomeAssertions;
using Livewatcher.Live.Tests.Building;
using Livewatcher.Live.Tests.Running;
using Xunit;

namespace Livewatcher.Live.Tests.Lifetimes;

/// <summary>A storm of children, of which every third is killed amid its writing: each one's hits against its own account.</summary>
public sealed class BroodTests : LiveTest
{
    [Theory]
    [InlineData("bpf", "cpu", "off")]
    [InlineData("bpf", "task", "on")]
    [InlineData("bpf", "task", "off")]
    [InlineData("perf", "task", "on")]
    [InlineData("ptrace", "task", "on")]
    public async Task EachChildsHitsAreThoseOfItsOwnAccount(string backend, string scope, string guard)
    {
        var children = Slow.Choose(48, Emulation.Choose(2000, 200));
        var target = await StartTargetAsync(await Toolchain.BuildAsync(new Recipe("brood.c") { Optimization = "-O2 -fomit-frame-pointer" }), $"{children}");
        var (report, own) = await WatchAsync(
            target, ["--watch", "g_brood", "--follow-fork", "--backend", backend, "--scope", scope, "--guard", guard, "--ring", "64M", "--stack-bytes", "1024"]);
        own["harmed"].Should().Be(0);
        own["killed"].Should().BeGreaterThan(children / 6);
        var begun = own.All("begun ");
        var done = own.All("done ");
        begun.Should().HaveCount(children);
        var complete = report.Coverage.Gaps.All(gap => gap.StartsWith("the kernel's own accesses", StringComparison.Ordinal));
        foreach (var (pid, most) in begun)
        {
            var hits = report.Hits.Where(hit => hit.Pid == int.Parse(pid)).Select(hit => hit.NewNumber).ToList();
            hits.Count.Should().BeLessThanOrEqualTo((int)most, $"child {pid} has written no more often");
            if (complete)
            {
                // Who is killed between a store and its note has written once more than it says.
                hits.Should().Equal(Enumerable.Range(1, hits.Count).Select(i => (long)i)).And.HaveCountGreaterThanOrEqualTo((int)done[pid], $"child {pid} has written {done[pid]} times");
            }
        }

        report.Hits.Should().OnlyContain(hit => begun.ContainsKey($"{hit.Pid}"));
        Console.WriteLine($"Live: {children} children, {own["killed"]} killed, on {backend} scope {scope}: {report.Coverage.Hits.Counted} hits, complete: {complete} {string.Join(" | ", report.Coverage.Gaps)}");
        (complete || report.Coverage.Hits.Escaped + report.Coverage.Hits.Dropped > 0).Should().BeTrue(string.Join(" | ", report.Coverage.Gaps));
    }
}
