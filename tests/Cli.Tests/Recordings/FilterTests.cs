// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using System.Text.Json;
using AwesomeAssertions;
using Xunit;

namespace Livewatcher.Cli.Tests.Recordings;

/// <summary>report --filter and diff --filter by the published binary: every format has the hits that are meant and no others, and says what it leaves out.</summary>
public sealed class FilterTests : IDisposable
{
    private readonly RecordingFolder recordings = new();

    public void Dispose() => recordings.Dispose();

    [Fact]
    public async Task EveryFormatHasTheHitsThatAreMeant()
    {
        string recording = await recordings.MakeAsync("2000", "0");
        string[] report = ["report", recording, "--filter", "new % 500 == 0 && thread == \"worker-*\""];
        const string Sentence = "Of the recording's 2,000 hits 4 are shown, 1,996 set aside by --filter 'new % 500 == 0 && thread == \"worker-*\"'.";

        Outcome text = await Binary.RunAsync([.. report, "--hits"]);
        text.Output.Should().Contain(Sentence).And.Contain("2,000 hits counted by the kernel = 2,000 recorded").And.Contain("coverage: complete");
        text.Output.Split('\n').Count(line => line.StartsWith('#')).Should().Be(4);

        Outcome csv = await Binary.RunAsync([.. report, "--format", "csv"]);
        csv.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Should().HaveCount(5);
        csv.ErrorLines.Should().Equal($"livewatcher: {Sentence}");

        Outcome folded = await Binary.RunAsync([.. report, "--format", "folded"]);
        folded.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Sum(line => int.Parse(line[(line.LastIndexOf(' ') + 1)..], null)).Should().Be(4);

        List<JsonElement> lines = [.. (await Binary.RunAsync([.. report, "--format", "json"])).Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonElement.Parse(line))];
        lines.Where(Is("hit")).Select(line => line.GetProperty("new").GetInt64()).Should().Equal(500, 1000, 1500, 2000);
        lines.Where(Is("writer")).Sum(line => line.GetProperty("count").GetInt64()).Should().Be(4);
        JsonElement selection = lines.Single(Is("coverage")).GetProperty("selection");
        (selection.GetProperty("shown").GetInt64(), selection.GetProperty("set_aside").GetInt64(), selection.GetProperty("undecided").GetInt64()).Should().Be((4, 1996, 0));

        Outcome page = await Binary.RunAsync([.. report, "--format", "html"]);
        page.Output.Should().Contain("\"hits\":4,").And.Contain("1,996 set aside by");
    }

    [Fact]
    public async Task CountIsThatOfTheRecordingAndUndecidedHitsAreShown()
    {
        string recording = await recordings.MakeAsync("--scene", RecordingFolder.Scene);
        Outcome last = await Binary.RunAsync("report", recording, "--watch", "g_state", "--filter", "count == 3", "--format", "json");
        List<JsonElement> lines = [.. last.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonElement.Parse(line))];
        lines.Where(Is("hit")).Select(line => line.GetProperty("new").GetString()).Should().Equal("STOPPED");

        Outcome stopped = await Binary.RunAsync("report", recording, "--watch", "g_state", "--filter", "new == STOPPED || old == STARTING", "--hits");
        stopped.Output.Should().Contain("2 are shown").And.Contain("STARTING -> RUNNING").And.Contain("DRAINING -> STOPPED").And.NotContain("RUNNING -> DRAINING");

        // Nobody knows who has done the escaped write.
        Outcome nobody = await Binary.RunAsync("report", recording, "--watch", "g_queue.len", "--filter", "tid == 1", "--hits");
        nobody.Output.Should().Contain("1 is shown (1 of them because it could not be decided)").And.Contain("condition undecided").And.Contain("ESCAPED");
    }

    [Theory]
    [InlineData("--filter 'new == STOPPED' on the hits of 'g_queue.len': 'STOPPED' is no word of a condition; a recording knows what was watched and no other memory of the program; "
        + "--watch takes the hits of one watch only", "--filter", "new == STOPPED")]
    [InlineData("--filter 'new ==': unexpected end of expression at column 7", "--filter", "new ==")]
    [InlineData("--watch 'g_stat': nothing of that name was armed in this recording; armed were 'g_queue.len', 'g_queue.head', 'g_state'", "--watch", "g_stat")]
    public async Task WhatCannotBeDecidedIsOneLineOfError(string message, params string[] options)
    {
        string recording = await recordings.MakeAsync("--scene", RecordingFolder.Scene);
        Outcome outcome = await Binary.RunAsync(["report", recording, .. options]);
        outcome.Should().Be(new Outcome(2, "", $"livewatcher: {message}\n"));
        (await Binary.RunAsync(["diff", recording, recording, .. options])).Status.Should().Be(2);
    }

    [Fact]
    public async Task ADiffComparesWhatIsMeant()
    {
        string recording = await recordings.MakeAsync("2000", "0");
        Outcome diff = await Binary.RunAsync("diff", recording, recording, "--filter", "new < 4");
        diff.Status.Should().Be(0, diff.Error);
        diff.Output.Should().Contain("3 the same").And.Contain("Of the recording's 2,000 hits 3 are shown, 1,997 set aside by --filter 'new < 4'.");
    }

    private static Func<JsonElement, bool> Is(string type) => line => line.GetProperty("type").GetString() == type;
}
