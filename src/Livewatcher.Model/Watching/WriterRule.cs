// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using System.Globalization;
using System.Text.RegularExpressions;

namespace Livewatcher.Model;

/// <summary>A place in the code, as the user names it: FUNCTION, FILE:LINE, a module's file name, or START-END.</summary>
public abstract partial record WriterRule
{
    private WriterRule(string text) => Text = text;

    /// <summary>As written.</summary>
    public string Text { get; }

    /// <summary>A function by its name, with or without scopes and parameters; of a C++ function every overload, unless parameters
    /// are given. Or a module by its file name: which of the two is seen when code is looked at.</summary>
    public sealed record Named(string Name) : WriterRule(Name);

    /// <summary>A line of source.</summary>
    /// <param name="File">A source file's name, perhaps with the end of its path.</param>
    /// <param name="Number">From 1.</param>
    public sealed record Line(string File, int Number) : WriterRule($"{File}:{Number}");

    /// <summary>Addresses.</summary>
    /// <param name="Start">First address.</param>
    /// <param name="End">Behind the last one.</param>
    public sealed record Range(Address Start, Address End) : WriterRule($"{Start}-{End}");

    /// <exception cref="UserException">It names nothing.</exception>
    public static WriterRule Parse(string text)
    {
        text = text.Trim();
        if (text.Length == 0 || text.Any(char.IsControl))
            throw new UserException("a writer is named by FUNCTION, FILE:LINE, a module's file name, or an address range 0xSTART-0xEND");
        if (RangePattern().Match(text) is { Success: true } range)
        {
            Address start = ParseAddress(range.Groups["start"].Value), end = ParseAddress(range.Groups["end"].Value);
            return start < end ? new Range(start, end) : throw new UserException($"{text}: the range is empty");
        }

        return LinePattern().Match(text) is { Success: true } line && int.TryParse(line.Groups["line"].Value, CultureInfo.InvariantCulture, out int number)
            ? new Line(line.Groups["file"].Value, number)
            : new Named(text);
    }

    private static Address ParseAddress(string text) =>
        ulong.TryParse(text.AsSpan(2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out ulong value)
            ? new Address(value)
            : throw new UserException($"{text} is no address");

    [GeneratedRegex("^(?<start>0[xX][0-9a-fA-F]+)-(?<end>0[xX][0-9a-fA-F]+)$", RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex RangePattern();

    [GeneratedRegex(@"^(?<file>[^:]+):(?<line>\d{1,9})$", RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex LinePattern();
}
