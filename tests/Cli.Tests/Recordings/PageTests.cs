// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using System.Text.Json;
using System.Text.RegularExpressions;
using AwesomeAssertions;
using Xunit;

namespace Livewatcher.Cli.Tests.Recordings;

/// <summary>report --format html by the published binary, of a recording that tests/Recording.Load has made. What a browser shows of it: tests/Browser.</summary>
public sealed partial class PageTests : IDisposable
{
    private readonly RecordingFolder recordings = new();

    public void Dispose() => recordings.Dispose();

    [Fact]
    public async Task APageIsWholeAndHasTheRecordingsHits()
    {
        string recording = await recordings.MakeAsync("2000", "0"), page = recordings.At("page.html");
        Outcome outcome = await Binary.RunAsync("report", recording, "--format", "html", "--output", page);
        outcome.Should().Be(new Outcome(0, "", ""));
        string html = await File.ReadAllTextAsync(page, TestContext.Current.CancellationToken);
        html.Should().StartWith("<!doctype html>").And.EndWith("</html>\n").And.Contain("default-src 'none'");
        using JsonDocument data = JsonDocument.Parse(Data().Match(html).Groups["json"].Value);
        data.RootElement.GetProperty("hits").GetInt64().Should().Be(2000);
        data.RootElement.GetProperty("writers").GetArrayLength().Should().Be(32);
        data.RootElement.GetProperty("coverage").GetProperty("complete").GetBoolean().Should().BeTrue();
        data.RootElement.GetProperty("name").GetString().Should().Be("hits.lwr");
    }

    [Fact]
    public async Task SourceLinesAreThoseOfTheFilesHere()
    {
        string recording = await recordings.MakeAsync("--scene", RecordingFolder.Scene);
        Outcome outcome = await Binary.RunAsync("report", recording, "--format", "html");
        outcome.Status.Should().Be(0, outcome.Error);
        using JsonDocument data = JsonDocument.Parse(Data().Match(outcome.Output).Groups["json"].Value);
        data.RootElement.GetProperty("sources").EnumerateArray().SelectMany(one => one.GetProperty("lines").EnumerateArray()).Select(line => line.GetString())
            .Should().Contain(line => line!.Contains("memset(&g_stats, 0xff, sizeof g_stats + sizeof(int)); /* </script>"));
        ScriptEnd().Count(outcome.Output).Should().Be(3, "no name of the target can end an element");
    }

    [Fact]
    public async Task WhatIsNoRecordingIsNoPage()
    {
        string file = recordings.At("not.lwr"), page = recordings.At("page.html");
        await File.WriteAllTextAsync(file, "<html>", TestContext.Current.CancellationToken);
        (await Binary.RunAsync("report", file, "--format", "html", "--output", page)).Status.Should().Be(2);
        File.Exists(page).Should().BeFalse();
    }

    [GeneratedRegex("<script type=\"application/json\" id=\"data\">(?<json>[^<]*)</script>", RegexOptions.ExplicitCapture, 10_000)]
    private static partial Regex Data();

    [GeneratedRegex("</script", RegexOptions.IgnoreCase, 10_000)]
    private static partial Regex ScriptEnd();
}
