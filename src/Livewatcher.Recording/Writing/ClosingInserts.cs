// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using Livewatcher.Model;
using Livewatcher.Recording.Format;
using Microsoft.Data.Sqlite;

namespace Livewatcher.Recording.Writing;

/// <summary>The closing statement as rows.</summary>
internal static class ClosingInserts
{
    internal static void Write(SqliteConnection connection, long id, CoverageEvent one)
    {
        HitCounts hits = one.Hits;
        using Insert coverage = new(connection, "coverage", 25);
        coverage.Run(
            id, one.From is { } from ? Times.ToStored(from) : null, Times.ToStored(one.To), one.Why, one.Backend, one.Scope, one.Guard,
            (long)one.Threads, (long)one.Processes, (long)one.Cpus, one.StacksCut, hits.Counted, hits.Recorded, hits.Filtered, hits.Dropped,
            hits.Skipped, hits.Throttled, hits.Recovered, hits.Escaped, hits.Foreign, hits.Merged, hits.Shared, hits.Spurious, hits.Withheld,
            hits.Reported);
        using Insert statement = new(connection, "statement", 3);
        long position = 0;
        foreach (string gap in one.Gaps)
            statement.Run(++position, "gap", gap);
        foreach (string remark in one.Remarks)
            statement.Run(++position, "remark", remark);
        using Insert skipped = new(connection, "skipped", 7);
        position = 0;
        foreach (SkippedStretch stretch in one.Skipped)
        {
            skipped.Run(
                ++position, stretch.Watch, (long)stretch.Process.Value, Times.ToStored(stretch.From), Times.ToStored(stretch.To), stretch.Hits,
                stretch.Paused);
        }

        using Insert actions = new(connection, "action_account", 8);
        position = 0;
        foreach (ActionTally tally in one.Actions)
            actions.Run(++position, tally.Watch, tally.Action, tally.AtHit, tally.Afterwards, tally.Failed, tally.LastFailure, tally.Skipped);
        using Insert arisings = new(connection, "arising_account", 8);
        position = 0;
        foreach (ArisingTally tally in one.Arisings)
            arisings.Run(++position, tally.Watch, tally.Candidates, tally.Armed, tally.Skipped, tally.Failed, tally.Displaced, tally.Ended);
        using Insert turns = new(connection, "turn_account", 7);
        position = 0;
        foreach (TurnTally tally in one.Turns)
            turns.Run(++position, tally.Watch, Times.ToStored(tally.Armed), Times.ToStored(tally.Of), (long)tally.Turns, tally.Counted, tally.ChangedUnarmed);
        using Insert sharings = new(connection, "sharing_account", 6);
        using Insert sharers = new(connection, "sharing_watch", 3);
        position = 0;
        long sharer = 0;
        foreach (SharingTally tally in one.Sharings)
        {
            sharings.Run(++position, tally.Slot.Mode.Word(), unchecked((long)tally.Slot.Address.Value), (long)tally.Slot.Length, tally.Beside, tally.Unsure);
            foreach (string watch in tally.Watches)
                sharers.Run(++sharer, position, watch);
        }
    }
}
