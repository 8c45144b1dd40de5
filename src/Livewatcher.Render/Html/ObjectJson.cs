// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using System.Text.Json;
using Livewatcher.Model;

namespace Livewatcher.Render;

/// <summary>Watched memory: what it is, its first and last value, and each byte with who changed it last.</summary>
internal static class ObjectJson
{
    public static void Write(Utf8JsonWriter json, WatchedObject one)
    {
        Watch watch = one.Watch;
        json.WriteClean("label"u8, watch.Label);
        json.WriteString("access"u8, watch.Mode.Word());
        json.WriteAddress("address"u8, one.Address);
        json.WriteNumber("length"u8, watch.Length);
        json.WriteClean("type"u8, watch.TypeName);
        json.WriteClean("resolution"u8, watch.Resolution);
        json.WriteClean("condition"u8, watch.Condition?.Text);
        json.WriteNumber("pid"u8, one.Process.Value);
        json.WriteNumber("hits"u8, one.Hits);
        json.WriteClean("initial"u8, one.Initial?.Text);
        json.WriteClean("last"u8, one.Last?.Text);
        if (one.LastHit.Sequence > 0)
        {
            json.WriteStartArray("lastHit"u8);
            Write(json, one.LastHit);
            json.WriteEndArray();
        }

        if (one.Bytes is { } bytes)
            Write(json, bytes, one.Changes);
    }

    /// <summary>[byte] where it never changed, else [byte, sequence, ticks, writer].</summary>
    private static void Write(Utf8JsonWriter json, IReadOnlyList<byte> bytes, IReadOnlyList<ByteChange> changes)
    {
        json.WriteStartArray("bytes"u8);
        for (int i = 0; i < bytes.Count; i++)
        {
            json.WriteStartArray();
            json.WriteNumberValue(bytes[i]);
            if (changes[i].Writer != ByteChange.None.Writer)
                Write(json, changes[i]);
            json.WriteEndArray();
        }

        json.WriteEndArray();
    }

    private static void Write(Utf8JsonWriter json, ByteChange change)
    {
        json.WriteNumberValue(change.Sequence);
        json.WriteNumberValue(change.Ticks);
        json.WriteNumberValue(change.Writer);
    }
}
