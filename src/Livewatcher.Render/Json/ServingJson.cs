// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using System.Text.Json;
using Livewatcher.Model;

namespace Livewatcher.Render;

/// <summary>What a listener has to say besides hits.</summary>
internal static class ServingJson
{
    public static void Write(Utf8JsonWriter writer, DisarmedEvent disarmed)
    {
        writer.WriteString("type"u8, "disarmed"u8);
        writer.WriteTime("time"u8, disarmed.Time);
        writer.WriteString("watch"u8, disarmed.Watch.Label);
        writer.WriteAddress("address"u8, disarmed.Watch.Address);
        writer.WriteNumber("pid"u8, disarmed.Process.Value);
        WriteAccount(writer, disarmed.Account);
    }

    public static void Write(Utf8JsonWriter writer, MessageEvent message, StackJson stacks)
    {
        writer.WriteString("type"u8, "message"u8);
        writer.WriteTime("time"u8, message.Time);
        writer.WriteString("kind"u8, message.Kind switch
        {
            MessageKind.Backtrace => "backtrace"u8,
            MessageKind.Mark => "mark"u8,
            _ => "info"u8,
        });
        writer.WriteString("text"u8, message.Text);
        writer.WriteNumber("pid"u8, message.Process.Value);
        if (message.Thread is { } thread)
        {
            writer.WriteNumber("tid"u8, thread.Value);
        }

        writer.WriteOptional("thread"u8, message.ThreadName);
        if (message.Stack is { } stack)
        {
            stacks.Write(writer, stack);
        }
    }

    public static void Write(Utf8JsonWriter writer, RegistersEvent registers, StackJson stacks)
    {
        writer.WriteString("type"u8, "registers"u8);
        writer.WriteTime("time"u8, registers.Time);
        writer.WriteNumber("pid"u8, registers.Process.Value);
        if (registers.Thread is { } thread)
        {
            writer.WriteNumber("tid"u8, thread.Value);
        }

        writer.WriteString("source"u8, registers.Source);
        WriteRegisters(writer, registers.Registers);
        if (registers.Stack is { } stack)
        {
            stacks.Write(writer, stack);
        }
    }

    public static void Write(Utf8JsonWriter writer, StatusEvent status)
    {
        writer.WriteString("type"u8, "status"u8);
        writer.WriteTime("time"u8, status.Time);
        writer.WriteTime("since"u8, status.Since);
        writer.WriteString("backend"u8, status.Backend);
        writer.WriteString("scope"u8, status.Scope);
        writer.WriteBoolean("guard"u8, status.Guard);
        writer.WriteStartObject("settings"u8);
        foreach (var setting in status.Settings)
        {
            writer.WriteString(setting.Key, setting.Value);
        }

        writer.WriteEndObject();
        writer.WriteNumber("hits"u8, status.Hits);
        writer.WriteStartObject("threads_armed"u8);
        writer.WriteNumber("directly"u8, status.Sync.Directly);
        writer.WriteNumber("held"u8, status.Sync.Held);
        writer.WriteNumber("by_signal"u8, status.Sync.BySignal);
        writer.WriteNumber("at_trap"u8, status.Sync.AtTrap);
        writer.WriteEndObject();
        writer.WriteStrings("gaps"u8, status.Gaps);
        writer.WriteStartArray("processes"u8);
        foreach (var served in status.Processes)
        {
            Write(writer, served);
        }

        writer.WriteEndArray();
    }

    private static void Write(Utf8JsonWriter writer, ServedProcess served)
    {
        writer.WriteStartObject();
        writer.WriteNumber("pid"u8, served.Process.Value);
        writer.WriteString("name"u8, served.Name);
        writer.WriteNumber("threads"u8, served.Threads);
        writer.WriteNumber("armings"u8, served.Armings);
        writer.WriteNumber("hits"u8, served.Hits);
        WriteRegisters(writer, served.Registers);
        writer.WriteStartArray("watches"u8);
        foreach (var watch in served.Watches)
        {
            writer.WriteStartObject();
            writer.WriteNumber("number"u8, watch.Number);
            writer.WriteString("watch"u8, watch.Watch.Label);
            writer.WriteAddress("address"u8, watch.Watch.Address);
            writer.WriteNumber("length"u8, watch.Watch.Length);
            writer.WriteString("access"u8, watch.Watch.Mode.Word());
            writer.WriteNumber("register"u8, watch.Slot);
            WriteAccount(writer, watch.Account);
            if (watch.Kernel is { } kernel)
            {
                writer.WriteNumber("kernel_counted"u8, kernel.Counted);
                writer.WriteNumber("missing"u8, kernel.Missing);
            }

            writer.WriteEndObject();
        }

        writer.WriteEndArray();
        writer.WriteEndObject();
    }

    private static void WriteRegisters(Utf8JsonWriter writer, IReadOnlyList<ulong> registers)
    {
        writer.WriteStartObject("registers"u8);
        for (var i = 0; i < registers.Count; i++)
        {
            writer.WriteAddress(i == registers.Count - 1 ? "dr7"u8 : "dr0dr1dr2dr3"u8.Slice(3 * i, 3), new Address(registers[i]));
        }

        writer.WriteEndObject();
    }

    private static void WriteAccount(Utf8JsonWriter writer, SlotAccount account)
    {
        writer.WriteNumber("counted"u8, account.Counted);
        writer.WriteNumber("recorded"u8, account.Recorded);
        writer.WriteNumber("filtered"u8, account.Filtered);
        writer.WriteNumber("dropped"u8, account.Dropped);
        writer.WriteNumber("skipped"u8, account.Skipped);
    }
}
