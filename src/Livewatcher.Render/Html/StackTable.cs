// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using System.Text.Json;
using Livewatcher.Model;

namespace Livewatcher.Render;

/// <summary>Stacks of the page by number, and their frames, each once.</summary>
internal sealed class StackTable(ISourceText? source)
{
    private readonly Interned<Frame> frames = new(int.MaxValue);
    private readonly Interned<CallStack> stacks = new(int.MaxValue, ReferenceEqualityComparer.Instance);
    private readonly SourceSnippets snippets = new(source);

    public int Add(CallStack stack)
    {
        foreach (Frame frame in stack.Frames)
            frames.Add(frame);
        return stacks.Add(stack);
    }

    /// <summary>After all of them were added.</summary>
    public void WriteTo(Utf8JsonWriter json)
    {
        json.WriteStartArray("stacks"u8);
        foreach (CallStack stack in stacks.Items)
        {
            json.WriteStartObject();
            json.WriteStartArray("frames"u8);
            foreach (Frame frame in stack.Frames)
                json.WriteNumberValue(frames.Add(frame));
            json.WriteEndArray();
            json.WriteClean("cut"u8, stack.CutShort);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteStartArray("frames"u8);
        foreach (Frame frame in frames.Items)
            Write(json, frame);
        json.WriteEndArray();
        json.WriteStartArray("sources"u8);
        foreach (SourceSnippet snippet in snippets.Items)
        {
            json.WriteStartObject();
            json.WriteNumber("first"u8, snippet.First);
            json.WriteStrings("lines"u8, snippet.Lines);
            json.WriteEndObject();
            json.Flush();
        }

        json.WriteEndArray();
    }

    private void Write(Utf8JsonWriter json, Frame frame)
    {
        json.WriteStartObject();
        json.WriteString("function"u8, Printable.Of(StackText.FunctionOf(frame)));
        json.WriteClean("module"u8, frame.Module);
        json.WriteClean("file"u8, frame.File);
        if (frame.Line > 0)
            json.WriteNumber("line"u8, frame.Line);
        json.WriteAddress("address"u8, frame.Address);
        if (frame.Inlined)
            json.WriteBoolean("inlined"u8, true);
        if (snippets.Add(frame) is >= 0 and int number)
            json.WriteNumber("source"u8, number);
        json.WriteEndObject();
    }
}
