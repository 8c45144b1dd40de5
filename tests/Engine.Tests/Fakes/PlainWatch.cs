// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using System.Globalization;
using Livewatcher.Model;

namespace Livewatcher.Engine.Tests.Fakes;

/// <summary>Expressions that need no debug information: *(type*)0xADDRESS, and 0xADDRESS for code.</summary>
internal static class PlainWatch
{
    private static readonly Dictionary<string, int> Lengths = new() { ["unsigned char"] = 1, ["short"] = 2, ["int"] = 4, ["long"] = 8 };

    /// <returns>Null where it is no such expression.</returns>
    internal static Watch? Of(WatchRequest request)
    {
        string text = request.Expression;
        int length = 1;
        if (text.StartsWith("*(", StringComparison.Ordinal) && text.Split("*)") is [var type, var rest] && Lengths.TryGetValue(type[2..], out length))
            text = rest;
        return text.StartsWith("0x", StringComparison.Ordinal)
            && ulong.TryParse(text.AsSpan(2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out ulong address)
            ? new Watch(request, new Address(address), length, NumberFormat.Instance, null, null)
            : null;
    }
}
