// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using System.Text;

namespace Livewatcher.Render.Screen;

/// <summary>One line of a screen in the making: never longer than the screen is wide, and nothing unprintable in it.</summary>
internal sealed class ScreenLine(ScreenLook look)
{
    private const string Ellipsis = "...";

    private readonly List<(string Text, Tone Tone)> _parts = [];

    /// <summary>Where the next text goes, from 0.</summary>
    public int Column { get; private set; }

    public int Room => Math.Max(look.Width - Column, 0);

    public ScreenLine Add(string text, Tone tone = Tone.Plain)
    {
        var shown = Cut(text, Room);
        if (shown.Length > 0)
        {
            _parts.Add((shown, tone));
            Column += Cells.Of(shown);
        }

        return this;
    }

    /// <summary>Spaces up to a column.</summary>
    public ScreenLine To(int column) => column > Column ? Add(new string(' ', column - Column)) : this;

    /// <summary>Text in a cell of so many columns, and one space behind it; nothing where the cell has none.</summary>
    public ScreenLine Cell(string text, int columns, Tone tone = Tone.Plain, bool right = false)
    {
        if (columns <= 0)
        {
            return this;
        }

        var end = Column + columns + 1;
        var shown = Cut(text, columns);
        return (right ? To(Column + columns - Cells.Of(shown)) : this).Add(shown, tone).To(end);
    }

    /// <summary>Text that ends where the line ends; left out where there is no room for it.</summary>
    public ScreenLine Right(string text, Tone tone = Tone.Plain)
    {
        var columns = Cells.Of(Printable.Of(text));
        return columns < Room ? To(look.Width - columns).Add(text, tone) : this;
    }

    /// <summary>The line.</summary>
    /// <param name="inverse">All of it in inverse colours, where there are colours.</param>
    public string End(bool inverse = false)
    {
        var line = new StringBuilder();
        if (inverse && look.Colour)
        {
            To(look.Width);
            line.Append("\e[7m");
            _parts.ForEach(part => line.Append(part.Text));
            return line.Append(Tones.Reset).ToString();
        }

        foreach (var (text, tone) in _parts)
        {
            var sequence = look.Colour ? tone.Sequence() : "";
            line.Append(sequence).Append(text).Append(sequence.Length > 0 ? Tones.Reset : "");
        }

        return line.ToString().TrimEnd(' ');
    }

    private string Cut(string text, int columns)
    {
        var clean = Printable.Of(text);
        if (!look.Unicode)
        {
            clean = string.Concat(clean.EnumerateRunes().Select(rune => rune.IsAscii ? rune.ToString() : "?"));
        }

        return Cells.Of(clean) <= columns ? clean
            : columns <= Ellipsis.Length ? Ellipsis[..Math.Max(columns, 0)]
            : Cells.Head(clean, columns);
    }
}
