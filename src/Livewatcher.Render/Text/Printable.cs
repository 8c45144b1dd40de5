// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using System.Globalization;
using System.Text;

namespace Livewatcher.Render;

/// <summary>Makes text of the target harmless: thread names, paths, symbols and values are chosen by the watched program,
/// and a terminal obeys control characters (CWE-150). Whatever does not show itself is written as \x1b or \u202e, the
/// characters that turn the direction of text included.</summary>
public static class Printable
{
    /// <summary>True where the text needs no change and each character takes one column.</summary>
    public static bool IsPlain(ReadOnlySpan<char> text) => !text.ContainsAnyExceptInRange(' ', '~');

    /// <summary>The text with every unprintable character spelled out. Doing it twice changes nothing more.</summary>
    public static string Of(string text)
    {
        if (IsPlain(text))
        {
            return text;
        }

        var clean = new StringBuilder(text.Length + 8);
        Append(clean, text);
        return clean.ToString();
    }

    /// <summary>Appends the text made printable.</summary>
    /// <returns>Columns it takes.</returns>
    public static int Append(StringBuilder destination, ReadOnlySpan<char> text)
    {
        if (IsPlain(text))
        {
            destination.Append(text);
            return text.Length;
        }

        var columns = 0;
        while (!text.IsEmpty)
        {
            var valid = Rune.DecodeFromUtf16(text, out var rune, out var length) == System.Buffers.OperationStatus.Done;
            if (valid && Shows(rune))
            {
                destination.Append(text[..length]);
                columns += Cells.Of(rune);
            }
            else
            {
                var before = destination.Length;
                var code = valid ? rune.Value : text[0];
                destination.Append(code switch
                {
                    <= 0xff => $"\\x{code:x2}",
                    <= 0xffff => $"\\u{code:x4}",
                    _ => $"\\U{code:x8}",
                });
                columns += destination.Length - before;
            }

            text = text[length..];
        }

        return columns;
    }

    private static bool Shows(Rune rune) => Rune.GetUnicodeCategory(rune) is not (
        UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.LineSeparator
        or UnicodeCategory.ParagraphSeparator or UnicodeCategory.PrivateUse or UnicodeCategory.OtherNotAssigned);
}
