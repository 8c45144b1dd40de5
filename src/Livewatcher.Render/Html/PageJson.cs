// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using System.Text.Json;
using Livewatcher.Model;

namespace Livewatcher.Render;

/// <summary>All of the page's data but the hits, as one JSON object. page/script/data.js reads it.</summary>
internal sealed class PageJson(PageData data)
{
    private readonly StackTable stacks = new(data.Options.Source);

    /// <summary>The encoder is the default one: it escapes all that means something in HTML, so that no text can end the element.</summary>
    public void WriteTo(Stream output)
    {
        using Utf8JsonWriter json = new(output, new JsonWriterOptions { SkipValidation = true });
        json.WriteStartObject();
        json.WriteNumber("version"u8, 1);
        json.WriteClean("name"u8, data.Options.Name);
        DateTimeOffset first = data.First ?? DateTimeOffset.UnixEpoch;
        json.WriteNumber("began"u8, first.ToUnixTimeMilliseconds());
        json.WriteNumber("beganTicks"u8, first.Ticks % TimeSpan.TicksPerMillisecond);
        json.WriteNumber("offset"u8, (int)first.Offset.TotalMinutes);
        WriteFacts(json);
        WriteCoverage(json);
        WriteObjects(json);
        WriteWriters(json);
        WriteThreads(json);
        json.WriteClean("texts"u8, data.Packer.Texts);
        WriteNotes(json);
        WriteHits(json);
        stacks.WriteTo(json);
        json.WriteEndObject();
    }

    private void WriteFacts(Utf8JsonWriter json)
    {
        json.WriteStartArray("facts"u8);
        foreach ((string name, string value) in data.Options.Facts)
        {
            json.WriteStartArray();
            json.WriteStringValue(Printable.Of(name));
            json.WriteStringValue(Printable.Of(value));
            json.WriteEndArray();
        }

        json.WriteEndArray();
    }

    private void WriteCoverage(Utf8JsonWriter json)
    {
        if (data.Coverage is not { } coverage)
            return;
        json.WriteStartObject("coverage"u8);
        CoverageJson.Write(json, coverage with
        {
            Why = Printable.Of(coverage.Why),
            Gaps = [.. coverage.Gaps.Select(Printable.Of)],
            Remarks = [.. coverage.Remarks.Select(Printable.Of)],
            Selection = coverage.Selection is { } selection ? selection with { Words = Printable.Of(selection.Words) } : null,
            Skipped = [.. coverage.Skipped.Select(one => one with { Watch = Printable.Of(one.Watch) })],
        });
        json.WriteBoolean("closed"u8, coverage.Closed);
        json.WriteEndObject();
        json.WriteStartArray("statement"u8);
        foreach (StatementLine line in CoverageStatement.Of(coverage, data.Tally))
        {
            json.WriteStartArray();
            json.WriteStringValue(line.Kind.ToString().ToLowerInvariant());
            json.WriteStringValue(Printable.Of(line.Text));
            json.WriteEndArray();
        }

        json.WriteEndArray();
        json.Flush();
    }

    private void WriteObjects(Utf8JsonWriter json)
    {
        json.WriteStartArray("objects"u8);
        foreach (WatchedObject one in data.Packer.Objects.Items)
        {
            json.WriteStartObject();
            ObjectJson.Write(json, one);
            if (one.SetAt is { } stack)
                json.WriteNumber("setAt"u8, stacks.Add(stack));
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.Flush();
    }

    private void WriteWriters(Utf8JsonWriter json)
    {
        json.WriteStartArray("writers"u8);
        foreach (WriterRow row in data.Rows)
        {
            json.WriteStartObject();
            json.WriteNumber("id"u8, data.Packer.Writers.NumberOf(row));
            json.WriteNumber("rank"u8, row.Rank);
            json.WriteClean("watch"u8, row.Watch.Label);
            json.WriteString("access"u8, row.Access);
            json.WriteNumber("count"u8, row.Count);
            json.WriteNumber("changes"u8, row.Changes);
            json.WriteNumber("first"u8, data.Ticks(row.First));
            json.WriteNumber("last"u8, data.Ticks(row.Last));
            json.WriteClean("threads"u8, row.Threads);
            json.WriteNumber("threadCount"u8, row.ThreadCount);
            json.WriteClean("values"u8, row.Values.Select(value => value.Text));
            json.WriteNumber("valueCount"u8, row.ValueCount);
            if (row.Instruction is { } instruction)
                json.WriteOptional("instruction"u8, instruction with { Text = Printable.Of(instruction.Text) });
            json.WriteClean("call"u8, row.SystemCall);
            json.WriteNumber("stack"u8, stacks.Add(row.Stack));
            json.WriteClean("reason"u8, row.Reason);
            json.WriteEndObject();
            json.Flush();
        }

        json.WriteEndArray();
        json.WriteNumber("writersLeftOut"u8, data.RowsLeftOut);
    }

    private void WriteThreads(Utf8JsonWriter json)
    {
        json.WriteStartArray("threads"u8);
        foreach ((ProcessId process, ThreadId thread, string? name) in data.Packer.Threads)
        {
            json.WriteStartArray();
            json.WriteNumberValue(process.Value);
            json.WriteNumberValue(thread.Value);
            json.WriteStringValue(Printable.Of(name ?? "?"));
            json.WriteEndArray();
        }

        json.WriteEndArray();
    }

    private void WriteNotes(Utf8JsonWriter json)
    {
        json.WriteStartArray("notes"u8);
        foreach ((DateTimeOffset time, string level, string text) in data.Notes)
        {
            json.WriteStartArray();
            json.WriteNumberValue(data.Ticks(time));
            json.WriteStringValue(level);
            json.WriteStringValue(Printable.Of(text));
            json.WriteEndArray();
        }

        json.WriteEndArray();
        json.WriteNumber("notesLeftOut"u8, data.NotesLeftOut);
    }

    private void WriteHits(Utf8JsonWriter json)
    {
        json.WriteNumber("hits"u8, data.Hits.Total);
        json.WriteNumber("single"u8, data.Hits.Kept);
        json.WriteClean("shortened"u8, data.Packer.Shortened());
        json.WriteNumber("sumWidth"u8, data.Sums.Width);
        json.WriteStartArray("sums"u8);
        foreach ((HitSums.Key key, HitSums.Sum sum) in data.Sums.All)
        {
            json.WriteStartArray();
            json.WriteNumberValue(key.Piece * data.Sums.Width);
            json.WriteNumberValue(key.Object);
            json.WriteNumberValue(key.Writer);
            json.WriteNumberValue(key.Text);
            json.WriteNumberValue(sum.Count);
            json.WriteReal(sum.Least);
            json.WriteReal(sum.Most);
            json.WriteEndArray();
        }

        json.WriteEndArray();
        json.WriteStartArray("details"u8);
        long pushedOut = data.Hits.Total - data.Hits.Kept;
        foreach ((long place, HitDetail detail) in data.Packer.Details.All.Where(one => one.Place >= pushedOut))
        {
            json.WriteStartObject();
            json.WriteNumber("at"u8, place - pushedOut);
            json.WriteClean("old"u8, detail.Old);
            json.WriteClean("call"u8, detail.Call);
            if (detail.Merged != 1)
                json.WriteNumber("merged"u8, detail.Merged);
            if (detail.Since is { } since)
                json.WriteNumber("since"u8, data.Ticks(since));
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.Flush();
    }
}
