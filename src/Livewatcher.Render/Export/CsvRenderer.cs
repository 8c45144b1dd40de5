// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using System.Globalization;
using Livewatcher.Model;

namespace Livewatcher.Render;

/// <summary>Hits as comma-separated values (RFC 4180, but for the line's end): a line of names, then one a hit. Other events have none.</summary>
public sealed class CsvRenderer : IEventSink
{
    private static readonly string[] Names =
    [
        "seq", "time", "watch", "address", "access", "old", "new", "changed", "pid", "tid", "thread", "cpu", "origin", "syscall", "merged",
        "recovered", "escaped", "since", "instruction_address", "instruction", "function", "file", "line", "module", "stack",
    ];

    private readonly TextWriter output;

    /// <param name="output">Must encode as UTF-8. Stays the caller's.</param>
    public CsvRenderer(TextWriter output)
    {
        this.output = output;
        Write(Names);
    }

    public void Publish(WatchEvent watchEvent)
    {
        if (watchEvent is not Hit hit)
            return;
        Frame? frame = hit.Stack.Frames.Count > 0 ? hit.Stack.Frames[0] : null;
        Write(
        [
            Number(hit.Sequence), Time(hit.Time), hit.Watch.Label, hit.Address.ToString(), hit.Access.Word(), hit.Old?.Text, hit.New?.Text,
            hit.Changed is { } changed ? Truth(changed) : null, Number(hit.Process.Value), hit.Thread?.ToString(), hit.ThreadName,
            hit.Cpu is { } cpu ? Number(cpu) : null, hit.Escaped ? null : hit.Origin == HitOrigin.Kernel ? "kernel" : "user", hit.SystemCall,
            Number(hit.Escaped ? 0 : hit.Merged), Truth(hit.Recovered), Truth(hit.Escaped), hit.EscapedSince is { } since ? Time(since) : null,
            hit.Instruction?.Address.ToString(), hit.Instruction?.Text, frame?.Function, frame?.File, frame is { Line: > 0 } ? Number(frame.Line) : null,
            frame?.Module, Folded.StackOf(hit.Stack),
        ]);
    }

    private static string Number(long number) => number.ToString(CultureInfo.InvariantCulture);

    private static string Truth(bool value) => value ? "true" : "false";

    private static string Time(DateTimeOffset time)
    {
        Span<byte> text = stackalloc byte[Timestamps.Rfc3339Length];
        Timestamps.WriteRfc3339(time, text);
        return System.Text.Encoding.ASCII.GetString(text);
    }

    private void Write(ReadOnlySpan<string?> fields)
    {
        for (int i = 0; i < fields.Length; i++)
        {
            output.Write(i == 0 ? "" : ",");
            Write(fields[i] ?? "");
        }

        output.Write('\n');
    }

    /// <summary>In quotes where it must be. What cannot be printed would end the line, or drive a terminal.</summary>
    private void Write(string field)
    {
        string clean = Printable.Of(field);
        output.Write(clean.AsSpan().IndexOfAny(',', '"') >= 0 ? $"\"{clean.Replace("\"", "\"\"", StringComparison.Ordinal)}\"" : clean);
    }
}
