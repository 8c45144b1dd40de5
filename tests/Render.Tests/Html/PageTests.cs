// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.RegularExpressions;
using AwesomeAssertions;
using Livewatcher.Model;
using Xunit;

namespace Livewatcher.Render.Tests.Html;

/// <summary>What is on the page, and that nothing of it can become a part of the page's own text. That a browser shows it: tests/Browser.</summary>
public sealed class PageTests
{
    private static readonly JsonSerializerOptions Readable = new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private static readonly HtmlOptions Options = new() { Name = "crash.lwr", Facts = [new("host", "build")], Source = new NumberedSource() };

    [Fact]
    public void WholeRun()
    {
        PageReader page = PageReader.Of(Options, Scenario.WholeRun);
        Snapshot.Verify($"{JsonSerializer.Serialize(page.Data, Readable)}\n{page.Lines()}", "whole-run.page");
    }

    [Fact]
    public void ThePageLoadsNothingAndRunsOneScript()
    {
        string html = PageReader.Of(Options, Scenario.WholeRun).Html;
        string policy = Regex.Match(html, "http-equiv=\"Content-Security-Policy\" content=\"(?<policy>[^\"]*)\"", RegexOptions.ExplicitCapture, TimeSpan.FromSeconds(5)).Groups["policy"].Value;
        policy.Should().StartWith("default-src 'none'; script-src 'sha256-").And.NotContain("unsafe").And.NotContain("http").And.NotContain("*");
        html.Should().NotContainAny("src=", "<link", "@import", "url(", "<iframe");
        html.Should().StartWith("<!doctype html>").And.EndWith("</html>\n");
        string script = html[(html.LastIndexOf("<script>", StringComparison.Ordinal) + 8)..html.LastIndexOf("</script>", StringComparison.Ordinal)];
        policy.Should().Contain($"script-src 'sha256-{Convert.ToBase64String(System.Security.Cryptography.SHA256.HashData(System.Text.Encoding.UTF8.GetBytes(script)))}'");
    }

    [Fact]
    public void NoTextOfTheTargetCanEndItsElement()
    {
        const string Hostile = "</script><script>alert(1)</script><!-- <img src=x onerror=alert(1)> ' \" & \u2028 \u202e \u001b[31m]]>";
        Frame frame = Scenario.Release with { Function = Hostile, File = Hostile, Module = Hostile };
        CallStack stack = new([frame], Hostile);
        Watch watch = new(new WatchRequest(Hostile, AccessMode.Write), new Address(0x1000), 4, Scenario.Refcnt.Format, Hostile, Hostile) { Condition = new Condition(Hostile, []) };
        Hit hit = Scenario.Hit(1, 1) with
        {
            Watch = watch, ThreadName = Hostile, SystemCall = $"read({Hostile})", Stack = stack, Old = new Value(ValueKind.Bytes, Hostile), New = new Value(ValueKind.Pointer, Hostile, 1),
            Instruction = Scenario.Store with { Text = Hostile },
        };
        PageReader page = PageReader.Of(
            new HtmlOptions { Name = Hostile, Facts = [new(Hostile, Hostile)], Source = new NumberedSource(Hostile) },
            [
                Scenario.Armed(watch, new Value(ValueKind.Bytes, Hostile)), hit, new NoteEvent(Scenario.At(2), NoteLevel.Warning, Hostile),
                new WriterRow(1, watch, "write", 1, 1, hit.Time, hit.Time, [Hostile], 1, [hit.New!], 1, hit.Instruction, Hit.NameOfCall(hit.SystemCall), stack, Hostile),
                Scenario.Coverage(Hostile) with { Why = Hostile },
            ]);
        page.Json.Should().NotContainAny("<", ">", "&", "'", "\u2028");
        Regex.Count(page.Html, "</script", RegexOptions.IgnoreCase, TimeSpan.FromSeconds(5)).Should().Be(3, "two elements of data, and one script");
        string all = JsonSerializer.Serialize(page.Data, Readable);
        all.Should().Contain("alert(1)").And.NotContain("\u202e", "it would turn what follows").And.NotContain("\u001b");
        page.Data.GetProperty("sources")[0].GetProperty("lines")[0].GetString().Should().Contain("alert(1)");
    }

    [Fact]
    public void AnEmptyRunIsAPageToo()
    {
        PageReader page = PageReader.Of(Options, [Scenario.Coverage() with { From = null }]);
        page.Hits.Should().BeEmpty();
        page.Data.GetProperty("coverage").GetProperty("complete").GetBoolean().Should().BeFalse("nothing was armed");
        page.Data.GetProperty("objects").GetArrayLength().Should().Be(0);
    }

    [Fact]
    public void HitsAreWhatTheyWere()
    {
        PageReader page = PageReader.Of(Options, Scenario.WholeRun);
        List<Hit> hits = [.. Scenario.WholeRun.OfType<Hit>()];
        page.Hits.Select(hit => hit.Sequence).Should().Equal(hits.Select(hit => hit.Sequence));
        page.Hits.Select(hit => hit.Ticks).Should().Equal(hits.Select(hit => (hit.Time - Scenario.Start).Ticks));
        page.Hits[0].Number.Should().Be(0);
        page.Hits[4].Writer.Should().Be(-1, "an escaped write has none");
    }
}

/// <summary>Every file has 200 lines that say which they are.</summary>
internal sealed class NumberedSource(string words = "line") : ISourceText
{
    public IReadOnlyList<string>? Lines(Frame frame) => frame.File!.StartsWith("/src/", StringComparison.Ordinal) || words != "line" ? [.. Enumerable.Range(1, 200).Select(i => $"\t{words} {i}")] : null;
}
