// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using System.Text;

namespace Livewatcher.Symbols.Types.Formats;

/// <summary>Characters as C source writes them. Only printable ASCII passes unchanged: what a program holds in memory must
/// never command the terminal it is shown on.</summary>
internal static class TextEscape
{
    internal static string Character(uint code, int size)
    {
        string prefix = size switch
        {
            2 => "u",
            4 => "U",
            _ => "",
        };
        return $"{prefix}'{Escape(code, size, '\'')}'";
    }

    /// <summary>Up to the first NUL.</summary>
    internal static string Quoted(ReadOnlySpan<byte> bytes)
    {
        var text = new StringBuilder("\"");
        foreach (byte b in bytes)
        {
            if (b == 0)
            {
                break;
            }

            text.Append(Escape(b, 1, '"'));
        }

        return text.Append('"').ToString();
    }

    private static string Escape(uint code, int size, char quote) => code switch
    {
        0 => @"\0",
        7 => @"\a",
        8 => @"\b",
        9 => @"\t",
        10 => @"\n",
        11 => @"\v",
        12 => @"\f",
        13 => @"\r",
        '\\' => @"\\",
        _ when code == quote => $@"\{quote}",
        >= 0x20 and < 0x7f => ((char)code).ToString(),
        _ when size == 1 => $@"\{Convert.ToString(code & 0xff, 8).PadLeft(3, '0')}",
        _ when size == 2 => $@"\u{code & 0xffff:x4}",
        _ => $@"\U{code:x8}",
    };
}
