// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using System.Buffers;
using System.Text.Json;
using Livewatcher.Model;

namespace Livewatcher.Render;

/// <summary>Writes a comparison for programs: a line for each writer (type difference), last one with the sums (type comparison).</summary>
public static class ComparisonJson
{
    /// <param name="output">Stays the caller's.</param>
    /// <param name="comparison">What there is to say.</param>
    public static void Write(Stream output, RecordingComparison comparison)
    {
        var line = new ArrayBufferWriter<byte>(16 * 1024);
        using var writer = new Utf8JsonWriter(line, JsonRenderer.LineOptions);
        using var stacks = new StackJson();
        foreach (var one in comparison.Writers)
        {
            Line(() => WriteDifference(writer, one, stacks));
        }

        Line(() => WriteSums(writer, comparison));

        void Line(Action body)
        {
            line.ResetWrittenCount();
            writer.Reset();
            writer.WriteStartObject();
            body();
            writer.WriteEndObject();
            writer.Flush();
            line.Write("\n"u8);
            output.Write(line.WrittenSpan);
        }
    }

    private static void WriteDifference(Utf8JsonWriter writer, WriterDifference one, StackJson stacks)
    {
        writer.WriteString("type"u8, "difference"u8);
        writer.WriteString("kind"u8, ComparisonText.WordOf(one.Kind));
        writer.WriteStrings("what"u8, one.What);
        WriteSide(writer, "before"u8, one.Before, stacks);
        WriteSide(writer, "after"u8, one.After, stacks);
    }

    private static void WriteSide(Utf8JsonWriter writer, ReadOnlySpan<byte> name, WriterRow? row, StackJson stacks)
    {
        if (row is null)
        {
            return;
        }

        writer.WriteStartObject(name);
        WriterJson.Write(writer, row, stacks);
        writer.WriteEndObject();
    }

    private static void WriteSums(Utf8JsonWriter writer, RecordingComparison comparison)
    {
        writer.WriteString("type"u8, "comparison"u8);
        foreach (var kind in Enum.GetValues<DifferenceKind>())
        {
            writer.WriteNumber(ComparisonText.WordOf(kind), comparison.Count(kind));
        }

        WriteCoverage(writer, "before"u8, comparison.BeforeName, comparison.Before);
        WriteCoverage(writer, "after"u8, comparison.AfterName, comparison.After);
    }

    private static void WriteCoverage(Utf8JsonWriter writer, ReadOnlySpan<byte> name, string file, CoverageEvent coverage)
    {
        var view = new CoverageView(coverage);
        writer.WriteStartObject(name);
        writer.WriteString("recording"u8, file);
        writer.WriteBoolean("complete"u8, view.Complete);
        writer.WriteStrings("gaps"u8, view.Gaps);
        CoverageJson.Write(writer, coverage.Selection);
        writer.WriteEndObject();
    }
}
