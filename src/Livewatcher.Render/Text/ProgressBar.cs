// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using System.Globalization;

namespace Livewatcher.Render;

/// <summary>How far something has come that takes a while, in one line.</summary>
public static class ProgressBar
{
    private const int Bars = 24;

    /// <param name="what">What goes on.</param>
    /// <param name="part">From 0 to 1; null where nobody knows how much it is.</param>
    /// <param name="elapsed">Since it has begun.</param>
    /// <param name="width">Columns of the terminal; the last one stays free, or it would begin a new line.</param>
    public static string Draw(string what, double? part, TimeSpan elapsed, int width)
    {
        var seconds = string.Create(CultureInfo.InvariantCulture, $"{elapsed.TotalSeconds:0} s");
        if (part is not { } known)
        {
            return Cells.Head($"{what} ... {seconds}", width - 1);
        }

        var done = Math.Clamp(known, 0, 1);
        var percent = string.Create(CultureInfo.InvariantCulture, $"{(int)(done * 100),3} %");
        var bars = Math.Clamp(width - Cells.Of(what) - percent.Length - seconds.Length - 7, 0, Bars);
        var full = (int)Math.Round(done * bars);
        var bar = bars < 4 ? "" : $"[{new string('#', full)}{new string('.', bars - full)}] ";
        return Cells.Head($"{what} {bar}{percent}  {seconds}", width - 1);
    }
}
