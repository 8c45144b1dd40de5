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
    /// <param name="backend">bpf, perf or ptrace.</param>
    /// <param name="scope">task or cpu.</param>
    /// <param name="guard">on or off.</param>
    /// <param name="way">How the new process comes by the program: by fork alone, or by execve(2).</param>
    [Theory]
    [InlineData("bpf", "cpu", "off", "fork")]
    [InlineData("bpf", "cpu", "off", "exec")]
    [InlineData("bpf", "task", "on", "fork")]
    [InlineData("bpf", "task", "off", "fork")]
    [InlineData("perf", "task", "on", "exec")]
    [InlineData("perf", "task", "off", "fork")]
    [InlineData("ptrace", "task", "on", "fork")]
    public async Task TheNewProcessIsNotTakenForTheOldOne(string backend, string scope, string guard, string way)
    {
        var program = await Toolchain.BuildAsync(new Recipe("again.c") { Linking = Linking.NoPie });
        var pause = $"{5_000 * Emulation.Slowness}";
        var target = await StartTargetAsync(program, pause, "600");
        var attachment = await AttachAsync(target.Id, ["--watch", "g_again", "--backend", backend, "--scope", scope, "--guard", guard]);
        await Patience.UntilAsync(() => File.ReadLines(attachment.OutputPath).Count() > 10, Limit, () => attachment.Process.Describe("no hits"));
        var again = Start(program, way == "exec" ? [pause, "3", $"{target.Id}", way] : [pause, "3", $"{target.Id}"]);
        await Patience.UntilAsync(() => again.Output.Contains("ready\n", StringComparison.Ordinal), Limit, () => again.Describe("not ready"));
        // So that it cannot see the end before the number is another's.
        await attachment.Process.SignalAsync("STOP");
        await target.Process.SignalAsync("KILL");
        await Patience.UntilAsync(() => again.Output.Contains("ready\nready\n", StringComparison.Ordinal), Limit, () => again.Describe("the number is not used again"));
        await Task.Delay(50 * Emulation.Slowness, TestContext.Current.CancellationToken); // it writes
        await attachment.Process.SignalAsync("CONT");
        var report = await attachment.EndAsync(Limit);
        (await again.ExitAsync(Limit)).Should().Be(0, again.Describe("the new process"));
        new Reports.Facts(again.Output)["status"].Should().Be(0, "it came to no harm");
        report.Hits.Should().HaveCountGreaterThan(5);
        report.AllHits.Select(hit => hit.NewNumber).Should()
            .BeInAscendingOrder("the new one begins at 1 again, in its memory too").And.OnlyHaveUniqueItems();
        report.Coverage.Hits.Escaped.Should().BeLessThanOrEqualTo(1, "only the write amid which it was killed");
        report.Coverage.Why.Should().Match(why => why.Contains("killed", StringComparison.Ordinal) || why.Contains("exited", StringComparison.Ordinal) || why.Contains("no watched process", StringComparison.Ordinal));
    }
}
