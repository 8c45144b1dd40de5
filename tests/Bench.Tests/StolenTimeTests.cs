// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using AwesomeAssertions;
using Livewatcher.Bench.Measuring;
using Xunit;

namespace Livewatcher.Bench.Tests;

/// <summary>What the hypervisor takes is taken off a pause as far as it lies in it, and no further.</summary>
public sealed class StolenTimeTests
{
    [Theory]
    [InlineData(100, 200, 0)] // after it
    [InlineData(400, 600, 200)] // within
    [InlineData(300, 450, 50)] // its beginning
    [InlineData(550, 900, 50)] // its end
    [InlineData(450, 500, 50)] // longer than the pause
    [InlineData(600, 700, 0)] // before it
    public void APauseHasOfATheftWhatLiesInIt(long from, long to, long within) =>
        new Theft(0, Noticed: 600, Nanoseconds: 200).Within(from, to).Should().Be(within);

    [Fact]
    public void TwoProcessorsAreStolenOfAtTheSameTime()
    {
        Theft[] thefts = [new(0, 100, 50), new(0, 200, 30), new(1, 150, 60), new(1, 1000, 500)];
        StolenTime.MostWithin(thefts, 0, 300).Should().Be(80);
        StolenTime.MostWithin([], 0, 300).Should().Be(0);
    }

    [Theory]
    [InlineData("1 71199236879282 8329320", 8329320L)]
    [InlineData("Attaching 2 probes...", null)]
    [InlineData("", null)]
    public void OnlyLinesOfNumbersAreThefts(string line, long? ns) => (StolenTime.Read(line)?.Nanoseconds).Should().Be(ns);

    [Fact]
    public void WhatIsNotWatchedIsNotTaken()
    {
        using StolenTime stolen = new();
        stolen.CatchUp();
        stolen.Within(0, 1).Should().Be(0, "the machine had not begun");
    }
}
