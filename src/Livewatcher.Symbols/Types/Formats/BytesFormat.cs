// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using System.Text;
using Livewatcher.Model;

namespace Livewatcher.Symbols.Types.Formats;

/// <summary>Structs, arrays and untyped memory: {01 00 00 00 ff}; arrays of char with their text behind.</summary>
internal sealed class BytesFormat(bool isText = false) : IValueFormat
{
    /// <summary>Four debug registers of 8 bytes: more is never watched.</summary>
    private const int MaximumShown = 32;

    internal static BytesFormat Plain { get; } = new();

    public Value Format(ReadOnlySpan<byte> bytes, Func<Address, string?> nameOf) =>
        new(ValueKind.Bytes, isText ? $"{Dump(bytes)} {TextEscape.Quoted(bytes[..Math.Min(bytes.Length, MaximumShown)])}" : Dump(bytes));

    internal static string Dump(ReadOnlySpan<byte> bytes)
    {
        var text = new StringBuilder("{");
        for (int i = 0; i < bytes.Length && i < MaximumShown; i++)
        {
            text.Append(i == 0 ? "" : " ").Append(bytes[i].ToString("x2"));
        }

        return text.Append(bytes.Length > MaximumShown ? " ...}" : "}").ToString();
    }
}
