// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using System.Text.Json;
using Livewatcher.Model;

namespace Livewatcher.Render;

/// <summary>A row of the closing table by distinct writer.</summary>
internal static class WriterJson
{
    public static void Write(Utf8JsonWriter writer, WriterRow row, StackJson stacks)
    {
        writer.WriteString("type"u8, "writer"u8);
        writer.WriteNumber("rank"u8, row.Rank);
        writer.WriteString("watch"u8, row.Watch.Label);
        writer.WriteString("access"u8, row.Access);
        writer.WriteNumber("count"u8, row.Count);
        writer.WriteNumber("changes"u8, row.Changes);
        writer.WriteTime("first"u8, row.First);
        writer.WriteTime("last"u8, row.Last);
        writer.WriteStrings("threads"u8, row.Threads);
        writer.WriteNumber("thread_count"u8, row.ThreadCount);
        writer.WriteStartArray("values"u8);
        foreach (var value in row.Values)
        {
            ValueJson.Write(writer, value);
        }

        writer.WriteEndArray();
        writer.WriteNumber("value_count"u8, row.ValueCount);
        writer.WriteOptional("reason"u8, row.Reason);
        writer.WriteOptional("syscall"u8, row.SystemCall);
        writer.WriteOptional("instruction"u8, row.Instruction);
        stacks.Write(writer, row.Stack);
    }
}
