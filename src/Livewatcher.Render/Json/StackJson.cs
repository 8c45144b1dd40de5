// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using System.Buffers;
using System.Text.Json;
using Livewatcher.Model;

namespace Livewatcher.Render;

/// <summary>Call stacks: "stack", and "stack_cut" where it is cut short. Frames come back again and again as the same
/// objects, because the symbols room names each place once; their bytes are kept, which makes a hit three times as quick.
/// Bounded: when full it forgets all.</summary>
internal sealed class StackJson : IDisposable
{
    private const int Limit = 8192;

    private readonly Dictionary<Frame, byte[]> _encoded = new(ReferenceEqualityComparer.Instance);
    private readonly ArrayBufferWriter<byte> _bytes = new(1024);
    private readonly Utf8JsonWriter _frameWriter;

    public StackJson() => _frameWriter = new Utf8JsonWriter(_bytes, JsonRenderer.LineOptions);

    public void Write(Utf8JsonWriter writer, CallStack stack)
    {
        writer.WriteStartArray("stack"u8);
        foreach (var frame in stack.Frames)
        {
            if (!_encoded.TryGetValue(frame, out var bytes))
            {
                bytes = Encode(frame);
            }

            writer.WriteRawValue(bytes, skipInputValidation: true);
        }

        writer.WriteEndArray();
        writer.WriteOptional("stack_cut"u8, stack.CutShort);
    }

    public void Dispose() => _frameWriter.Dispose();

    private byte[] Encode(Frame frame)
    {
        if (_encoded.Count == Limit)
        {
            _encoded.Clear();
        }

        _bytes.ResetWrittenCount();
        _frameWriter.Reset();
        WriteFrame(_frameWriter, frame);
        _frameWriter.Flush();
        var bytes = _bytes.WrittenSpan.ToArray();
        _encoded.Add(frame, bytes);
        return bytes;
    }

    private static void WriteFrame(Utf8JsonWriter writer, Frame frame)
    {
        writer.WriteStartObject();
        writer.WriteAddress("address"u8, frame.Address);
        writer.WriteOptional("module"u8, frame.Module);
        writer.WriteOptional("function"u8, frame.Function);
        writer.WriteOptional("file"u8, frame.File);
        if (frame.Line > 0)
        {
            writer.WriteNumber("line"u8, frame.Line);
        }

        writer.WriteBoolean("inlined"u8, frame.Inlined);
        writer.WriteEndObject();
    }
}
