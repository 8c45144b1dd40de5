// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using AwesomeAssertions;
using Livewatcher.Live.Tests.Building;
using Livewatcher.Live.Tests.Processes;
using Livewatcher.Live.Tests.Running;
using Xunit;

namespace Livewatcher.Live.Tests.Lifetimes;

/// <summary>A target ends, and another process gets its number at once, with the same variable at the same address: it is neither watched
/// nor its memory taken for the target's.</summary>
public sealed class ReusedNumberTests : LiveTest
{
    [Theory]
    [InlineData("bpf", "cpu", "off")]
    [InlineData("bpf", "task", "on")]
    [InlineData("bpf", "task", "off")]
    [InlineData("perf", "task", "on")]
    [InlineData("perf", "task", "off")]
    [InlineData("ptrace", "task", "on")]
    public async Task TheNewProcessIsNotTakenForTheOldOne(string backend, string scope, string guard)
    {
        Assert.SkipUnless(Emulation.IsOn, "it chooses the number of the next process of the whole machine, which is done in the emulated one only");
        var program = await Toolchain.BuildAsync(new Recipe("steady.c") { Linking = Linking.NoPie });
        var target = await StartTargetAsync(program, $"{5_000 * Emulation.Slowness}", "600");
        var attachment = await AttachAsync(target.Id, ["--watch", "g_steady", "--backend", backend, "--scope", scope, "--guard", guard]);
        await Patience.UntilAsync(() => File.ReadLines(attachment.OutputPath).Count() > 10, Limit, () => attachment.Process.Describe("no hits"));
        var again = Start(await Toolchain.BuildAsync(new Recipe("again.c")), [$"{target.Id}", program, $"{5_000 * Emulation.Slowness}", "3"]);
        await Patience.UntilAsync(() => again.Output.Contains("ready\n", StringComparison.Ordinal), Limit, () => again.Describe("not ready"));
        // So that it cannot see the end before the number is another's.
        await attachment.Process.SignalAsync("STOP");
        await target.Process.SignalAsync("KILL");
        await Patience.UntilAsync(() => again.Output.LastIndexOf("ready\n", StringComparison.Ordinal) > 10, Limit, () => again.Describe("the number is not used again"));
        await attachment.Process.SignalAsync("CONT");
        var report = await attachment.EndAsync(Limit);
        (await again.ExitAsync(Limit)).Should().Be(0, again.Describe("the new process"));
        new Reports.Facts(again.Output)["status"].Should().Be(0, "it came to no harm");
        report.Hits.Should().HaveCountGreaterThan(5);
        report.Hits.Select(hit => hit.NewNumber).Should().BeInAscendingOrder("the new one begins at 1 again").And.OnlyHaveUniqueItems();
        report.Coverage.Hits.Escaped.Should().Be(0, "what the other one has in its memory is no change of ours");
        report.Coverage.Why.Should().Match(why => why.Contains("killed", StringComparison.Ordinal) || why.Contains("exited", StringComparison.Ordinal) || why.Contains("no watched process", StringComparison.Ordinal));
    }
}
