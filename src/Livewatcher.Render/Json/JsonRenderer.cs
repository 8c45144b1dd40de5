// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using Livewatcher.Model;

namespace Livewatcher.Render;

/// <summary>Writes a run for programs: one JSON object a line, in UTF-8, as docs/json.md and
/// docs/schema/events.schema.json say. Each line goes to the stream in one call, unbuffered; buffering and flushing are the
/// stream's. Failures of the stream (a closed pipe, a full disk) pass through as it throws them.</summary>
public sealed class JsonRenderer : IEventSink, IDisposable
{
    private readonly Stream _output;
    private readonly ArrayBufferWriter<byte> _line = new(16 * 1024);
    private readonly Utf8JsonWriter _writer;
    private readonly StackJson _stacks = new();

    /// <param name="output">Stays the caller's.</param>
    public JsonRenderer(Stream output)
    {
        _output = output;
        _writer = new Utf8JsonWriter(_line, LineOptions);
    }

    // The relaxed encoder keeps std::vector<int> readable; it escapes control characters and replaces lone surrogates as
    // the default one does. What it leaves (<, >, &) matters only inside of HTML.
    internal static JsonWriterOptions LineOptions { get; } = new()
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        Indented = false,
        SkipValidation = true,
    };

    public void Publish(WatchEvent watchEvent)
    {
        _line.ResetWrittenCount();
        _writer.Reset();
        _writer.WriteStartObject();
        switch (watchEvent)
        {
            case Hit hit:
                HitJson.Write(_writer, hit, _stacks);
                break;
            case ArmedEvent armed:
                ArmedJson.Write(_writer, armed);
                break;
            case NoteEvent note:
                NoteJson.Write(_writer, note);
                break;
            case DisarmedEvent disarmed:
                ServingJson.Write(_writer, disarmed);
                break;
            case MessageEvent message:
                ServingJson.Write(_writer, message, _stacks);
                break;
            case RegistersEvent registers:
                ServingJson.Write(_writer, registers, _stacks);
                break;
            case StatusEvent status:
                ServingJson.Write(_writer, status);
                break;
            case WriterRow row:
                WriterJson.Write(_writer, row, _stacks);
                break;
            case CoverageEvent coverage:
                CoverageJson.Write(_writer, coverage);
                break;
            default:
                throw new ArgumentException($"This renderer does not know {watchEvent.GetType().Name}.", nameof(watchEvent));
        }

        _writer.WriteEndObject();
        _writer.Flush();
        _line.Write("\n"u8);
        _output.Write(_line.WrittenSpan);
    }

    public void Dispose()
    {
        _writer.Dispose();
        _stacks.Dispose();
    }
}
