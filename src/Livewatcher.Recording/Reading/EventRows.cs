// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using Livewatcher.Model;
using Livewatcher.Recording.Format;

namespace Livewatcher.Recording.Reading;

/// <summary>A part of what was published, in its order: an event, or hits that follow one another.</summary>
/// <param name="Event">Null where it is hits.</param>
/// <param name="Hits">Null where it is an event.</param>
/// <param name="From">The first of the block's hits.</param>
/// <param name="To">Behind the last.</param>
internal readonly record struct Stretch(WatchEvent? Event, HitBlock? Hits, int From, int To);

/// <summary>Events of a recording, each table's in their order, and all of them in the order in which they were published.</summary>
internal sealed class EventRows
{
    private readonly Rows rows;
    private readonly StoredNames names;
    private readonly HitRows hits;
    private readonly List<(long From, TimeSpan Offset)> zones;

    /// <exception cref="UserException">The file is damaged.</exception>
    internal EventRows(Rows rows, StoredNames names, long version)
    {
        (this.rows, this.names) = (rows, names);
        zones =
        [
            .. rows.Select("SELECT event, minutes FROM zone ORDER BY event", row => TimeSpan.FromMinutes(row.Int(1) is > -840 and < 840 and var minutes ? minutes : throw row.Damaged(1))),
        ];
        hits = new HitRows(rows, names, version, OffsetAt);
    }

    /// <param name="stretch">Of <see cref="InOrder"/>, each once.</param>
    /// <exception cref="UserException">The file is damaged.</exception>
    internal IEnumerable<WatchEvent> Made(Stretch stretch) =>
        stretch.Hits is { } block ? hits.Made(block, stretch.From, stretch.To) : [stretch.Event!];

    /// <returns>What <see cref="Made"/> takes.</returns>
    internal IEnumerable<Stretch> InOrder(bool withHits)
    {
        using Merged events = new([Armed(), Notes(), Messages(), Disarmed()]);
        events.Begin();
        foreach (HitBlock block in withHits ? hits.Blocks() : [])
        {
            for (int at = 0; at < block.Rows.Count;)
            {
                int from = at;
                while (at < block.Rows.Count && !(events.NextId <= block.IdAt(at)))
                    at++;
                if (at > from)
                    yield return new Stretch(null, block, from, at);
                if (at < block.Rows.Count)
                    yield return new Stretch(events.Take(), null, 0, 0);
            }
        }

        while (events.NextId is not null)
            yield return new Stretch(events.Take(), null, 0, 0);
    }

    /// <summary>The wall clock's offset from UTC at an event.</summary>
    internal TimeSpan OffsetAt(long id)
    {
        // A hostile file may have as many of them as hits.
        int low = 0;
        for (int high = zones.Count; low < high;)
        {
            int middle = (low + high) / 2;
            if (zones[middle].From <= id)
                low = middle + 1;
            else
                high = middle;
        }

        return low == 0 ? TimeSpan.Zero : zones[low - 1].Offset;
    }

    private IEnumerator<(long, WatchEvent)> Armed() => rows.Select<WatchEvent>(
        "SELECT id, time, watch, pid, slots, kind, value, value_text, backend, scope, guard, threads, cpus FROM armed ORDER BY id",
        row =>
        {
            Watch watch = names.Watch(row.Long(2));
            return new ArmedEvent(
                row.Time(1, OffsetAt(row.Long(0))), watch, new ProcessId(row.Int(3)), Words.SlotsOf(row.Text(4), watch.Mode) ?? throw row.Damaged(4),
                row.Value(5), row.Text(8), row.Text(9), row.Flag(10), row.SmallCount(11), row.SmallCount(12));
        }).GetEnumerator();

    private IEnumerator<(long, WatchEvent)> Notes() => rows.Select<WatchEvent>(
        "SELECT id, time, level, text FROM note ORDER BY id",
        row => new NoteEvent(row.Time(1, OffsetAt(row.Long(0))), row.Text(2) switch
        {
            "info" => NoteLevel.Info,
            "warning" => NoteLevel.Warning,
            _ => throw row.Damaged(2),
        }, row.Text(3))).GetEnumerator();

    private IEnumerator<(long, WatchEvent)> Messages() => rows.Select<WatchEvent>(
        "SELECT id, time, kind, thread, text, stack FROM message ORDER BY id",
        row =>
        {
            (ProcessId process, ThreadId? thread, string? name) = names.Thread(row.Long(3));
            return new MessageEvent(
                row.Time(1, OffsetAt(row.Long(0))), Words.MessageKindOf(row.Text(2)) ?? throw row.Damaged(2), process, thread, name, row.Text(4),
                names.Stack(row.LongOrNull(5)));
        }).GetEnumerator();

    private IEnumerator<(long, WatchEvent)> Disarmed() => rows.Select<WatchEvent>(
        "SELECT id, time, watch, pid, counted, recorded, filtered, dropped, skipped, last_value FROM disarmed ORDER BY id",
        row => new DisarmedEvent(
            row.Time(1, OffsetAt(row.Long(0))), names.Watch(row.Long(2)), new ProcessId(row.Int(3)),
            new SlotAccount(row.Unsigned(4), row.Unsigned(5), row.Unsigned(6), row.Unsigned(7), row.Unsigned(9), row.Unsigned(8)))).GetEnumerator();

    /// <summary>Events of several tables, in the order of their numbers.</summary>
    private sealed class Merged(List<IEnumerator<(long Id, WatchEvent Event)>> streams) : IDisposable
    {
        /// <summary>Null where there are no more.</summary>
        internal long? NextId { get; private set; }

        internal void Begin()
        {
            streams.RemoveAll(stream => !stream.MoveNext());
            Look();
        }

        /// <summary>Of those that there are.</summary>
        internal WatchEvent Take()
        {
            IEnumerator<(long Id, WatchEvent Event)> first = streams.MinBy(stream => stream.Current.Id)!;
            WatchEvent taken = first.Current.Event;
            if (!first.MoveNext())
            {
                first.Dispose();
                streams.Remove(first);
            }

            Look();
            return taken;
        }

        public void Dispose() => streams.ForEach(stream => stream.Dispose());

        private void Look() => NextId = streams.Min(stream => (long?)stream.Current.Id);
    }
}
