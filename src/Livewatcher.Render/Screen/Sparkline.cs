// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

namespace Livewatcher.Render.Screen;

/// <summary>Numbers as a row of bars, and numbers that must be short.</summary>
internal static class Sparkline
{
    private const string Blocks = "▁▂▃▄▅▆▇█";
    private const string Marks = ".:-=+*%#";

    /// <param name="values">Oldest first; the newest are shown, at the right end.</param>
    /// <param name="columns">Of the row.</param>
    /// <param name="unicode">Block characters, else ASCII.</param>
    public static string Of(IReadOnlyList<long> values, int columns, bool unicode)
    {
        var shown = values.TakeLast(Math.Max(columns, 0)).ToArray();
        var most = shown.DefaultIfEmpty().Max();
        var bars = unicode ? Blocks : Marks;
        return string.Concat(shown.Select(value => value <= 0 ? ' ' : bars[(int)Math.Min((value * bars.Length - 1) / most, bars.Length - 1)])).PadLeft(Math.Max(columns, 0));
    }

    /// <summary>1,234/s; 12.3k/s and 4.56M/s where it is much.</summary>
    public static string Rate(double rate) => rate switch
    {
        0 => "0/s",
        < 10 => FormattableString.Invariant($"{rate:0.0}/s"),
        < 100_000 => FormattableString.Invariant($"{rate:N0}/s"),
        < 1_000_000 => FormattableString.Invariant($"{rate / 1000:0.0}k/s"),
        _ => FormattableString.Invariant($"{rate / 1_000_000:0.00}M/s"),
    };
}
