// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using System.Buffers;
using System.Text.Json;
using Livewatcher.Model;

namespace Livewatcher.Render;

/// <summary>The Trace Event Format of Chrome, which Perfetto opens: each hit an instant on its thread's track, each numeric value a counter
/// on its watch's track. Times are microseconds since the first event. One event a line; ended by Dispose.</summary>
public sealed class TraceRenderer : IEventSink, IDisposable
{
    /// <summary>Integers that a double holds.</summary>
    private const long LargestExact = 1L << 53;

    private readonly Stream output;
    private readonly ArrayBufferWriter<byte> line = new(4096);
    private readonly Utf8JsonWriter writer;
    private readonly HashSet<ProcessId> processes = [];
    private readonly Dictionary<ThreadId, string?> threads = [];
    private DateTimeOffset? first;
    private bool begun;
    private bool ended;

    /// <param name="output">Stays the caller's.</param>
    public TraceRenderer(Stream output)
    {
        this.output = output;
        writer = new Utf8JsonWriter(line, JsonRenderer.LineOptions);
    }

    public void Publish(WatchEvent watchEvent)
    {
        switch (watchEvent)
        {
            case Hit hit:
                Name(hit);
                Write(hit.Time, hit, static (to, one) => WriteHit(to, one));
                if (NumberOf(hit.New) is { } number)
                    Write(hit.Time, (hit, number), static (to, one) => WriteCounter(to, one.hit.Watch.Label, one.hit.Process, one.number));
                break;
            case ArmedEvent armed:
                Name(armed.Process);
                Write(armed.Time, armed, static (to, one) => WriteInstant(to, $"armed {one.Watch.Label}", one.Process));
                if (NumberOf(armed.Initial) is { } initial)
                    Write(armed.Time, (armed, initial), static (to, one) => WriteCounter(to, one.armed.Watch.Label, one.armed.Process, one.initial));
                break;
            case NoteEvent note:
                Write(note.Time, note, static (to, one) => WriteInstant(to, one.Text, null));
                break;
            case MessageEvent message:
                Name(message.Process);
                Write(message.Time, message, static (to, one) => WriteInstant(to, one.Text, one.Process));
                break;
        }
    }

    public void Dispose()
    {
        if (ended)
            return;
        ended = true;
        Begin();
        output.Write("\n]}\n"u8);
        writer.Dispose();
    }

    private static void WriteHit(Utf8JsonWriter to, Hit hit)
    {
        to.WriteString("name"u8, $"{hit.Access.Word()} {hit.Watch.Label}{(hit.Escaped ? " (escaped)" : "")}");
        to.WriteString("ph"u8, "i"u8);
        to.WriteString("s"u8, hit.Thread is null ? "p"u8 : "t"u8);
        to.WriteString("cat"u8, "hit"u8);
        to.WriteNumber("pid"u8, hit.Process.Value);
        to.WriteNumber("tid"u8, hit.Thread?.Value ?? hit.Process.Value);
        to.WriteStartObject("args"u8);
        to.WriteNumber("seq"u8, hit.Sequence);
        to.WriteOptional("old"u8, hit.Old);
        to.WriteOptional("new"u8, hit.New);
        to.WriteOptional("syscall"u8, hit.SystemCall);
        to.WriteOptional("instruction"u8, hit.Instruction?.Text);
        to.WriteString("stack"u8, Folded.StackOf(hit.Stack));
        if (hit.Stack.Frames is [{ File: { } file, Line: var number }, ..])
            to.WriteString("place"u8, $"{file}:{number}");
        to.WriteEndObject();
    }

    private static void WriteCounter(Utf8JsonWriter to, string name, ProcessId process, double number)
    {
        to.WriteString("name"u8, name);
        to.WriteString("ph"u8, "C"u8);
        to.WriteNumber("pid"u8, process.Value);
        to.WriteStartObject("args"u8);
        to.WriteNumber("value"u8, number);
        to.WriteEndObject();
    }

    private static void WriteInstant(Utf8JsonWriter to, string name, ProcessId? process)
    {
        to.WriteString("name"u8, name);
        to.WriteString("ph"u8, "i"u8);
        to.WriteString("s"u8, process is null ? "g"u8 : "p"u8);
        to.WriteNumber("pid"u8, process?.Value ?? 0);
        to.WriteNumber("tid"u8, process?.Value ?? 0);
    }

    private static double? NumberOf(Value? value) => value switch
    {
        { Kind: ValueKind.Integer or ValueKind.Boolean or ValueKind.Enumerator } whole when Int128.Abs(whole.Number) <= LargestExact => (double)whole.Number,
        { Kind: ValueKind.Float } real when double.IsFinite(real.Real) => real.Real,
        _ => null,
    };

    private void Name(Hit hit)
    {
        Name(hit.Process);
        if (hit.Thread is not { } thread || (threads.TryGetValue(thread, out string? known) && known == hit.ThreadName))
            return;
        threads[thread] = hit.ThreadName;
        WriteName("thread_name", hit.Process, thread.Value, hit.ThreadName ?? "?");
    }

    private void Name(ProcessId process)
    {
        if (processes.Add(process))
            WriteName("process_name", process, process.Value, $"process {process}");
    }

    private void WriteName(string what, ProcessId process, int thread, string name) => Write(null, (what, process, thread, name), static (to, one) =>
    {
        to.WriteString("name"u8, one.what);
        to.WriteString("ph"u8, "M"u8);
        to.WriteNumber("pid"u8, one.process.Value);
        to.WriteNumber("tid"u8, one.thread);
        to.WriteStartObject("args"u8);
        to.WriteString("name"u8, one.name);
        to.WriteEndObject();
    });

    private void Begin()
    {
        if (begun)
            return;
        begun = true;
        output.Write("{\"displayTimeUnit\":\"ns\",\"traceEvents\":["u8);
    }

    private void Write<T>(DateTimeOffset? time, T what, Action<Utf8JsonWriter, T> body)
    {
        bool isFirst = !begun;
        Begin();
        line.ResetWrittenCount();
        line.Write(isFirst ? "\n"u8 : ",\n"u8);
        writer.Reset();
        writer.WriteStartObject();
        body(writer, what);
        if (time is { } at)
        {
            first ??= at;
            writer.WriteNumber("ts"u8, (decimal)(at - first.Value).Ticks / 10);
        }

        writer.WriteEndObject();
        writer.Flush();
        output.Write(line.WrittenSpan);
    }
}
