// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using System.Collections.Concurrent;
using Livewatcher.Model;

namespace Livewatcher.Recording.Reading;

/// <summary>Some hits that follow one another, as they were read.</summary>
internal sealed class HitBlock
{
    private const int Most = 512;

    internal RowBlock Rows { get; } = new(Most);

    /// <summary>What was done about a hit, by its row: of those about which something was done.</summary>
    internal Dictionary<int, IReadOnlyList<ActionOutcome>> Actions { get; } = [];

    /// <summary>What is published together is numbered together.</summary>
    internal long IdAt(int row) => Rows[row].Long(0);
}

/// <summary>Hits of a recording. One thread reads their rows, and may be ahead of who makes hits of these: that is as much work again.</summary>
/// <param name="rows">Of the file.</param>
/// <param name="names">What hits refer to.</param>
/// <param name="version">Its format.</param>
/// <param name="offsetAt">The wall clock's offset from UTC at an event.</param>
internal sealed class HitRows(Rows rows, StoredNames names, long version, Func<long, TimeSpan> offsetAt)
{
    private readonly NewestValues values = new();

    /// <summary>Blocks whose hits were taken.</summary>
    private readonly ConcurrentQueue<HitBlock> spare = [];

    /// <exception cref="UserException">The file is damaged: said behind the hits that come before that.</exception>
    internal IEnumerable<HitBlock> Blocks()
    {
        using Query query = rows.Query(
            "SELECT id, seq, time, watch, address, thread, cpu, origin, stack, instruction, old_kind, old, old_text, new_kind, new, new_text, "
            + $"changed, merged, recovered, since, syscall, set_at, undecided, {(version < 4 ? "0" : "unsure")} FROM hit ORDER BY id");
        using ActionRows? actions = version < 3 ? null : new(rows);
        while (true)
        {
            HitBlock block = spare.TryDequeue(out HitBlock? used) ? used : new HitBlock();
            if (!query.Fill(block.Rows))
                yield break;
            UserException? failure = null;
            try
            {
                actions?.Fill(block);
            }
            catch (UserException e)
            {
                failure = e;
            }

            yield return block;
            if (failure is not null)
                throw failure;
        }
    }

    /// <summary>The block is not to be used any more when its last hit was taken.</summary>
    /// <exception cref="UserException">The file is damaged.</exception>
    internal IEnumerable<Hit> Made(HitBlock block, int from, int to)
    {
        for (int row = from; row < to; row++)
        {
            Hit hit = rows.Made(HitOf, block.Rows[row]);
            yield return block.Actions.Count > 0 && block.Actions.TryGetValue(row, out IReadOnlyList<ActionOutcome>? done) ? hit with { Actions = done } : hit;
        }

        if (to == block.Rows.Count)
            spare.Enqueue(block);
    }

    private Hit HitOf(Row row)
    {
        TimeSpan offset = offsetAt(row.Long(0));
        (ProcessId process, ThreadId? thread, string? name) = names.Thread(row.Long(5));
        return new Hit
        {
            Sequence = row.Count(1),
            Time = row.Time(2, offset),
            EscapedSince = row.TimeOrNull(19, offset),
            Watch = names.Watch(row.Long(3)),
            Address = row.Address(4),
            Old = values.Of(row, 10),
            New = values.Of(row, 13),
            Changed = row.FlagOrNull(16),
            Process = process,
            Thread = thread,
            ThreadName = name,
            Cpu = row.SmallCountOrNull(6),
            Origin = row.Flag(7) ? HitOrigin.Kernel : HitOrigin.User,
            SystemCall = row.TextOrNull(20),
            Merged = row.SmallCount(17),
            Recovered = row.Flag(18),
            Instruction = names.Instruction(row.LongOrNull(9)),
            Stack = names.Stack(row.Long(8)),
            SetAt = names.Stack(row.LongOrNull(21)),
            Undecided = row.Flag(22),
            Unsure = row.Flag(23),
        };
    }
}
