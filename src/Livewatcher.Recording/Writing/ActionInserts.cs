// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using Livewatcher.Model;
using Livewatcher.Recording.Format;
using Microsoft.Data.Sqlite;

namespace Livewatcher.Recording.Writing;

/// <summary>What was done about hits, as rows.</summary>
internal sealed class ActionInserts : IDisposable
{
    private readonly Insert action;
    private readonly Insert snapshot;

    internal ActionInserts(SqliteConnection connection)
    {
        action = new Insert(connection, "action", 12);
        snapshot = new Insert(connection, "snapshot", 11);
    }

    /// <param name="hit">The hit's event.</param>
    /// <param name="outcomes">In order.</param>
    internal void Write(long hit, IReadOnlyList<ActionOutcome> outcomes)
    {
        for (int position = 0; position < outcomes.Count; position++)
        {
            ActionOutcome one = outcomes[position];
            action.Run(
                hit, (long)position, Words.Of(one.Action.Kind), one.Action.Text, one.Action.SendsSignal ? (long)one.Action.Signal : null,
                one.Action.SendsSignal ? one.Action.SignalName : null, one.AtHit ? null : Times.ToStored(one.Delay), one.Failure, one.Next,
                one.Process is { } process ? (long)process : null, one.File, one.Skipped);
            for (int line = 0; line < one.Snapshot.Count; line++)
                Write(hit, position, line, one.Snapshot[line]);
        }
    }

    public void Dispose()
    {
        action.Dispose();
        snapshot.Dispose();
    }

    private void Write(long hit, int position, int line, SnapshotLine one)
    {
        snapshot.Set(0, hit);
        snapshot.Set(1, position);
        snapshot.Set(2, line);
        snapshot.Set(3, one.Expression);
        snapshot.Set(4, one.Address is { } address ? unchecked((long)address.Value) : null);
        snapshot.Set(5, one.Value);
        snapshot.Set(8, one.Failure);
        snapshot.Set(9, one.Around.IsEmpty ? null : unchecked((long)one.From.Value));
        snapshot.Set(10, one.Around.Span);
        snapshot.Run();
    }
}
