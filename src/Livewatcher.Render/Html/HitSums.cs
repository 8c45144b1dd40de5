// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

namespace Livewatcher.Render;

/// <summary>Older hits, summed up by time, watched memory, writer and text: how many, and between which numbers. Time is cut into equal pieces,
/// twice as long whenever there are too many sums.</summary>
internal sealed class HitSums(int limit)
{
    private readonly Dictionary<Key, Sum> sums = [];

    /// <summary>Of one piece of time, in ticks of 100 ns: 1 ms at first.</summary>
    public long Width { get; private set; } = TimeSpan.TicksPerMillisecond;

    public long Hits { get; private set; }

    public IEnumerable<(Key Key, Sum Sum)> All => sums.Select(one => (one.Key, one.Value)).OrderBy(one => one.Key.Piece);

    public void Add(PackedHit hit)
    {
        Hits++;
        Put(sums, new Key(hit.Ticks / Width, hit.Object, hit.Writer, hit.Text), new Sum(1, hit.Number, hit.Number));
        while (sums.Count > limit && Width < long.MaxValue / 2)
            Coarsen();
    }

    private void Coarsen()
    {
        Width *= 2;
        KeyValuePair<Key, Sum>[] finer = [.. sums];
        sums.Clear();
        foreach ((Key key, Sum sum) in finer)
            Put(sums, key with { Piece = key.Piece / 2 }, sum);
        // Where the pieces are not what is many, but values: their texts go.
        if (sums.Count <= finer.Length * 3 / 4)
            return;
        finer = [.. sums];
        sums.Clear();
        foreach ((Key key, Sum sum) in finer)
            Put(sums, key with { Text = -1 }, sum);
    }

    private static void Put(Dictionary<Key, Sum> into, Key key, Sum sum) =>
        into[key] = into.TryGetValue(key, out Sum known)
            ? new Sum(known.Count + sum.Count, Least(known.Least, sum.Least), Most(known.Most, sum.Most))
            : sum;

    private static double Least(double x, double y) => double.IsNaN(x) ? y : double.IsNaN(y) ? x : Math.Min(x, y);

    private static double Most(double x, double y) => double.IsNaN(x) ? y : double.IsNaN(y) ? x : Math.Max(x, y);

    /// <param name="Piece">From Piece * Width on.</param>
    /// <param name="Object">Which watched memory.</param>
    /// <param name="Writer">As in <see cref="PackedHit"/>.</param>
    /// <param name="Text">As in <see cref="PackedHit"/>; -1 also where texts are not kept apart.</param>
    internal readonly record struct Key(long Piece, short Object, int Writer, int Text);

    /// <param name="Count">Hits.</param>
    /// <param name="Least">The least number; NaN where none had one.</param>
    /// <param name="Most">The greatest.</param>
    internal readonly record struct Sum(long Count, double Least, double Most);
}
