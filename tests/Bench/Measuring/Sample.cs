// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

namespace Livewatcher.Bench.Measuring;

/// <summary>The rounds of one contestant: what it cost, in the contest's unit.</summary>
public sealed class Sample
{
    private readonly List<double> rounds = [];

    /// <summary>Each round held against the other's of the same number, as far as both have had them.</summary>
    public Sample Against(Sample other, Func<double, double, double> compare)
    {
        Sample compared = new();
        foreach ((double own, double its) in rounds.Zip(other.rounds))
            compared.Add(compare(own, its));
        return compared;
    }

    public int Count => rounds.Count;

    public void Add(double cost) => rounds.Add(cost);

    public double Median => Quantile(0.5);

    public double LowerQuartile => Quantile(0.25);

    public double UpperQuartile => Quantile(0.75);

    /// <summary>Linear between the two nearest rounds (Hyndman and Fan's seventh definition). NaN without a round.</summary>
    /// <param name="part">From 0 to 1.</param>
    public double Quantile(double part)
    {
        if (rounds.Count == 0)
            return double.NaN;
        double[] sorted = [.. rounds.Order()];
        double at = part * (sorted.Length - 1);
        int below = (int)at;
        return below + 1 == sorted.Length ? sorted[below] : sorted[below] + ((at - below) * (sorted[below + 1] - sorted[below]));
    }
}
