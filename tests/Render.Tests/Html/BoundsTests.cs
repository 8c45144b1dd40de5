// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using System.Text.Json;
using AwesomeAssertions;
using CsCheck;
using Livewatcher.Model;
using Xunit;

namespace Livewatcher.Render.Tests.Html;

/// <summary>More hits than the page has room for: the newest stay, the rest is summed up, and nothing is lost from the sums.</summary>
public sealed class BoundsTests
{
    [Fact]
    public void OlderHitsAreInSums()
    {
        PageReader page = PageReader.Of(new HtmlOptions { SingleHits = 160, Sums = 64 }, Counting(1000));
        long[] sums = [.. page.Data.GetProperty("sums").EnumerateArray().Select(sum => sum[4].GetInt64())];
        page.Hits.Count.Should().BeInRange(144, 160);
        page.Hits.Select(hit => hit.Number).Should().Equal(Enumerable.Range(1001 - page.Hits.Count, page.Hits.Count).Select(i => (double)i));
        (sums.Sum() + page.Hits.Count).Should().Be(1000);
        sums.Length.Should().BeInRange(8, 64);
        page.Data.GetProperty("hits").GetInt64().Should().Be(1000);
        page.Data.GetProperty("single").GetInt64().Should().Be(page.Hits.Count);
        page.Data.GetProperty("sums").EnumerateArray().Min(sum => sum[5].GetDouble()).Should().Be(1);
        page.Data.GetProperty("sums").EnumerateArray().Max(sum => sum[6].GetDouble()).Should().Be(1000 - page.Hits.Count);
    }

    [Fact]
    public void DetailsGoByThePlaceAmongTheKeptOnes()
    {
        IEnumerable<WatchEvent> events = Counting(1000).Select(one => one is Hit { Sequence: 990 } hit ? hit with { SystemCall = "read(3, 0x0, 1)" } : one);
        PageReader page = PageReader.Of(new HtmlOptions { SingleHits = 160 }, events);
        JsonElement detail = page.Data.GetProperty("details").EnumerateArray().Single(one => one.TryGetProperty("call", out _));
        page.Hits[detail.GetProperty("at").GetInt32()].Sequence.Should().Be(990);
    }

    [Fact]
    public void FewerWritersThanThereAreIsSaid()
    {
        List<WatchEvent> events = [Scenario.Hit(1, 1)];
        events.AddRange(Scenario.WholeRun.OfType<WriterRow>());
        PageReader page = PageReader.Of(new HtmlOptions { Writers = 1 }, events);
        page.Data.GetProperty("writers").GetArrayLength().Should().Be(1);
        page.Data.GetProperty("writersLeftOut").GetInt32().Should().Be(1);
        page.Data.GetProperty("writers")[0].GetProperty("id").GetInt32().Should().Be(page.Hits[0].Writer);
    }

    [Fact]
    public void ManyValuesWithoutRoomAreSaid()
    {
        IEnumerable<WatchEvent> events = Enumerable.Range(1, 70_000).Select(i => Scenario.Hit(i, i * 0.001) with { New = new Value(ValueKind.Pointer, $"0x{i:x} <x>", i) });
        PageReader page = PageReader.Of(new HtmlOptions(), events);
        page.Hits[^1].Text.Should().Be(-1);
        page.Hits[^1].Number.Should().Be(70_000);
        page.Data.GetProperty("shortened")[0].GetString().Should().StartWith("more than 65,536 different values");
    }

    [Fact]
    public void EveryNumberSurvives() =>
        Gen.Select(Gen.Long, Gen.Double, Gen.Bool).Array[0, 200].Sample(
            all =>
            {
                IEnumerable<WatchEvent> events = all.Select((one, i) => Scenario.Hit(i + 1, i) with
                {
                    New = one.Item3 ? new Value(ValueKind.Integer, $"{one.Item1}", one.Item1) : new Value(ValueKind.Float, "x", default, one.Item2),
                });
                PageReader page = PageReader.Of(new HtmlOptions(), events);
                page.Hits.Select(hit => hit.Number).Should().Equal(all.Select(one => one.Item3 ? (double)one.Item1 : one.Item2));
                page.Hits.Where(hit => Math.Abs(hit.Number) > 1L << 53 && hit.Marks >> 10 == 1).Should().OnlyContain(hit => hit.Text >= 0, "a double does not hold it");
            },
            iter: 100);

    private static IEnumerable<WatchEvent> Counting(int count) =>
        Enumerable.Range(1, count).Select(i => Scenario.Hit(i, i * 0.01) with { Old = Scenario.Integer(i - 1), New = Scenario.Integer(i) });
}
