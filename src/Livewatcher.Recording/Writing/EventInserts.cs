// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using Livewatcher.Model;
using Livewatcher.Recording.Format;
using Microsoft.Data.Sqlite;

namespace Livewatcher.Recording.Writing;

/// <summary>Events as rows. What has no table (answers to questions, the rows of the closing table) is not stored: a reader makes
/// the table anew from the hits.</summary>
internal sealed class EventInserts : IDisposable
{
    private readonly Names names;
    private readonly Insert zone;
    private readonly Insert hit;
    private readonly ActionInserts actions;
    private readonly Insert armed;
    private readonly Insert note;
    private readonly Insert message;
    private readonly Insert disarmed;
    private long last;
    private long committed;
    private TimeSpan? offset;
    private TimeSpan? committedOffset;

    internal EventInserts(SqliteConnection connection)
    {
        names = new Names(connection);
        zone = new Insert(connection, "zone", 2);
        hit = new Insert(connection, "hit", Schema.HitColumns);
        actions = new ActionInserts(connection);
        armed = new Insert(connection, "armed", 13);
        note = new Insert(connection, "note", 4);
        message = new Insert(connection, "message", 6);
        disarmed = new Insert(connection, "disarmed", 10);
    }

    internal void Write(WatchEvent watchEvent)
    {
        switch (watchEvent)
        {
            case Hit one:
                Write(Next(one.Time), one);
                break;
            case ArmedEvent one:
                Write(Next(one.Time), one);
                break;
            case NoteEvent one:
                note.Run(Next(one.Time), Times.ToStored(one.Time), one.Level == NoteLevel.Warning ? "warning" : "info", one.Text);
                break;
            case MessageEvent one:
                message.Run(
                    Next(one.Time), Times.ToStored(one.Time), Words.Of(one.Kind), names.Of(one.Process, one.Thread, one.ThreadName), one.Text,
                    one.Stack is { } stack ? names.Of(stack) : null);
                break;
            case DisarmedEvent one:
                SlotAccount account = one.Account;
                disarmed.Run(
                    Next(one.Time), Times.ToStored(one.Time), names.Of(one.Watch), (long)one.Process.Value, account.Counted,
                    account.Recorded, account.Filtered, account.Dropped,
                    account.Skipped, account.LastValue);
                break;
        }
    }

    /// <summary>The next event's number, and its offset from UTC where that is another than before.</summary>
    internal long Next(DateTimeOffset time)
    {
        last++;
        if (offset != time.Offset)
        {
            offset = time.Offset;
            zone.Run(last, (long)time.Offset.TotalMinutes);
        }

        return last;
    }

    internal void Commit()
    {
        names.Commit();
        committed = last;
        committedOffset = offset;
    }

    internal void Rollback()
    {
        names.Rollback();
        last = committed;
        offset = committedOffset;
    }

    public void Dispose()
    {
        names.Dispose();
        actions.Dispose();
        foreach (Insert one in (Insert[])[zone, hit, armed, note, message, disarmed])
            one.Dispose();
    }

    private void Write(long id, Hit one)
    {
        hit.Set(0, id);
        hit.Set(1, one.Sequence);
        hit.Set(2, Times.ToStored(one.Time));
        hit.Set(3, names.Of(one.Watch));
        hit.Set(4, unchecked((long)one.Address.Value));
        hit.Set(5, names.Of(one.Process, one.Thread, one.ThreadName));
        hit.Set(6, one.Cpu);
        hit.Set(7, (long)one.Origin);
        hit.Set(8, names.Of(one.Stack));
        hit.Set(9, one.Instruction is { } instruction ? names.Of(instruction) : null);
        hit.Set(10, one.Old);
        hit.Set(13, one.New);
        hit.Set(16, one.Changed is { } changed ? (changed ? 1 : 0) : null);
        hit.Set(17, one.Merged);
        hit.Set(18, one.Recovered ? 1 : 0);
        hit.Set(19, one.EscapedSince is { } since ? Times.ToStored(since) : null);
        hit.Set(20, one.SystemCall);
        hit.Set(21, one.SetAt is { } setAt ? names.Of(setAt) : null);
        hit.Set(22, one.Undecided ? 1 : 0);
        hit.Set(23, one.Unsure ? 1 : 0);
        hit.Run();
        actions.Write(id, one.Actions);
    }

    private void Write(long id, ArmedEvent one)
    {
        armed.Set(0, id);
        armed.Set(1, Times.ToStored(one.Time));
        armed.Set(2, names.Of(one.Watch));
        armed.Set(3, one.Process.Value);
        armed.Set(4, Words.Of(one.Slots));
        armed.Set(5, one.Initial);
        armed.Set(8, one.Backend);
        armed.Set(9, one.Scope);
        armed.Set(10, one.Guard ? 1 : 0);
        armed.Set(11, one.Threads);
        armed.Set(12, one.Cpus);
        armed.Run();
    }
}
