// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using System.Text.Json;
using AwesomeAssertions;
using Livewatcher.Live.Tests.Building;
using Livewatcher.Live.Tests.Processes;
using Xunit;

namespace Livewatcher.Live.Tests.Acting;

/// <summary>Actions that tell: a command with the hit, and a look at other memory.</summary>
public sealed class TellingTests : ActingTest
{
    [Theory]
    [MemberData(nameof(Builds))]
    public async Task ACommandHasTheHitOnItsInputAndInItsEnvironment(string compiler, string optimization, Linking linking, string backend, string scope)
    {
        string own = NewPath("page"), told = NewPath("told");
        var run = await RunAsync(
            await BuildAsync(compiler, optimization, linking),
            ["--watch", Field, "--on-hit", "exec", $"{{ echo $LIVEWATCHER_WATCH $LIVEWATCHER_NEW $LIVEWATCHER_PID $LIVEWATCHER_FUNCTION; cat; }} >{told}.part; mv {told}.part {told}",
                "--after", "7", "--once", .. Backend(backend, scope)],
            "20", own);
        run.Status.Should().Be(0);
        await Patience.UntilAsync(() => File.Exists(told), Limit, () => run.Process.Describe("the command has written nothing"));
        var lines = await File.ReadAllLinesAsync(told, TestContext.Current.CancellationToken);
        var hit = run.Report.Hits[6];
        lines[0].Should().Be($"{Field} 7 {hit.Pid} write_acted");
        using var json = JsonDocument.Parse(lines[1]);
        json.RootElement.GetProperty("seq").GetInt64().Should().Be(7);
        json.RootElement.GetProperty("stack").GetArrayLength().Should().Be(hit.Stack.Count);
        run.Report.Coverage.Actions.Should().ContainSingle().Which.Should().BeEquivalentTo(new { Afterwards = 1L, Failed = 0L, Skipped = 0L });
    }

    [Fact]
    public async Task CommandsThatDoNotEndHoldUpNothingAndFurtherOnesAreLeftOut()
    {
        string own = NewPath("page"), marks = NewPath("marks");
        var run = await RunAsync(
            await BuildAsync("gcc", "-O2", Linking.Pie), ["--watch", Field, "--on-hit", $"exec echo x >>{marks}; exec sleep 5", .. Backend("bpf", "task")], "50", own);
        run.Status.Should().Be(0);
        var tally = run.Report.Coverage.Actions.Should().ContainSingle().Subject;
        (tally.Afterwards + tally.Skipped).Should().Be(50);
        tally.Afterwards.Should().BeGreaterThanOrEqualTo(4);
        run.Report.Hits.Count(hit => hit.Actions.Single().Skipped).Should().Be((int)tally.Skipped);
        await Patience.UntilAsync(() => File.Exists(marks) && File.ReadAllLines(marks).Length == tally.Afterwards, Limit, () => "not every command that was counted has run");
    }

    [Fact]
    public async Task ASnapshotShowsTypedValueAndBytes()
    {
        var own = NewPath("page");
        var run = await RunAsync(
            await BuildAsync("gcc", "-O0", Linking.Pie),
            ["--watch", Field, "--on-hit", "stop", "--on-hit", "snapshot g_acted; page->before; nowhere", "--on-hit", "exec sleep 2; kill -CONT $LIVEWATCHER_PID",
                "--after", "3", "--once", .. Backend("bpf", "task")],
            "30", own);
        run.Status.Should().Be(0, "who was stopped goes on when told to");
        var actions = run.Report.Hits[2].Actions;
        actions.Select(action => action.Action).Should().Equal("stop", "snapshot g_acted; page->before; nowhere", "exec sleep 2; kill -CONT $LIVEWATCHER_PID");
        var lines = actions[1].Snapshot;
        lines[0].Value!.Value.GetInt64().Should().Be(3);
        lines[1].Value!.Value.GetInt64().Should().Be(3, "it stands still, so what is read later is what it was");
        lines[0].Bytes.Should().Contain("0300000000000000");
        lines[2].Failure.Should().NotBeNullOrEmpty();
        actions[1].DelayUs.Should().BePositive();
    }
}
