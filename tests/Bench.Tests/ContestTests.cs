// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using AwesomeAssertions;
using Livewatcher.Bench.Measuring;
using Livewatcher.Bench.Reporting;
using Xunit;

namespace Livewatcher.Bench.Tests;

/// <summary>Contestants take turns, and what a table says of them is theirs: ratios, counts, losses, and why there is no figure.</summary>
public sealed class ContestTests
{
    [Fact]
    public void ContestantsTakeTurnsAndEachRoundBeginsWithAnother()
    {
        List<string> turns = [];
        Contest.Hold("turns", 3, [Noting("a", turns), Noting("b", turns)]);
        turns.Should().Equal("a", "b", "b", "a", "a", "b");
    }

    [Fact]
    public void WhoHasFewerRoundsHasTheFirstOnes()
    {
        List<string> turns = [];
        Contest.Hold("turns", 3, [Noting("a", turns), Noting("b", turns) with { AtMost = 1 }]);
        turns.Should().Equal("a", "b", "a", "a");
    }

    /// <summary>A machine that slows down for the second round slows both down.</summary>
    [Fact]
    public void ARatioIsTakenRoundByRound()
    {
        Queue<double> floor = new([10, 100, 10]), tool = new([11, 120, 11.5]);
        IReadOnlyList<Row> rows = Contest.Hold("ratios", 3, [new("floor", () => new Outcome(floor.Dequeue())), new("tool", () => new Outcome(tool.Dequeue()), AtMost: 3)]);
        Contest.RatioOf(rows, "tool", "floor").Should().BeApproximately(1.15, 1e-9);
    }

    [Fact]
    public void CountsAreSumsOverAllRounds()
    {
        IReadOnlyList<Row> rows = Contest.Hold("counts", 3, [new("counts", () => new Outcome(1, 100, 99)), new("does not", () => new Outcome(1, 100))]);
        rows.Select(row => (row.Own, row.Counted)).Should().Equal((300, 297), (300, null));
    }

    /// <summary>One that fails has no further turns, and the others go on.</summary>
    [Fact]
    public void WhoFailsIsLeftOutAndSaysWhy()
    {
        int tries = 0;
        IReadOnlyList<Row> rows = Contest.Hold("failing", 3,
        [
            new("goes on", () => new Outcome(1)),
            new("fails in its second", () => ++tries == 2 ? throw new MeasuringException("no more") : new Outcome(5)),
        ]);
        tries.Should().Be(2);
        rows.Select(row => (row.Costs.Count, row.Failure)).Should().Equal((3, null), (1, "no more"));
    }

    [Fact]
    public void ATableHasRatiosFirstAndWhoLostHowMany()
    {
        Queue<double> floor = new([10, 30, 20]), tool = new([90, 30, 50]);
        Markdown text = new();
        text.Table(
            Contest.Hold("table", 3,
            [
                new("floor", () => new Outcome(floor.Dequeue(), 1000, 1000)),
                new("tool", () => new Outcome(tool.Dequeue(), 1000, 400)),
                new("silent", () => new Outcome(1234, 1000)),
                new("absent", () => throw new MeasuringException("absent: No such file or directory")),
            ]),
            "floor",
            "ns a write");
        text.ToString().Should().Be(
            """
            | | ratio | median, ns a write | quartiles | rounds | own count | counted | lost |
            |---|---|---|---|---|---|---|---|
            | floor | 1.00 | 20.0 | 15.0 to 25.0 | 3 | 3,000 | 3,000 | 0 |
            | tool | 2.50 | 50.0 | 40.0 to 70.0 | 3 | 3,000 | 1,200 | 1,800 |
            | silent | 62 | 1,234 | 1,234 to 1,234 | 3 | | | |
            | absent | not measured: absent: No such file or directory | | | 0 | | | |

            """);
    }

    /// <summary>Memory has a column where somebody's is known.</summary>
    [Fact]
    public void MemoryIsShownWhereItIsMeasured()
    {
        Markdown text = new();
        text.Table(Contest.Hold("memory", 1, [new("floor", () => new Outcome(2, 10, 10)), new("tool", () => new Outcome(4, 10, 9, 61.5))]), "floor", "us");
        text.ToString().Should().Be(
            """
            | | ratio | median, us | quartiles | rounds | at most, MiB | own count | counted | lost |
            |---|---|---|---|---|---|---|---|---|
            | floor | 1.00 | 2.00 | 2.00 to 2.00 | 1 | | 10 | 10 | 0 |
            | tool | 2.00 | 4.00 | 4.00 to 4.00 | 1 | 61.5 | 10 | 9 | 1 |

            """);
    }

    /// <summary>A disturbed round has as many slices as any other, and does not count.</summary>
    [Fact]
    public void WhatASliceCostsUndisturbedIsOfAllRoundsTogether()
    {
        Queue<double> alone = new([10, 30]), watched = new([25, 10.1]);
        IReadOnlyList<Row> rows = Contest.Hold("slices", 2, [Sliced("alone", alone), Sliced("watched", watched)]);
        rows[0].Slices.Count.Should().Be(200);
        rows[0].Undisturbed.Should().BeApproximately(10.0398, 1e-9, "0.02 of the way from the first of 200 to the last is 3.98 steps");
        Contest.UndisturbedRatioOf(rows, "watched", "alone").Should().BeApproximately(10.1398 / 10.0398, 1e-9);
        Markdown text = new();
        text.Table(rows, "alone", "ns each");
        text.ToString().Should().StartWith(
            """
            | | ratio, undisturbed | undisturbed, ns each | ratio | median, ns each | quartiles | rounds |
            |---|---|---|---|---|---|---|
            | alone | 1.000 | 10.0 | 1.00 | 20.0 | 15.0 to 25.0 | 2 |
            """);
    }

    /// <summary>Ratios to a basis that was not measured are none.</summary>
    [Fact]
    public void WithoutABasisThereIsNoRatio()
    {
        Markdown text = new();
        text.Table(Contest.Hold("basis", 1, [new("floor", () => throw new MeasuringException("gone")), new("tool", () => new Outcome(2))]), "floor", "ms");
        text.ToString().Should().Contain("| tool | - | 2.00 | 2.00 to 2.00 | 1 |");
    }

    /// <summary>A hundred slices, each a little more than the one before.</summary>
    private static Contestant Sliced(string name, Queue<double> rounds) => new(name, () =>
    {
        double cost = rounds.Dequeue();
        return new Outcome(cost) { Slices = [.. Enumerable.Range(0, 100).Select(i => cost + (i * 0.01))] };
    });

    private static Contestant Noting(string name, List<string> turns) => new(name, () =>
    {
        turns.Add(name);
        return new Outcome(1);
    });
}
