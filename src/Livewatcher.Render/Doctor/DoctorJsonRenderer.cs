// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using System.Buffers;
using System.Text.Json;
using Livewatcher.Model;

namespace Livewatcher.Render;

/// <summary>Writes an examination for programs: one JSON object on one line, in UTF-8, as docs/doctor.md and
/// docs/schema/doctor.schema.json say. Failures of the stream pass through as it throws them.</summary>
public static class DoctorJsonRenderer
{
    /// <param name="output">Stays the caller's.</param>
    /// <param name="report">What to write.</param>
    public static void Write(Stream output, DoctorReport report)
    {
        var line = new ArrayBufferWriter<byte>(16 * 1024);
        using (var writer = new Utf8JsonWriter(line, JsonRenderer.LineOptions))
        {
            WriteReport(writer, report);
        }

        line.Write("\n"u8);
        output.Write(line.WrittenSpan);
    }

    private static void WriteReport(Utf8JsonWriter writer, DoctorReport report)
    {
        writer.WriteStartObject();
        writer.WriteString("type"u8, "doctor"u8);
        writer.WriteString("verdict"u8, DoctorWords.Of(report.Verdict));
        writer.WriteNumber("exit_status"u8, (int)report.Verdict);
        WriteMachine(writer, report.Machine);
        writer.WriteStartArray("checks"u8);
        foreach (var check in report.Checks)
        {
            WriteCheck(writer, check);
        }

        writer.WriteEndArray();
        writer.WriteStartArray("outlooks"u8);
        foreach (var outlook in report.Outlooks)
        {
            WriteOutlook(writer, outlook);
        }

        writer.WriteEndArray();
        writer.WriteEndObject();
    }

    private static void WriteMachine(Utf8JsonWriter writer, MachineFacts machine)
    {
        writer.WriteStartObject("machine"u8);
        writer.WriteString("kernel"u8, machine.Kernel);
        writer.WriteNumber("cpus"u8, machine.Cpus);
        writer.WriteBoolean("hypervisor"u8, machine.Hypervisor);
        writer.WriteNumber("user_id"u8, machine.UserId);
        writer.WriteStrings("capabilities"u8, machine.Capabilities);
        writer.WriteBoolean("seccomp"u8, machine.Seccomp);
        WriteOptional(writer, "perf_event_paranoid"u8, machine.PerfEventParanoid);
        WriteOptional(writer, "perf_event_mlock_kb"u8, machine.PerfEventMlockKilobytes);
        WriteOptional(writer, "ptrace_scope"u8, machine.PtraceScope);
        WriteOptional(writer, "locked_memory_limit"u8, machine.LockedMemoryLimit);
        writer.WriteOptional("lockdown"u8, machine.Lockdown);
        writer.WriteBoolean("type_information"u8, machine.TypeInformation);
        writer.WriteEndObject();
    }

    private static void WriteCheck(Utf8JsonWriter writer, Check check)
    {
        writer.WriteStartObject();
        writer.WriteString("name"u8, check.Name);
        writer.WriteString("title"u8, check.Title);
        writer.WriteString("outcome"u8, DoctorWords.Of(check.Outcome));
        writer.WriteString("finding"u8, check.Finding);
        writer.WriteStrings("remedies"u8, check.Remedies);
        writer.WriteStartObject("figures"u8);
        foreach (var figure in check.Figures)
        {
            writer.WriteNumber(figure.Name, figure.Value);
        }

        writer.WriteEndObject();
        writer.WriteEndObject();
    }

    private static void WriteOutlook(Utf8JsonWriter writer, VerbOutlook outlook)
    {
        writer.WriteStartObject();
        writer.WriteString("verb"u8, outlook.Verb);
        writer.WriteBoolean("possible"u8, outlook.Possible);
        writer.WriteString("backend"u8, outlook.Backend);
        writer.WriteString("scope"u8, outlook.Scope);
        writer.WriteBoolean("guard"u8, outlook.Guard);
        writer.WriteStrings("reasons"u8, outlook.Reasons);
        writer.WriteEndObject();
    }

    /// <summary>Absent where null.</summary>
    private static void WriteOptional(Utf8JsonWriter writer, ReadOnlySpan<byte> name, long? number)
    {
        if (number is { } value)
        {
            writer.WriteNumber(name, value);
        }
    }
}
