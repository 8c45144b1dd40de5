// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using AwesomeAssertions;
using Livewatcher.Live.Tests.Building;
using Livewatcher.Live.Tests.Processes;
using Xunit;

namespace Livewatcher.Live.Tests.Arising;

/// <summary>What is in the frames of a function: armed at each entry, disarmed at each exit, whoever uses that stack in between.</summary>
public sealed class FrameTests : ArisingTest
{
    private const int Calls = 21;

    [Theory]
    [MemberData(nameof(Builds))]
    public async Task EachFramesVariableIsWatchedWhileItLives(string compiler, string optimization, Linking linking)
    {
        var run = await RunAsync(await BuildAsync("frames.c", compiler, optimization, linking), ["--watch-local", "recurse::mark"], "local", $"{Calls}", "3", "1");
        run.Status.Should().Be(0);
        AreAt(run.Report, "touch", "frames.c", "touch", run.Facts["touched"]);
        run.Report.Coverage.Complete.Should().BeTrue(string.Join(" | ", run.Report.Coverage.Gaps));
        var account = run.Report.Coverage.Arisings.Should().ContainSingle().Subject;
        account.Should().BeEquivalentTo(new { Watch = "recurse::mark", Candidates = 3L * Calls, Armed = 3L * Calls, Skipped = 0L, Failed = 0L, Displaced = 0L });
    }

    [Theory]
    [MemberData(nameof(Builds))]
    public async Task NestedFramesAreSeveralAndLongjmpLeavesThemAll(string compiler, string optimization, Linking linking)
    {
        var run = await RunAsync(await BuildAsync("frames.c", compiler, optimization, linking), ["--watch-local", "recurse::mark"], "local", $"{Calls}", "1", "4");
        AreAt(run.Report, "touch", "frames.c", "touch", run.Facts["touched"]);
        run.Report.Coverage.Arisings.Single().Should().BeEquivalentTo(new { Candidates = 4L * Calls, Armed = 4L * Calls, Skipped = 0L, Displaced = 0L });
    }

    /// <summary>Six frames, four registers.</summary>
    [Theory]
    [InlineData("oldest", 8)]
    [InlineData("newest", 10)]
    public async Task WhereTheyAreTooManyItIsAsChosenAndCounted(string which, int seen)
    {
        var run = await RunAsync(await BuildAsync("frames.c", "gcc", "-O2", Linking.Pie), ["--watch-local", "recurse::mark", "--keep", which], "local", "6", "1", "6");
        run.Facts["touched"].Should().Be(6 * 12);
        run.Report.Hits.Should().HaveCount(6 * seen);
        var account = run.Report.Coverage.Arisings.Single();
        account.Candidates.Should().Be(36);
        (account.Skipped, account.Displaced).Should().Be(which == "oldest" ? (12, 0) : (0, 12));
        run.Report.Coverage.Complete.Should().BeFalse();
        run.Report.Coverage.Gaps.Should().Contain(gap => gap.StartsWith("recurse::mark: 12 of ", StringComparison.Ordinal));
    }

    [Theory]
    [MemberData(nameof(Builds))]
    public async Task WhoOverrunsIntoTheStackProtectorsWordIsNamed(string compiler, string optimization, Linking linking)
    {
        var run = await RunAsync(await BuildAsync("frames.c", compiler, optimization, linking), ["--canary", "protected_one"], "canary", "40", "2");
        run.Status.Should().Be(0, "the program came to no harm");
        AreAt(run.Report, "disturb", "frames.c", "disturb", run.Facts["touched"]);
        run.Report.Coverage.Arisings.Single().Should().BeEquivalentTo(new { Watch = "canary of protected_one", Candidates = 80L, Armed = 80L });
    }

    [Theory]
    [MemberData(nameof(Builds))]
    public async Task WhoWritesOverAReturnAddressIsNamed(string compiler, string optimization, Linking linking)
    {
        var run = await RunAsync(await BuildAsync("frames.c", compiler, optimization, linking), ["--return-address", "returning"], "return", "40", "2");
        run.Status.Should().Be(0);
        AreAt(run.Report, "disturb", "frames.c", "disturb", run.Facts["touched"]);
    }

    /// <summary>Threads stand still for their registers all the time; whoever lets them go must do so to the last.</summary>
    [Theory]
    [InlineData(300)]
    [InlineData(1500)]
    public async Task AKilledLivewatcherLeavesAProgramThatRunsOn(int after)
    {
        const int Many = 3000, Leaps = Many / 7;
        var target = await StartTargetAsync(await BuildAsync("frames.c", "gcc", "-O2", Linking.Pie), "local", $"{Many}", "2", "3");
        var attachment = StartAttach($"{target.Id}", "--watch-local", "recurse::mark");
        await attachment.SaysAsync("arms itself", Limit);
        target.Open();
        await Patience.PauseAsync(after);
        attachment.Process.Kill();
        (await target.EndAsync(Limit))["touched"].Should().Be(2 * ((6 * Many) - (3 * Leaps)));
    }

    [Fact]
    public async Task ARunningProgramIsAttachedToAndLeftUnharmed()
    {
        var target = await StartTargetAsync(await BuildAsync("frames.c", "gcc", "-O2", Linking.Pie), "local", "20", "2", "1");
        var attachment = StartAttach($"{target.Id}", "--watch-local", "recurse::mark", "--max-hits", "10");
        await attachment.SaysAsync("arms itself", Limit);
        target.Open();
        (await target.EndAsync(Limit))["touched"].Should().Be(2 * ((20 * 2) - 2));
        (await attachment.EndAsync(Limit)).Hits.Should().HaveCount(10);
    }
}
