// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using System.Globalization;
using System.Text.Json;
using Livewatcher.Model;

namespace Livewatcher.Render;

/// <summary>The shapes that several events share.</summary>
internal static class Fields
{
    // "0x" and the 16 digits of a 64-bit address.
    private const int LongestAddress = 18;

    /// <summary>RFC 3339 with microseconds and offset.</summary>
    public static void WriteTime(this Utf8JsonWriter writer, ReadOnlySpan<byte> name, DateTimeOffset time)
    {
        Span<byte> text = stackalloc byte[Timestamps.Rfc3339Length];
        Timestamps.WriteRfc3339(time, text);
        writer.WriteString(name, text);
    }

    /// <summary>A string, because 64-bit addresses do not survive readers whose numbers are doubles.</summary>
    public static void WriteAddress(this Utf8JsonWriter writer, ReadOnlySpan<byte> name, Address address)
    {
        Span<byte> text = stackalloc byte[LongestAddress];
        "0x"u8.CopyTo(text);
        address.Value.TryFormat(text[2..], out var digits, "x", CultureInfo.InvariantCulture);
        writer.WriteString(name, text[..(2 + digits)]);
    }

    /// <summary>Absent where null.</summary>
    public static void WriteOptional(this Utf8JsonWriter writer, ReadOnlySpan<byte> name, string? text)
    {
        if (text is not null)
        {
            writer.WriteString(name, text);
        }
    }

    /// <summary>Absent where null.</summary>
    public static void WriteOptional(this Utf8JsonWriter writer, ReadOnlySpan<byte> name, Value? value)
    {
        if (value is not null)
        {
            writer.WritePropertyName(name);
            ValueJson.Write(writer, value);
        }
    }

    /// <summary>Absent where null.</summary>
    public static void WriteOptional(this Utf8JsonWriter writer, ReadOnlySpan<byte> name, Instruction? instruction)
    {
        if (instruction is null)
        {
            return;
        }

        writer.WriteStartObject(name);
        writer.WriteAddress("address"u8, instruction.Address);
        writer.WriteString("text"u8, instruction.Text);
        writer.WriteBoolean("proven"u8, instruction.Proven);
        writer.WriteEndObject();
    }

    public static void WriteStrings(this Utf8JsonWriter writer, ReadOnlySpan<byte> name, IReadOnlyList<string> texts)
    {
        writer.WriteStartArray(name);
        foreach (var text in texts)
        {
            writer.WriteStringValue(text);
        }

        writer.WriteEndArray();
    }

    /// <summary>An array of objects; absent where there is none.</summary>
    public static void WriteObjects<T>(this Utf8JsonWriter writer, ReadOnlySpan<byte> name, IReadOnlyList<T> things, Action<Utf8JsonWriter, T> writeFields)
    {
        if (things.Count == 0)
        {
            return;
        }

        writer.WriteStartArray(name);
        foreach (var thing in things)
        {
            writer.WriteStartObject();
            writeFields(writer, thing);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
    }
}
