// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using System.Text.Json;

namespace Livewatcher.Render;

/// <summary>Text of the target, made printable: no control characters, nothing that turns the direction of what follows.</summary>
internal static class CleanJson
{
    /// <summary>Absent where null.</summary>
    public static void WriteClean(this Utf8JsonWriter json, ReadOnlySpan<byte> name, string? text)
    {
        if (text is not null)
            json.WriteString(name, Printable.Of(text));
    }

    public static void WriteClean(this Utf8JsonWriter json, ReadOnlySpan<byte> name, IEnumerable<string> texts)
    {
        json.WriteStartArray(name);
        foreach (string text in texts)
            json.WriteStringValue(Printable.Of(text));
        json.WriteEndArray();
    }

    /// <summary>A number, or null for what is none.</summary>
    public static void WriteReal(this Utf8JsonWriter json, double number)
    {
        if (double.IsFinite(number))
            json.WriteNumberValue(number);
        else
            json.WriteNullValue();
    }
}
