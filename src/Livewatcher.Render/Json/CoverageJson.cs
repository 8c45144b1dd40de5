// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using System.Text.Json;
using Livewatcher.Model;

namespace Livewatcher.Render;

/// <summary>The last line of every run.</summary>
internal static class CoverageJson
{
    public static void Write(Utf8JsonWriter writer, CoverageEvent coverage)
    {
        var view = new CoverageView(coverage);
        writer.WriteString("type"u8, "coverage"u8);
        if (coverage.From is { } from)
        {
            writer.WriteTime("from"u8, from);
        }

        writer.WriteTime("to"u8, coverage.To);
        writer.WriteString("why"u8, coverage.Why);
        writer.WriteString("backend"u8, coverage.Backend);
        writer.WriteString("scope"u8, coverage.Scope);
        writer.WriteBoolean("guard"u8, coverage.Guard);
        WriteHits(writer, coverage.Hits);
        writer.WriteNumber("threads"u8, coverage.Threads);
        writer.WriteNumber("processes"u8, coverage.Processes);
        writer.WriteNumber("cpus"u8, coverage.Cpus);
        writer.WriteNumber("stacks_cut"u8, coverage.StacksCut);
        writer.WriteBoolean("complete"u8, view.Complete);
        writer.WriteStrings("gaps"u8, view.Gaps);
        writer.WriteStartArray("skipped"u8);
        foreach (var stretch in coverage.Skipped)
        {
            Write(writer, stretch);
        }

        writer.WriteEndArray();
        writer.WriteObjects("arisings"u8, coverage.Arisings, Write);
        writer.WriteObjects("turns"u8, coverage.Turns, Write);
        writer.WriteObjects("sharings"u8, coverage.Sharings, Write);
        ActionJson.Write(writer, coverage.Actions);
        writer.WriteStrings("remarks"u8, coverage.Remarks);
        Write(writer, coverage.Selection);
    }

    internal static void Write(Utf8JsonWriter writer, HitSelection? selection)
    {
        if (selection is null)
        {
            return;
        }

        writer.WriteStartObject("selection"u8);
        writer.WriteString("by"u8, selection.Words);
        writer.WriteNumber("shown"u8, selection.Shown);
        writer.WriteNumber("set_aside"u8, selection.SetAside);
        writer.WriteNumber("undecided"u8, selection.Undecided);
        writer.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter writer, ArisingTally tally)
    {
        writer.WriteString("watch"u8, tally.Watch);
        writer.WriteNumber("candidates"u8, tally.Candidates);
        writer.WriteNumber("armed"u8, tally.Armed);
        writer.WriteNumber("skipped"u8, tally.Skipped);
        writer.WriteNumber("failed"u8, tally.Failed);
        writer.WriteNumber("displaced"u8, tally.Displaced);
        writer.WriteNumber("ended"u8, tally.Ended);
        writer.WriteNumber("still_armed"u8, tally.StillArmed);
    }

    private static void Write(Utf8JsonWriter writer, TurnTally tally)
    {
        writer.WriteString("watch"u8, tally.Watch);
        writer.WriteNumber("armed_seconds"u8, Math.Round(tally.Armed.TotalSeconds, 6));
        writer.WriteNumber("of_seconds"u8, Math.Round(tally.Of.TotalSeconds, 6));
        writer.WriteNumber("share"u8, Math.Round(tally.Share, 6));
        writer.WriteNumber("turns"u8, tally.Turns);
        writer.WriteNumber("counted"u8, tally.Counted);
        writer.WriteNumber("changed_unarmed"u8, tally.ChangedUnarmed);
    }

    private static void Write(Utf8JsonWriter writer, SharingTally tally)
    {
        writer.WriteStrings("watches"u8, tally.Watches);
        writer.WriteAddress("address"u8, tally.Slot.Address);
        writer.WriteNumber("length"u8, tally.Slot.Length);
        writer.WriteString("access"u8, tally.Slot.Mode.Word());
        writer.WriteNumber("beside"u8, tally.Beside);
        writer.WriteNumber("unsure"u8, tally.Unsure);
    }

    private static void Write(Utf8JsonWriter writer, SkippedStretch stretch)
    {
        writer.WriteStartObject();
        writer.WriteString("watch"u8, stretch.Watch);
        writer.WriteNumber("pid"u8, stretch.Process.Value);
        writer.WriteTime("from"u8, stretch.From);
        writer.WriteTime("to"u8, stretch.To);
        writer.WriteNumber("hits"u8, stretch.Hits);
        writer.WriteBoolean("paused"u8, stretch.Paused);
        writer.WriteEndObject();
    }

    private static void WriteHits(Utf8JsonWriter writer, HitCounts hits)
    {
        writer.WriteStartObject("hits"u8);
        writer.WriteNumber("counted"u8, hits.Counted);
        writer.WriteNumber("recorded"u8, hits.Recorded);
        writer.WriteNumber("filtered"u8, hits.Filtered);
        writer.WriteNumber("dropped"u8, hits.Dropped);
        writer.WriteNumber("skipped"u8, hits.Skipped);
        writer.WriteNumber("throttled"u8, hits.Throttled);
        writer.WriteNumber("recovered"u8, hits.Recovered);
        writer.WriteNumber("escaped"u8, hits.Escaped);
        writer.WriteNumber("foreign"u8, hits.Foreign);
        writer.WriteNumber("merged"u8, hits.Merged);
        writer.WriteNumber("shared"u8, hits.Shared);
        writer.WriteNumber("spurious"u8, hits.Spurious);
        writer.WriteNumber("beside"u8, hits.Beside);
        writer.WriteNumber("withheld"u8, hits.Withheld);
        writer.WriteNumber("reported"u8, hits.Reported);
        writer.WriteEndObject();
    }
}
