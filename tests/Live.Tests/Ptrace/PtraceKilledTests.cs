// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using AwesomeAssertions;
using Livewatcher.Live.Tests.Building;
using Livewatcher.Live.Tests.Processes;
using Livewatcher.Live.Tests.Reports;
using Livewatcher.Live.Tests.Running;
using Xunit;

namespace Livewatcher.Live.Tests.Ptrace;

/// <summary>What ptrace(2) has armed stays armed when the tracer is gone, and would end the program: so the guard clears when livewatcher is
/// killed, and the keeper when the guard is.</summary>
public sealed class PtraceKilledTests : LiveTest
{
    private static readonly string[] Options = ["--watch", "g_steady", "--backend", "ptrace"];

    [Fact]
    public async Task KillingLivewatcherAtAnyMomentHarmsNothing()
    {
        var random = new Random(35_000);
        var target = await StartTargetAsync(await Toolchain.BuildAsync(new Recipe("steady.c")), "0", "600");
        for (var i = 0; i < Slow.Choose(6, 40); i++)
        {
            var doomed = StartAttach(target.Id.ToString(), Options);
            await Patience.PauseAsync(random.Next(400));
            doomed.Process.Kill();
            await doomed.Process.ExitAsync(Limit);
            await Patience.UntilAsync(() => ProcFile.TracerOf(target.Id) == 0, Limit, () => "it is still traced");
            target.IsAlive.Should().BeTrue(target.Process.Describe($"killed with us, the {i + 1}th time"));
        }

        await AttachAgainAsync(target, 200);
        await EndAsync(target);
    }

    /// <summary>Between two writes: who is killed while the thread stands in a hit's SIGTRAP takes it along (docs/architecture.md).</summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task KillingTheGuardBetweenTwoWritesHarmsNothing(bool livewatcherToo)
    {
        var target = await StartTargetAsync(await Toolchain.BuildAsync(new Recipe("steady.c")), $"{Emulation.Choose(100_000, 1_500_000)}", "600");
        for (var i = 0; i < 3; i++)
        {
            var attachment = await AttachAsync(target.Id, Options);
            await NextHitAsync(attachment);
            await NextHitAsync(attachment);
            var guard = ProcFile.TracerOf(target.Id);
            ProcFile.Status(guard, "Name").Should().Be("lw-guard");
            // The guard first: it would end by itself, all cleared, if it saw livewatcher go.
            string[] victims = livewatcherToo ? [$"{guard}", $"{attachment.Process.Id}"] : [$"{guard}"];
            await Child.RunAsync("kill", ["-9", .. victims], Limit);
            await attachment.Process.ExitAsync(Limit);
            await Patience.UntilAsync(() => ProcFile.TracerOf(target.Id) == 0, Limit, () => "it is still traced");
            await AttachAgainAsync(target, 3);
            target.IsAlive.Should().BeTrue(target.Process.Describe($"killed with the guard, the {i + 1}th time"));
        }

        await EndAsync(target);
    }

    private static async Task NextHitAsync(Attachment attachment)
    {
        var before = Lines(attachment);
        await Patience.UntilAsync(() => Lines(attachment) > before, Limit, () => "no hits");
    }

    private static int Lines(Attachment attachment) => File.ReadLines(attachment.OutputPath).Count();

    private async Task AttachAgainAsync(Target target, int hits)
    {
        var report = await StartAttach(target.Id.ToString(), [.. Options, "--max-hits", $"{hits}"]).EndAsync(Limit);
        report.Hits.Should().HaveCount(hits);
        Writers.CountUp(report.Hits, report.Hits[0].NewNumber);
    }

    private static async Task EndAsync(Target target)
    {
        ProcFile.TracerOf(target.Id).Should().Be(0);
        await target.Process.SignalAsync("TERM");
        (await target.EndAsync(Limit))["written"].Should().BePositive();
    }
}
