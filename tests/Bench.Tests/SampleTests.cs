// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using AwesomeAssertions;
using Livewatcher.Bench.Measuring;
using Xunit;

namespace Livewatcher.Bench.Tests;

/// <summary>Medians and quartiles, against figures worked out by hand (Hyndman and Fan's seventh definition, R's own).</summary>
public sealed class SampleTests
{
    [Theory]
    [InlineData(new[] { 4.0, 1, 3, 2 }, 1.75, 2.5, 3.25)]
    [InlineData(new[] { 5.0, 1, 4, 2, 3 }, 2, 3, 4)]
    [InlineData(new[] { 7.0 }, 7, 7, 7)]
    [InlineData(new[] { 1.0, 1, 1, 1, 1, 1, 1000 }, 1, 1, 1)]
    public void QuartilesAreThoseOfTheDefinition(double[] rounds, double lower, double median, double upper)
    {
        Sample sample = Of(rounds);
        (sample.LowerQuartile, sample.Median, sample.UpperQuartile, sample.Count).Should().Be((lower, median, upper, rounds.Length));
    }

    [Fact]
    public void TheEndsAreTheLeastAndTheGreatest()
    {
        Sample sample = Of([3, 9, 1]);
        (sample.Quantile(0), sample.Quantile(1)).Should().Be((1, 9));
    }

    /// <summary>No round is no figure: not 0.</summary>
    [Fact]
    public void WithoutARoundThereIsNoFigure()
    {
        Sample sample = new();
        sample.Median.Should().Be(double.NaN);
        sample.Count.Should().Be(0);
    }

    private static Sample Of(double[] rounds)
    {
        Sample sample = new();
        foreach (double round in rounds)
            sample.Add(round);
        return sample;
    }
}
