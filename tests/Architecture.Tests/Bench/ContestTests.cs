// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using AwesomeAssertions;
using Livewatcher.Bench.Measuring;
using Livewatcher.Bench.Reporting;
using Xunit;

namespace Livewatcher.Architecture.Tests.Bench;

/// <summary>What make bench makes of its rounds.</summary>
public sealed class ContestTests
{
    [Theory]
    [InlineData(new[] { 5.0 }, 5, 5, 5)]
    [InlineData(new[] { 3.0, 1, 2 }, 1.5, 2, 2.5)]
    [InlineData(new[] { 4.0, 1, 3, 2 }, 1.75, 2.5, 3.25)]
    public void QuartilesAreThoseOfTheSeventhDefinition(double[] rounds, double lower, double median, double upper)
    {
        Sample sample = new();
        foreach (double round in rounds)
            sample.Add(round);
        (sample.LowerQuartile, sample.Median, sample.UpperQuartile).Should().Be((lower, median, upper));
    }

    [Fact]
    public void ContestantsTakeTurnsAndOneThatFailsIsLeftOutWithItsReason()
    {
        List<string> turns = [];
        IReadOnlyList<Row> rows = Contest.Hold("test", 2,
        [
            new("a", () => Turn("a", 10, own: 5, counted: 4)),
            new("b", () => turns.Count > 2 ? throw new MeasuringException("it is gone") : Turn("b", 30, own: 5, counted: null)),
        ]);
        turns.Should().Equal("a", "b", "a");
        Markdown text = new();
        text.Table(rows, "a", "ns");
        text.ToString().Should().Be("""
            | | ratio | median, ns | quartiles | rounds | own count | counted | lost |
            |---|---|---|---|---|---|---|---|
            | a | 1.00 | 10.0 | 10.0 to 10.0 | 2 | 10 | 8 | 2 |
            | b | 3.00 | 30.0 | 30.0 to 30.0 | 1, then: it is gone | | | |

            """);

        Outcome Turn(string who, double cost, long own, long? counted)
        {
            turns.Add(who);
            return new Outcome(cost, own, counted);
        }
    }

    [Fact]
    public void WhoHasNoRoundHasNoFigure()
    {
        Markdown text = new();
        text.Table(Contest.Hold("test", 2, [new("a", () => new Outcome(1)), new("none", () => throw new MeasuringException("not installed"))]), "a", "ms");
        text.ToString().Should().EndWith("| none | not measured: not installed | | | 0 |\n");
    }
}
