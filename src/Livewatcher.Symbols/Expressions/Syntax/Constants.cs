// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using System.Globalization;

namespace Livewatcher.Symbols.Expressions.Syntax;

/// <summary>Integer and character constants (C17, 6.4.4; digit separators of C++14).</summary>
internal static class Constants
{
    internal static Token Number(string text, int start)
    {
        int end = start;
        while (end < text.Length && (Scanner.IsIdentifierPart(text[end]) || IsSeparator(text, end)))
        {
            end++;
        }

        string word = text[start..end];
        string digits = word.Replace("'", "", StringComparison.Ordinal);
        uint radix = 10;
        if (digits.StartsWith("0x", StringComparison.OrdinalIgnoreCase))
        {
            (radix, digits) = (16, digits[2..]);
        }
        else if (digits.StartsWith("0b", StringComparison.OrdinalIgnoreCase))
        {
            (radix, digits) = (2, digits[2..]);
        }
        else if (digits.Length > 1 && digits[0] == '0')
        {
            (radix, digits) = (8, digits[1..]);
        }

        // A suffix says only the type, which sums of addresses do not need.
        digits = digits.TrimEnd('u', 'U', 'l', 'L', 'z', 'Z');
        UInt128 number = 0;
        foreach (char c in digits)
        {
            uint digit = char.IsAsciiHexDigit(c) ? (uint)Convert.ToInt32(c.ToString(), 16) : uint.MaxValue;
            if (digit >= radix)
            {
                return new(TokenKind.Bad, $"'{word}' is not a number", start, end);
            }

            number = (number * radix) + digit;
            if (number > ulong.MaxValue)
            {
                return new(TokenKind.Bad, $"'{word}' does not fit into 64 bits", start, end);
            }
        }

        return digits.Length == 0 && radix != 8
            ? new(TokenKind.Bad, $"'{word}' is not a number", start, end)
            : new(TokenKind.Number, word, start, end, (ulong)number, radix == 16);
    }

    /// <summary>The letters behind a number that say its type, in small: u, l, ul, ll, ull; z is l.</summary>
    internal static string Suffix(string word)
    {
        if (word[0] == '\'')
        {
            return "";
        }

        string letters = word[word.AsSpan().TrimEnd("uUlLzZ").Length..].ToLowerInvariant().Replace('z', 'l');
        int longs = letters.Count(c => c == 'l');
        return (letters.Contains('u') ? "u" : "") + new string('l', Math.Min(longs, 2));
    }

    /// <summary>A decimal constant with a fraction or an exponent (C17, 6.4.4.2); with an f behind it that of a float.</summary>
    /// <returns>Null where none stands there.</returns>
    internal static Token? Real(string text, int start)
    {
        int end = Digits(text, start);
        bool isReal = false;
        if (end < text.Length && text[end] == '.')
        {
            end = Digits(text, end + 1);
            isReal = true;
        }

        int exponent = end < text.Length && text[end] is 'e' or 'E' ? end + 1 : -1;
        exponent += exponent > 0 && exponent < text.Length && text[exponent] is '+' or '-' ? 1 : 0;
        if (exponent > 0 && Digits(text, exponent) is var after && after > exponent)
        {
            end = after;
            isReal = true;
        }

        if (!isReal || !double.TryParse(text.AsSpan(start, end - start), NumberStyles.Float, CultureInfo.InvariantCulture, out double number))
        {
            return null;
        }

        if (end < text.Length && text[end] is 'f' or 'F')
        {
            number = (float)number;
            end++;
        }

        return end < text.Length && Scanner.IsIdentifierPart(text[end])
            ? new(TokenKind.Bad, $"'{text[start..(end + 1)]}' is not a number", start, end + 1)
            : new(TokenKind.Real, text[start..end], start, end, BitConverter.DoubleToUInt64Bits(number));
    }

    private static int Digits(string text, int from)
    {
        while (from < text.Length && char.IsAsciiDigit(text[from]))
        {
            from++;
        }

        return from;
    }

    internal static Token Character(string text, int start)
    {
        ReadOnlySpan<char> rest = text.AsSpan(start + 1);
        (int length, ulong value) = rest switch
        {
            ['\\', 'x', ..] => Digits(rest, 2, 16, 8),
            ['\\', >= '0' and <= '7', ..] => Digits(rest, 1, 8, 3),
            ['\\', var c, ..] => (2, Escaped(c)),
            [not '\'' and >= ' ' and < '\x7f' and var c, ..] => (1, c),
            _ => (0, ulong.MaxValue),
        };
        return value <= uint.MaxValue && rest.Length > length && rest[length] == '\''
            ? new(TokenKind.Number, text[start..(start + length + 2)], start, start + length + 2, value)
            : new(TokenKind.Bad, "not a character constant", start, text.Length);
    }

    private static bool IsSeparator(string text, int i) =>
        text[i] == '\'' && i + 1 < text.Length && char.IsAsciiHexDigit(text[i + 1]) && char.IsAsciiHexDigit(text[i - 1]);

    private static (int Length, ulong Value) Digits(ReadOnlySpan<char> text, int start, uint radix, int most)
    {
        ulong value = 0;
        int i = start;
        while (i < text.Length && i < start + most && char.IsAsciiHexDigit(text[i])
            && Convert.ToUInt32(text[i].ToString(), 16) is var digit && digit < radix)
        {
            value = (value * radix) + digit;
            i++;
        }

        return (i, i == start ? ulong.MaxValue : value);
    }

    private static ulong Escaped(char c) => c switch
    {
        'a' => 7,
        'b' => 8,
        't' => 9,
        'n' => 10,
        'v' => 11,
        'f' => 12,
        'r' => 13,
        'e' => 27,
        '\\' or '\'' or '"' or '?' => c,
        _ => ulong.MaxValue,
    };
}
