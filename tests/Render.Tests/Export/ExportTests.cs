// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using System.Text;
using System.Text.Json;
using AwesomeAssertions;
using Livewatcher.Model;
using Xunit;

namespace Livewatcher.Render.Tests.Export;

/// <summary>One run in each of the formats that other tools read.</summary>
public sealed class ExportTests
{
    [Theory]
    [InlineData("csv")]
    [InlineData("folded")]
    [InlineData("perfetto")]
    public void WholeRun(string format) => Snapshot.Verify(Render(format, Scenario.WholeRun), $"whole-run.{format}");

    [Fact]
    public void CsvHasAsManyFieldsInEachLine()
    {
        Hit hostile = Scenario.Hit(1, 1) with { ThreadName = "a\"b,c\n", SystemCall = "read(3, \"x\", 1)" };
        string[] lines = Render("csv", [hostile]).TrimEnd('\n').Split('\n');
        lines.Should().HaveCount(2);
        lines.Select(Fields).Should().OnlyContain(fields => fields.Count == 25);
        Fields(lines[1]).Should().Contain("read(3, \"x\", 1)");
    }

    [Fact]
    public void FoldedHasASemicolonBetweenFunctionsOnly()
    {
        CallStack stack = new([Scenario.Release with { Function = "a;b\n" }, Scenario.Release with { Function = null, Module = null }], null);
        Render("folded", [Scenario.Hit(1, 1) with { Stack = stack }, Scenario.Hit(2, 2) with { Stack = stack }])
            .Should().MatchRegex(@"^g_table\[3\]\.refcnt;\[unknown\];a:b[^;\n]* 2\n$");
    }

    [Fact]
    public void FoldedCountsEveryHitButEscapes()
    {
        Render("folded", Scenario.WholeRun).TrimEnd('\n').Split('\n').Sum(line => int.Parse(line.Split(' ')[^1]))
            .Should().Be(Scenario.WholeRun.OfType<Hit>().Count(hit => !hit.Escaped));
    }

    [Fact]
    public void ATraceIsJsonAndItsTimesAreFromTheFirstEventOn()
    {
        using JsonDocument trace = JsonDocument.Parse(Render("perfetto", Scenario.WholeRun));
        List<JsonElement> events = [.. trace.RootElement.GetProperty("traceEvents").EnumerateArray()];
        List<JsonElement> hits = [.. events.Where(one => one.TryGetProperty("cat", out JsonElement category) && category.GetString() == "hit")];
        hits.Should().HaveCount(6);
        hits[0].GetProperty("ts").GetDouble().Should().Be(1_481_913);
        events.Where(one => one.GetProperty("ph").GetString() == "M").Select(one => one.GetProperty("args").GetProperty("name").GetString())
            .Should().Equal("process 4121", "worker-2");
        events.Count(one => one.GetProperty("ph").GetString() == "C").Should().Be(5, "one initial value and four hits are numbers");
    }

    /// <summary>No trace processor is to be had as a package, so the export is held to what the format's description ("Trace Event Format")
    /// requires of each phase.</summary>
    [Fact]
    public void EveryEventOfATraceHasWhatItsPhaseRequires()
    {
        using JsonDocument trace = JsonDocument.Parse(Render("perfetto", Scenario.WholeRun));
        foreach (JsonElement one in trace.RootElement.GetProperty("traceEvents").EnumerateArray())
        {
            one.GetProperty("name").GetString().Should().NotBeNullOrEmpty();
            one.GetProperty("pid").ValueKind.Should().Be(JsonValueKind.Number);
            string phase = one.GetProperty("ph").GetString()!;
            (phase is "i" or "C" or "M").Should().BeTrue($"{phase} is not written here");
            if (phase != "M")
                one.GetProperty("ts").GetDouble().Should().BeGreaterThanOrEqualTo(0);
            if (phase != "C")
                one.GetProperty("tid").ValueKind.Should().Be(JsonValueKind.Number);
            if (phase == "i")
                one.GetProperty("s").GetString().Should().BeOneOf("g", "p", "t");
            if (phase == "C")
                one.GetProperty("args").EnumerateObject().Should().NotBeEmpty().And.OnlyContain(series => series.Value.ValueKind == JsonValueKind.Number);
            if (phase == "M")
                (one.GetProperty("name").GetString() is "process_name" or "thread_name" && one.GetProperty("args").GetProperty("name").ValueKind == JsonValueKind.String).Should().BeTrue();
        }
    }

    [Fact]
    public void AnEmptyTraceIsJsonToo() => JsonDocument.Parse(Render("perfetto", [])).RootElement.GetProperty("traceEvents").GetArrayLength().Should().Be(0);

    [Fact]
    public void TextWithoutHitsStillKnowsWhoWasTouched()
    {
        string text = Rendered.Text(new TextOptions { Hits = false }, Scenario.WholeRun);
        text.Should().NotContain("#1 ").And.NotContain("0 hits on g_table[3].refcnt").And.Contain("writers, most suspicious first");
    }

    [Fact]
    public void AStatementThatWasNeverClosedCountsNothing()
    {
        CoverageEvent coverage = Scenario.Coverage("killed") with { Closed = false, Hits = new HitCounts { Reported = 6 } };
        Rendered.Text(coverage).Should().Contain("NOT COMPLETE").And.Contain("gap: killed")
            .And.Contain("The account was never closed: 6 hits here; how many there were is not known.")
            .And.NotContain("counted by the kernel").And.NotContain("dropped");
    }

    private static string Render(string format, IEnumerable<WatchEvent> events)
    {
        using MemoryStream output = new();
        using StreamWriter text = new(output, new UTF8Encoding(false));
        IEventSink renderer = format switch
        {
            "csv" => new CsvRenderer(text),
            "folded" => new FoldedRenderer(text),
            _ => new TraceRenderer(output),
        };
        foreach (WatchEvent one in events)
            renderer.Publish(one);
        (renderer as IDisposable)?.Dispose();
        text.Flush();
        return Encoding.UTF8.GetString(output.ToArray());
    }

    /// <summary>RFC 4180.</summary>
    private static List<string> Fields(string line)
    {
        List<string> fields = [];
        StringBuilder field = new();
        bool quoted = false;
        for (int i = 0; i < line.Length; i++)
        {
            if (quoted && line[i] == '"' && i + 1 < line.Length && line[i + 1] == '"')
                field.Append(line[++i]);
            else if (line[i] == '"')
                quoted = !quoted;
            else if (line[i] == ',' && !quoted)
            {
                fields.Add(field.ToString());
                field.Clear();
            }
            else
                field.Append(line[i]);
        }

        fields.Add(field.ToString());
        return fields;
    }
}
