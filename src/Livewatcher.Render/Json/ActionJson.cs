// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using System.Text.Json;
using Livewatcher.Model;

namespace Livewatcher.Render;

/// <summary>What was done about hits; absent where nothing was to be done.</summary>
internal static class ActionJson
{
    public static void Write(Utf8JsonWriter writer, IReadOnlyList<ActionOutcome> outcomes) => writer.WriteObjects("actions"u8, outcomes, Write);

    private static void Write(Utf8JsonWriter writer, ActionOutcome outcome)
    {
        writer.WriteString("action"u8, outcome.Action.Text);
        if (outcome.Action.SendsSignal)
        {
            writer.WriteString("signal"u8, outcome.Action.SignalName);
        }

        writer.WriteBoolean("done"u8, outcome.Failure is null && !outcome.Skipped);
        writer.WriteBoolean("at_hit"u8, outcome.AtHit);
        if (!outcome.AtHit)
        {
            writer.WriteNumber("delay_us"u8, (long)outcome.Delay.TotalMicroseconds);
        }

        writer.WriteOptional("failure"u8, outcome.Failure);
        writer.WriteOptional("next"u8, outcome.Next);
        writer.WriteOptional("file"u8, outcome.File);
        if (outcome.Process is { } process)
        {
            writer.WriteNumber("pid"u8, process);
        }

        if (outcome.Skipped)
        {
            writer.WriteBoolean("skipped"u8, true);
        }

        Write(writer, outcome.Snapshot);
    }

    private static void Write(Utf8JsonWriter writer, IReadOnlyList<SnapshotLine> lines) => writer.WriteObjects("snapshot"u8, lines, Write);

    private static void Write(Utf8JsonWriter writer, SnapshotLine line)
    {
        writer.WriteString("expression"u8, line.Expression);
        if (line.Address is { } address)
        {
            writer.WriteAddress("address"u8, address);
        }

        writer.WriteOptional("value"u8, line.Value);
        writer.WriteOptional("failure"u8, line.Failure);
        if (line.Around.Length > 0)
        {
            writer.WriteAddress("from"u8, line.From);
            writer.WriteString("bytes"u8, Convert.ToHexStringLower(line.Around.Span));
        }
    }

    public static void Write(Utf8JsonWriter writer, IReadOnlyList<ActionTally> tallies) => writer.WriteObjects("actions"u8, tallies, Write);

    private static void Write(Utf8JsonWriter writer, ActionTally tally)
    {
        writer.WriteString("watch"u8, tally.Watch);
        writer.WriteString("action"u8, tally.Action);
        writer.WriteNumber("at_hit"u8, tally.AtHit);
        writer.WriteNumber("afterwards"u8, tally.Afterwards);
        writer.WriteNumber("failed"u8, tally.Failed);
        writer.WriteOptional("failure"u8, tally.LastFailure);
        writer.WriteNumber("skipped"u8, tally.Skipped);
    }
}
