// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using System.Text;

namespace Livewatcher.Render;

/// <summary>Text in the making: knows its column, colours where asked to, and lets nothing unprintable through. All text
/// output passes <see cref="Add"/>; only this class writes escape sequences.</summary>
internal sealed class Page(bool colour, int width)
{
    private const int Narrowest = 60;

    private readonly StringBuilder _text = new();
    private int _spaces;

    /// <summary>Columns of a line; 0 where there is no limit.</summary>
    public int Width { get; } = width <= 0 ? 0 : Math.Max(width, Narrowest);

    /// <summary>Where the next text goes, from 0.</summary>
    public int Column { get; private set; }

    public Page Add(ReadOnlySpan<char> text, Tone tone = Tone.Plain)
    {
        if (text.IsEmpty)
        {
            return this;
        }

        // Spaces are written when text follows them, so no line ends in spaces.
        _text.Append(' ', _spaces);
        _spaces = 0;
        var sequence = colour ? tone.Sequence() : "";
        _text.Append(sequence);
        Column += Printable.Append(_text, text);
        if (sequence.Length > 0)
        {
            _text.Append(Tones.Reset);
        }

        return this;
    }

    public Page Gap(int spaces = 2)
    {
        _spaces += spaces;
        Column += spaces;
        return this;
    }

    /// <summary>Moves to a column, or not at all where that is passed already.</summary>
    public Page To(int column) => column > Column ? Gap(column - Column) : this;

    public Page End()
    {
        _spaces = 0;
        Column = 0;
        _text.Append('\n');
        return this;
    }

    /// <summary>Begins a piece of a line that may continue on the next: two spaces before it, or a new line where it
    /// would cross the width.</summary>
    public Page Piece(int columns, int indent)
    {
        if (Width > 0 && Column > indent && Column + 2 + columns > Width)
        {
            return End().To(indent);
        }

        return Column > indent ? Gap() : To(indent);
    }

    /// <summary>Running text, broken between words where it would cross the width.</summary>
    public Page Sentence(string text, int indent, Tone tone = Tone.Plain)
    {
        To(indent);
        if (Width == 0)
        {
            return Add(text, tone).End();
        }

        var clean = Printable.Of(text);
        if (Column > indent && Column + Cells.Of(clean[..FirstWord(clean)]) > Width)
        {
            End().To(indent);
        }

        var columns = 0;
        var lineStart = 0;
        var lineEnd = 0;
        foreach (var word in clean.AsSpan().Split(' '))
        {
            var length = Cells.Of(clean[word]);
            if (lineEnd > lineStart && Column + columns + 1 + length > Width)
            {
                Add(clean.AsSpan(lineStart, lineEnd - lineStart), tone).End().To(indent);
                lineStart = word.Start.Value;
                columns = -1;
            }

            columns += length + (lineEnd > 0 ? 1 : 0);
            lineEnd = word.End.Value;
        }

        return Add(clean.AsSpan(lineStart, lineEnd - lineStart), tone).End();
    }

    /// <summary>Hands what was written since the last call to the writer, in one piece where it fits one.</summary>
    public void Flush(TextWriter writer)
    {
        foreach (var chunk in _text.GetChunks())
        {
            writer.Write(chunk.Span);
        }

        _text.Clear();
    }

    private static int FirstWord(string text) => text.IndexOf(' ') is var end and >= 0 ? end : text.Length;
}
