// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using System.Globalization;
using System.Text;

namespace Livewatcher.Render;

/// <summary>How many terminal columns text takes, and shortening to a number of columns.</summary>
internal static class Cells
{
    private const string Ellipsis = "...";

    /// <summary>Columns of printable text.</summary>
    public static int Of(string text)
    {
        if (Printable.IsPlain(text))
        {
            return text.Length;
        }

        var columns = 0;
        foreach (var rune in text.EnumerateRunes())
        {
            columns += Of(rune);
        }

        return columns;
    }

    /// <summary>0 for marks that stand on the character before, 2 for East Asian wide characters and pictographs
    /// (Unicode Standard Annex 11, the blocks that are wide as a whole), else 1.</summary>
    public static int Of(Rune rune)
    {
        if (rune.Value < 0x300)
        {
            return 1;
        }

        if (Rune.GetUnicodeCategory(rune) is UnicodeCategory.NonSpacingMark or UnicodeCategory.EnclosingMark)
        {
            return 0;
        }

        return rune.Value is (>= 0x1100 and <= 0x115f) or (>= 0x2e80 and <= 0x303e) or (>= 0x3041 and <= 0x33ff)
            or (>= 0x3400 and <= 0x4dbf) or (>= 0x4e00 and <= 0x9fff) or (>= 0xa000 and <= 0xa4cf)
            or (>= 0xac00 and <= 0xd7a3) or (>= 0xf900 and <= 0xfaff) or (>= 0xfe30 and <= 0xfe6f)
            or (>= 0xff00 and <= 0xff60) or (>= 0xffe0 and <= 0xffe6) or (>= 0x1f300 and <= 0x1f64f)
            or (>= 0x1f900 and <= 0x1f9ff) or (>= 0x20000 and <= 0x3fffd)
            ? 2
            : 1;
    }

    /// <summary>At most so many columns of a text, its middle replaced by "...": names differ at their ends.</summary>
    /// <param name="text">Any text; it comes back printable.</param>
    /// <param name="columns">The limit; 0 or less is none.</param>
    public static string Fit(string text, int columns)
    {
        var clean = Printable.Of(text);
        if (columns <= 0 || Of(clean) <= columns)
        {
            return clean;
        }

        var room = Math.Max(columns - Ellipsis.Length, 0);
        var head = Take(clean.EnumerateRunes(), (room + 1) / 2);
        var tail = Take(clean.EnumerateRunes().Reverse(), room / 2);
        var dots = Ellipsis.AsSpan(0, Math.Min(columns, Ellipsis.Length));
        return string.Concat(clean.AsSpan(0, head), dots, clean.AsSpan(clean.Length - tail));
    }

    /// <summary>At most so many columns of a text, its end replaced by "...": code is read from its start.</summary>
    public static string Head(string text, int columns)
    {
        var clean = Printable.Of(text);
        return Of(clean) <= columns
            ? clean
            : string.Concat(clean.AsSpan(0, Take(clean.EnumerateRunes(), columns - Ellipsis.Length)), Ellipsis);
    }

    // UTF-16 length of the runes that fit; never half a surrogate pair.
    private static int Take(IEnumerable<Rune> runes, int columns)
    {
        var length = 0;
        foreach (var rune in runes)
        {
            columns -= Of(rune);
            if (columns < 0)
            {
                break;
            }

            length += rune.Utf16SequenceLength;
        }

        return length;
    }
}
