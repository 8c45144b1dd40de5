// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using System.Buffers;
using System.Runtime.InteropServices;

namespace Livewatcher.Symbols.Interop;

/// <summary>Strings of files nobody vetted: bounded, and without anything a terminal would obey.</summary>
internal static class DwarfText
{
    private const int MaximumLength = 16384;

    private static readonly SearchValues<char> Plain = SearchValues.Create(
        " !\"#$%&'()*+,-./0123456789:;<=>?@ABCDEFGHIJKLMNOPQRSTUVWXYZ[\\]^_`abcdefghijklmnopqrstuvwxyz{|}~");

    /// <summary>Copies a NUL-terminated string of libdw; null for a null pointer.</summary>
    internal static string? Read(nint text)
    {
        if (text == 0)
        {
            return null;
        }

        string value = Marshal.PtrToStringUTF8(text)!;
        return Clean(value.Length > MaximumLength ? value[..MaximumLength] : value);
    }

    /// <summary>Replaces control characters and invisible format characters (bidirectional overrides) by '?'.</summary>
    internal static string Clean(string text)
    {
        if (!text.AsSpan().ContainsAnyExcept(Plain))
        {
            return text;
        }

        return string.Create(text.Length, text, static (span, source) =>
        {
            for (int i = 0; i < span.Length; i++)
            {
                span[i] = IsSafe(source[i]) ? source[i] : '?';
            }
        });
    }

    private static bool IsSafe(char c) => char.GetUnicodeCategory(c) is not
        (System.Globalization.UnicodeCategory.Control or System.Globalization.UnicodeCategory.Format
        or System.Globalization.UnicodeCategory.LineSeparator or System.Globalization.UnicodeCategory.ParagraphSeparator
        or System.Globalization.UnicodeCategory.PrivateUse or System.Globalization.UnicodeCategory.Surrogate
        or System.Globalization.UnicodeCategory.OtherNotAssigned);
}
