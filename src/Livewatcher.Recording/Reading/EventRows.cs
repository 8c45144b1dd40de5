// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using Livewatcher.Model;
using Livewatcher.Recording.Format;

namespace Livewatcher.Recording.Reading;

/// <summary>Events of a recording, each table's in their order, and all of them in the order in which they were published.</summary>
internal sealed class EventRows(Rows rows, StoredNames names, long version)
{
    private readonly List<(long From, TimeSpan Offset)> zones =
    [
        .. rows.Select("SELECT event, minutes FROM zone ORDER BY event", row => TimeSpan.FromMinutes(row.Int(1) is > -840 and < 840 and var minutes ? minutes : throw row.Damaged(1))),
    ];

    private readonly NewestValues values = new();

    /// <param name="item">Of <see cref="InOrder"/>.</param>
    /// <exception cref="UserException">The file is damaged.</exception>
    internal WatchEvent Made(object item)
    {
        if (item is not HitRow row)
            return (WatchEvent)item;
        try
        {
            return row.ToHit(names, values);
        }
        catch (DamagedException e)
        {
            throw rows.Damaged(e.Message);
        }
    }

    /// <returns>What <see cref="Made"/> takes: an event, or the row of a hit, which is not one yet.</returns>
    internal IEnumerable<object> InOrder(bool withHits)
    {
        List<IEnumerator<(long Id, object Event)>> streams = [Armed(), Notes(), Messages(), Disarmed()];
        if (withHits)
            streams.Add(Hits());
        try
        {
            streams.RemoveAll(stream => !stream.MoveNext());
            while (streams.Count > 0)
            {
                IEnumerator<(long Id, object Event)> first = streams[0];
                foreach (IEnumerator<(long Id, object Event)> stream in streams)
                    first = stream.Current.Id < first.Current.Id ? stream : first;
                yield return first.Current.Event;
                if (!first.MoveNext())
                {
                    first.Dispose();
                    streams.Remove(first);
                }
            }
        }
        finally
        {
            streams.ForEach(stream => stream.Dispose());
        }
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

    private IEnumerator<(long, object)> Hits()
    {
        if (version < 3)
        {
            foreach ((long id, HitRow hit) in BareHits())
                yield return (id, hit);
            yield break;
        }

        using ActionRows actions = new(rows);
        foreach ((long id, HitRow hit) in BareHits())
        {
            hit.Actions = actions.Of(id);
            yield return (id, hit);
        }
    }

    private IEnumerable<(long, HitRow)> BareHits() => rows.Select(
        "SELECT id, seq, time, watch, address, thread, cpu, origin, stack, instruction, old_kind, old, old_text, new_kind, new, new_text, "
        + $"changed, merged, recovered, since, syscall, set_at, undecided, {(version < 4 ? "0" : "unsure")} FROM hit ORDER BY id",
        row =>
        {
            TimeSpan offset = OffsetAt(row.Long(0));
            return new HitRow
            {
                Sequence = row.Count(1),
                Time = row.Time(2, offset),
                EscapedSince = row.TimeOrNull(19, offset),
                Watch = row.Long(3),
                Address = row.Address(4),
                Old = RowValue.Of(row, 10),
                New = RowValue.Of(row, 13),
                Changed = row.FlagOrNull(16),
                Thread = row.Long(5),
                Cpu = row.SmallCountOrNull(6),
                Origin = row.Flag(7) ? HitOrigin.Kernel : HitOrigin.User,
                SystemCall = row.TextOrNull(20),
                Merged = row.SmallCount(17),
                Recovered = row.Flag(18),
                Instruction = row.LongOrNull(9),
                Stack = row.Long(8),
                SetAt = row.LongOrNull(21),
                Undecided = row.Flag(22),
                Unsure = row.Flag(23),
            };
        });

    private IEnumerator<(long, object)> Armed() => rows.Select<object>(
        "SELECT id, time, watch, pid, slots, kind, value, value_text, backend, scope, guard, threads, cpus FROM armed ORDER BY id",
        row =>
        {
            Watch watch = names.Watch(row.Long(2));
            return new ArmedEvent(
                row.Time(1, OffsetAt(row.Long(0))), watch, new ProcessId(row.Int(3)), Words.SlotsOf(row.Text(4), watch.Mode) ?? throw row.Damaged(4),
                row.Value(5), row.Text(8), row.Text(9), row.Flag(10), row.SmallCount(11), row.SmallCount(12));
        }).GetEnumerator();

    private IEnumerator<(long, object)> Notes() => rows.Select<object>(
        "SELECT id, time, level, text FROM note ORDER BY id",
        row => new NoteEvent(row.Time(1, OffsetAt(row.Long(0))), row.Text(2) switch
        {
            "info" => NoteLevel.Info,
            "warning" => NoteLevel.Warning,
            _ => throw row.Damaged(2),
        }, row.Text(3))).GetEnumerator();

    private IEnumerator<(long, object)> Messages() => rows.Select<object>(
        "SELECT id, time, kind, thread, text, stack FROM message ORDER BY id",
        row =>
        {
            (ProcessId process, ThreadId? thread, string? name) = names.Thread(row.Long(3));
            return new MessageEvent(
                row.Time(1, OffsetAt(row.Long(0))), Words.MessageKindOf(row.Text(2)) ?? throw row.Damaged(2), process, thread, name, row.Text(4),
                names.Stack(row.LongOrNull(5)));
        }).GetEnumerator();

    private IEnumerator<(long, object)> Disarmed() => rows.Select<object>(
        "SELECT id, time, watch, pid, counted, recorded, filtered, dropped, skipped, last_value FROM disarmed ORDER BY id",
        row => new DisarmedEvent(
            row.Time(1, OffsetAt(row.Long(0))), names.Watch(row.Long(2)), new ProcessId(row.Int(3)),
            new SlotAccount(row.Unsigned(4), row.Unsigned(5), row.Unsigned(6), row.Unsigned(7), row.Unsigned(9), row.Unsigned(8)))).GetEnumerator();
}
