// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using System.Buffers;
using System.Globalization;
using System.Text;

namespace Livewatcher.Symbols.SystemCalls;

/// <summary>Writes bytes of the target as a C string shows them. Whatever a terminal could take for a command is
/// escaped, in octal as strace(1) does it; UTF-8 stays readable.</summary>
internal static class StringQuoting
{
    /// <param name="output">Takes the text, without quotes.</param>
    /// <param name="bytes">A string of the target, maybe cut in the middle of a character.</param>
    public static void Append(StringBuilder output, ReadOnlySpan<byte> bytes)
    {
        while (!bytes.IsEmpty)
        {
            OperationStatus status = Rune.DecodeFromUtf8(bytes, out Rune rune, out int length);
            if (status == OperationStatus.Done && IsPrintable(rune))
            {
                output.Append(rune.Value is '"' or '\\' ? "\\" : string.Empty).Append(rune.ToString());
            }
            else
            {
                AppendEscaped(output, bytes[..length], bytes[length..]);
            }

            bytes = bytes[length..];
        }
    }

    private static bool IsPrintable(Rune rune) => Rune.GetUnicodeCategory(rune) is not (
        UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator
        or UnicodeCategory.PrivateUse or UnicodeCategory.OtherNotAssigned or UnicodeCategory.Surrogate);

    private static void AppendEscaped(StringBuilder output, ReadOnlySpan<byte> bytes, ReadOnlySpan<byte> next)
    {
        for (int i = 0; i < bytes.Length; i++)
        {
            byte after = i + 1 < bytes.Length ? bytes[i + 1] : next.IsEmpty ? (byte)0 : next[0];
            string? letter = bytes[i] switch
            {
                (byte)'\n' => "\\n",
                (byte)'\r' => "\\r",
                (byte)'\t' => "\\t",
                (byte)'\v' => "\\v",
                (byte)'\f' => "\\f",
                _ => null,
            };

            // Three digits where a digit follows, or it would be read as part of the number.
            string octal = Convert.ToString(bytes[i], 8);
            output.Append(letter ?? (after is >= (byte)'0' and <= (byte)'9' ? "\\" + octal.PadLeft(3, '0') : "\\" + octal));
        }
    }
}
