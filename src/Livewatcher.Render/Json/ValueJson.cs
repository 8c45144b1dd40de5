// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using System.Globalization;
using System.Text.Json;
using Livewatcher.Model;

namespace Livewatcher.Render;

/// <summary>Typed values: a C number is a JSON number, exact at any size; bool is true or false; the rest are strings.</summary>
internal static class ValueJson
{
    // The least Int128 has 39 digits and a sign.
    private const int LongestInteger = 40;

    public static void Write(Utf8JsonWriter writer, Value value)
    {
        switch (value.Kind)
        {
            case ValueKind.Integer:
                WriteInteger(writer, value.Number);
                break;
            case ValueKind.Float:
                WriteFloat(writer, value);
                break;
            case ValueKind.Boolean:
                writer.WriteBooleanValue(value.Number != 0);
                break;
            default:
                writer.WriteStringValue(value.Text);
                break;
        }
    }

    private static void WriteInteger(Utf8JsonWriter writer, Int128 number)
    {
        if (number >= long.MinValue && number <= long.MaxValue)
        {
            writer.WriteNumberValue((long)number);
            return;
        }

        Span<byte> digits = stackalloc byte[LongestInteger];
        number.TryFormat(digits, out var length, default, CultureInfo.InvariantCulture);
        writer.WriteRawValue(digits[..length], skipInputValidation: true);
    }

    // The text has the digits of the value's own type: 3.2 for a float, whose nearest double prints as 3.2000000476837158,
    // and all digits of a long double, which no double holds. It is taken where it is a JSON number and the same number.
    private static void WriteFloat(Utf8JsonWriter writer, Value value)
    {
        if (!double.IsFinite(value.Real))
        {
            writer.WriteStringValue(double.IsNaN(value.Real) ? "NaN" : value.Real > 0 ? "Infinity" : "-Infinity");
        }
        else if (IsJsonNumber(value.Text) && Means(value.Text, value.Real))
        {
            writer.WriteRawValue(value.Text, skipInputValidation: true);
        }
        else
        {
            writer.WriteNumberValue(value.Real);
        }
    }

    private static bool Means(string text, double real)
    {
        var parsed = double.Parse(text, NumberStyles.Float, CultureInfo.InvariantCulture);
        return parsed.Equals(real) || ((float)parsed).Equals((float)real);
    }

    /// <summary>RFC 8259, section 6: [minus] int [frac] [exp].</summary>
    private static bool IsJsonNumber(ReadOnlySpan<char> text)
    {
        if (text is ['-', ..])
        {
            text = text[1..];
        }

        var whole = Digits(text);
        if (whole == 0 || (whole > 1 && text[0] == '0'))
        {
            return false;
        }

        text = text[whole..];
        if (text is ['.', ..])
        {
            var fraction = Digits(text[1..]);
            if (fraction == 0)
            {
                return false;
            }

            text = text[(1 + fraction)..];
        }

        if (text is not ['e' or 'E', ..])
        {
            return text.IsEmpty;
        }

        text = text[1..];
        if (text is ['+' or '-', ..])
        {
            text = text[1..];
        }

        return text.Length > 0 && Digits(text) == text.Length;
    }

    private static int Digits(ReadOnlySpan<char> text)
    {
        var end = text.IndexOfAnyExceptInRange('0', '9');
        return end < 0 ? text.Length : end;
    }
}
