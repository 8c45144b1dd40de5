// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using System.Globalization;
using System.Text;
using Livewatcher.Export.Messages;
using Livewatcher.Render;

namespace Livewatcher.Export.Syslog;

/// <summary>A message as RFC 5424 has it.</summary>
/// <param name="host">Of this machine.</param>
/// <param name="process">livewatcher's own.</param>
/// <param name="longest">Bytes of a whole message; what is beyond is cut off its end.</param>
internal sealed class SyslogText(string host, int process, int longest)
{
    /// <summary>Facility 1, user-level.</summary>
    private const int User = 1 << 3;

    /// <summary>The enterprise number that RFC 5612 keeps for examples: livewatcher has none of its own.</summary>
    private const string Enterprise = "32473";

    /// <summary>Characters of a parameter: all of them fit beside the text into a datagram of 2,048 bytes, which receivers take (RFC 5426, 3.2).</summary>
    private const int LongestValue = 100;

    private readonly string hostName = Ascii(host, 255);

    internal byte[] Of(Message message)
    {
        byte[] time = new byte[Timestamps.Rfc3339Length];
        Timestamps.WriteRfc3339(message.Time, time);
        StringBuilder text = new();
        text.Append(CultureInfo.InvariantCulture, $"<{User | (int)message.Severity}>1 {Encoding.ASCII.GetString(time)} {hostName} livewatcher {process} {message.Kind} ");
        Structure(text, message);
        text.Append(' ').Append(message.Text);
        byte[] whole = Encoding.UTF8.GetBytes(text.ToString());
        if (whole.Length <= longest)
            return whole;
        int end = longest;
        while ((whole[end] & 0xc0) == 0x80) // within a character
            end--;
        return whole[..end];
    }

    private static void Structure(StringBuilder text, Message message)
    {
        if (message.Fields.Count == 0)
        {
            text.Append('-');
            return;
        }

        text.Append(CultureInfo.InvariantCulture, $"[{message.Kind}@{Enterprise}");
        foreach (Field field in message.Fields.Where(field => field.Name != "stack"))
        {
            string value = field.Text is { } content ? Escape(FieldList.Clean(content, LongestValue)) : field.Number.ToString(CultureInfo.InvariantCulture);
            text.Append(CultureInfo.InvariantCulture, $" {field.Name}=\"{value}\"");
        }

        text.Append(']');
    }

    /// <summary>Section 6.3.3: the quote, the backslash and the closing bracket.</summary>
    private static string Escape(string value) =>
        value.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal).Replace("]", "\\]", StringComparison.Ordinal);

    private static string Ascii(string name, int longest)
    {
        string clean = new([.. name.Where(one => one is > ' ' and <= '~').Take(longest)]);
        return clean.Length > 0 ? clean : "-";
    }
}
