// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using System.Text.Json;
using Livewatcher.Model;

namespace Livewatcher.Render;

/// <summary>One access. What is not known is absent, never null and never a made-up zero.</summary>
internal static class HitJson
{
    public static void Write(Utf8JsonWriter writer, Hit hit, StackJson stacks)
    {
        writer.WriteString("type"u8, "hit"u8);
        writer.WriteNumber("seq"u8, hit.Sequence);
        writer.WriteTime("time"u8, hit.Time);
        writer.WriteString("watch"u8, hit.Watch.Label);
        writer.WriteAddress("address"u8, hit.Address);
        writer.WriteString("access"u8, hit.Access.Word());
        writer.WriteOptional("old"u8, hit.Old);
        writer.WriteOptional("new"u8, hit.New);
        if (hit.Changed is { } changed)
        {
            writer.WriteBoolean("changed"u8, changed);
        }

        writer.WriteNumber("pid"u8, hit.Process.Value);
        if (hit.Thread is { } thread)
        {
            writer.WriteNumber("tid"u8, thread.Value);
        }

        writer.WriteOptional("thread"u8, hit.ThreadName);
        if (hit.Cpu is { } cpu)
        {
            writer.WriteNumber("cpu"u8, cpu);
        }

        if (!hit.Escaped)
        {
            writer.WriteString("origin"u8, hit.Origin == HitOrigin.Kernel ? "kernel"u8 : "user"u8);
        }

        writer.WriteOptional("syscall"u8, hit.SystemCall);
        writer.WriteNumber("merged"u8, hit.Escaped ? 0 : hit.Merged);
        writer.WriteBoolean("recovered"u8, hit.Recovered);
        if (hit.Undecided)
        {
            writer.WriteBoolean("undecided"u8, true);
        }

        if (hit.Unsure)
        {
            writer.WriteBoolean("unsure"u8, true);
        }

        writer.WriteBoolean("escaped"u8, hit.Escaped);
        if (hit.EscapedSince is { } since)
        {
            writer.WriteTime("since"u8, since);
        }

        ActionJson.Write(writer, hit.Actions);
        writer.WriteOptional("instruction"u8, hit.Instruction);
        stacks.Write(writer, hit.Stack);
        if (hit.SetAt is { } setAt)
        {
            writer.WriteStartObject("set_at"u8);
            stacks.Write(writer, setAt);
            writer.WriteEndObject();
        }
    }
}
