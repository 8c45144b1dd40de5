// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using Livewatcher.Model;
using Livewatcher.Recording.Format;

namespace Livewatcher.Recording.Reading;

/// <summary>What was done about hits, read along with these: nothing is kept of hits that have passed.</summary>
internal sealed class ActionRows(Rows rows) : IDisposable
{
    // Their keys have several columns; one number of all, so that the order can be seen.
    private readonly Ahead<ActionOutcome> actions = new(rows.Select(
        "SELECT row_number() OVER (), hit, position, kind, words, signal, signal_name, delay, failure, next, pid, file, skipped "
        + "FROM action ORDER BY hit, position", ActionOf));

    private readonly Ahead<SnapshotLine> snapshots = new(rows.Select(
        "SELECT row_number() OVER (), hit, position, line, expression, address, kind, value, value_text, failure, start, around "
        + "FROM snapshot ORDER BY hit, position, line", LineOf));

    /// <summary>Adds what was done about its hits to a block. Blocks come in the order of their hits.</summary>
    /// <exception cref="UserException">The file is damaged: there is one of a hit that is not there. The block has the hits that come before that.</exception>
    internal void Fill(HitBlock block)
    {
        block.Actions.Clear();
        long last = block.IdAt(block.Rows.Count - 1);
        int row = 0;
        try
        {
            for (; row < block.Rows.Count && (actions.Hit <= last || snapshots.Hit <= last); row++)
            {
                if (Of(block.IdAt(row)) is { } done)
                    block.Actions.Add(row, done);
            }
        }
        catch (UserException)
        {
            block.Rows.Cut(row);
            throw;
        }
    }

    /// <returns>Null where nothing was done about it.</returns>
    private List<ActionOutcome>? Of(long hit)
    {
        List<ActionOutcome>? found = null;
        for (; actions.Hit == hit; actions.Move())
        {
            List<SnapshotLine> lines = [];
            for (; snapshots.Hit == hit && snapshots.Position == actions.Position; snapshots.Move())
                lines.Add(snapshots.Current);
            (found ??= []).Add(lines.Count > 0 ? actions.Current with { Snapshot = lines } : actions.Current);
        }

        if (actions.Hit < hit || snapshots.Hit <= hit)
            throw rows.Damaged("something was done about a hit that is not there");
        return found;
    }

    public void Dispose()
    {
        actions.Dispose();
        snapshots.Dispose();
    }

    private static (long Hit, long Position, ActionOutcome Item) ActionOf(Row row)
    {
        HitAction action = new(Words.ActionOf(row.Text(3)) ?? throw row.Damaged(3), row.Text(4))
        {
            Signal = row.SmallCountOrNull(5) ?? 0,
            SignalName = row.TextOrNull(6) ?? "",
        };
        return (row.Long(1), row.Long(2), new ActionOutcome(action, row.IsNull(7), row.IsNull(7) ? TimeSpan.Zero : row.Span(7), row.TextOrNull(8))
        {
            Next = row.TextOrNull(9),
            Process = row.IsNull(10) ? null : row.Int(10),
            File = row.TextOrNull(11),
            Skipped = row.Flag(12),
        });
    }

    private static (long, long, SnapshotLine) LineOf(Row row) => (row.Long(1), row.Long(2),
        new SnapshotLine(row.Text(4), row.IsNull(5) ? null : row.Address(5), row.Value(6), row.TextOrNull(9))
        {
            From = row.IsNull(10) ? default : row.Address(10),
            Around = row.Bytes(11),
        });

    /// <summary>Rows of hits, read one ahead.</summary>
    private sealed class Ahead<T> : IDisposable
    {
        private readonly IEnumerator<(long, (long Hit, long Position, T Item) Row)> rows;

        internal Ahead(IEnumerable<(long, (long, long, T))> rows)
        {
            this.rows = rows.GetEnumerator();
            Move();
        }

        internal T Current => rows.Current.Row.Item;

        /// <summary>Whose the current one is; beyond every hit where there are no more.</summary>
        internal long Hit { get; private set; }

        internal long Position => rows.Current.Row.Position;

        internal void Move() => Hit = rows.MoveNext() ? rows.Current.Row.Hit : long.MaxValue;

        public void Dispose() => rows.Dispose();
    }
}
