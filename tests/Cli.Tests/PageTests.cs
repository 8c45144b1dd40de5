// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using System.Text.Json;
using System.Text.RegularExpressions;
using AwesomeAssertions;
using Xunit;

namespace Livewatcher.Cli.Tests;

/// <summary>report --format html by the published binary, of a recording that tests/Recording.Load has made. What a browser shows of it: tests/Browser.</summary>
public sealed partial class PageTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("livewatcher-page-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public async Task APageIsWholeAndHasTheRecordingsHits()
    {
        string recording = await RecordAsync("2000", "0"), page = Path.Combine(folder, "page.html");
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
        string recording = await RecordAsync("--scene", Path.Combine(Binary.Root, "tests", "Browser", "scene"));
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
        string file = Path.Combine(folder, "not.lwr"), page = Path.Combine(folder, "page.html");
        await File.WriteAllTextAsync(file, "<html>", TestContext.Current.CancellationToken);
        (await Binary.RunAsync("report", file, "--format", "html", "--output", page)).Status.Should().Be(2);
        File.Exists(page).Should().BeFalse();
    }

    private async Task<string> RecordAsync(params string[] how)
    {
        string recording = Path.Combine(folder, "hits.lwr");
        string tool = Path.Combine(Binary.Root, "artifacts", "bin", "Livewatcher.Recording.Load", "release", "Livewatcher.Recording.Load");
        Outcome made = await Binary.RunOtherAsync(tool, [recording, .. how]);
        made.Status.Should().Be(0, made.Error + made.Output);
        return recording;
    }

    [GeneratedRegex("<script type=\"application/json\" id=\"data\">(?<json>[^<]*)</script>", RegexOptions.ExplicitCapture, 10_000)]
    private static partial Regex Data();

    [GeneratedRegex("</script", RegexOptions.IgnoreCase, 10_000)]
    private static partial Regex ScriptEnd();
}
