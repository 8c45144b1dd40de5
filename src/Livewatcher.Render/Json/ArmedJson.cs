// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using System.Text.Json;
using Livewatcher.Model;

namespace Livewatcher.Render;

internal static class ArmedJson
{
    public static void Write(Utf8JsonWriter writer, ArmedEvent armed)
    {
        var watch = armed.Watch;
        writer.WriteString("type"u8, "armed"u8);
        writer.WriteTime("time"u8, armed.Time);
        writer.WriteString("watch"u8, watch.Label);
        writer.WriteAddress("address"u8, watch.Address);
        writer.WriteNumber("length"u8, watch.Length);
        writer.WriteString("access"u8, watch.Mode.Word());
        writer.WriteOptional("value_type"u8, watch.TypeName);
        writer.WriteStartArray("slots"u8);
        foreach (var slot in armed.Slots)
        {
            writer.WriteStartObject();
            writer.WriteAddress("address"u8, slot.Address);
            writer.WriteNumber("length"u8, slot.Length);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
        writer.WriteOptional("value"u8, armed.Initial);
        writer.WriteOptional("resolution"u8, watch.Resolution);
        writer.WriteOptional("condition"u8, watch.Condition?.Text);
        writer.WriteNumber("pid"u8, armed.Process.Value);
        writer.WriteString("backend"u8, armed.Backend);
        writer.WriteString("scope"u8, armed.Scope);
        writer.WriteBoolean("guard"u8, armed.Guard);
        writer.WriteNumber("threads"u8, armed.Threads);
        writer.WriteNumber("cpus"u8, armed.Cpus);
    }
}

internal static class NoteJson
{
    public static void Write(Utf8JsonWriter writer, NoteEvent note)
    {
        writer.WriteString("type"u8, "note"u8);
        writer.WriteTime("time"u8, note.Time);
        writer.WriteString("level"u8, note.Level == NoteLevel.Warning ? "warning"u8 : "info"u8);
        writer.WriteString("text"u8, note.Text);
    }
}
