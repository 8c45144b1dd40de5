// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using Livewatcher.Model;
using Livewatcher.Recording.Format;

namespace Livewatcher.Recording.Reading;

/// <summary>Watches, stacks, instructions and threads of a recording, by number.</summary>
internal sealed class StoredNames
{
    private readonly Dictionary<long, Watch> watches = [];
    private readonly Dictionary<long, (string? Name, Binary? Binary)> modules = [];
    private readonly Dictionary<long, CallStack> stacks = [];
    private readonly Dictionary<long, Instruction> instructions = [];
    private readonly Dictionary<long, (ProcessId Process, ThreadId? Thread, string? Name)> threads = [];

    /// <param name="rows">Of the file.</param>
    /// <param name="version">Its format.</param>
    /// <exception cref="UserException">The file is damaged.</exception>
    internal StoredNames(Rows rows, long version)
    {
        Fill(watches, rows.Select(
            $"SELECT id, label, mode, address, length, type, resolution, condition, {(version < 2 ? "NULL" : "shape")} FROM watch ORDER BY id", WatchOf));
        Fill(modules, rows.Select("SELECT id, name, path, build_id, bias FROM module ORDER BY id", ModuleOf));
        ReadStacks(rows);
        Fill(instructions, rows.Select(
            "SELECT id, address, text, proven FROM instruction ORDER BY id",
            row => new Instruction(row.Address(1), row.Text(2), row.Flag(3), null, null)));
        Fill(threads, rows.Select(
            "SELECT id, pid, tid, name FROM thread ORDER BY id",
            row => (new ProcessId(row.Int(1)), row.LongOrNull(2) is null ? (ThreadId?)null : new ThreadId(row.Int(2)), row.TextOrNull(3))));
    }

    internal Watch Watch(long id) => Find(watches, id, "watch");

    internal CallStack Stack(long id) => Find(stacks, id, "stack");

    internal CallStack? Stack(long? id) => id is { } known ? Stack(known) : null;

    internal Instruction? Instruction(long? id) => id is { } known ? Find(instructions, known, "instruction") : null;

    internal (ProcessId Process, ThreadId? Thread, string? Name) Thread(long id) => Find(threads, id, "thread");

    private void ReadStacks(Rows rows)
    {
        Dictionary<long, List<Frame>> frames = [];
        // Its key is (stack, depth); one number of both, so that the order can be seen.
        foreach ((_, (long stack, Frame frame)) in rows.Select(
            "SELECT row_number() OVER (), stack, depth, address, module, function, offset, file, line, inlined FROM frame ORDER BY stack, depth", FrameOf))
        {
            if (!frames.TryGetValue(stack, out List<Frame>? list))
                frames[stack] = list = [];
            list.Add(frame);
        }

        Fill(stacks, rows.Select(
            "SELECT id, cut_short FROM stack ORDER BY id", row => new CallStack(frames.GetValueOrDefault(row.Long(0)) ?? [], row.TextOrNull(1))));
    }

    private (long Stack, Frame Frame) FrameOf(Row row)
    {
        (string? name, Binary? binary) = row.LongOrNull(4) is { } module ? Find(modules, module, "module") : default;
        return (row.Long(1), new Frame(row.Address(3), name, row.TextOrNull(5), row.Unsigned(6), row.TextOrNull(7), row.SmallCount(8), row.Flag(9)) { Binary = binary });
    }

    private static Watch WatchOf(Row row)
    {
        AccessMode mode = Words.ModeOf(row.Text(2)) ?? throw row.Damaged(2);
        int length = row.SmallCount(4);
        return new Watch(new WatchRequest(row.Text(1), mode, length), row.Address(3), length, RecordedFormat.Instance, row.TextOrNull(5), row.TextOrNull(6))
        {
            Condition = row.TextOrNull(7) is { } condition ? new Condition(condition, []) : null,
            Shape = row.TextOrNull(8),
        };
    }

    private static (string? Name, Binary? Binary) ModuleOf(Row row) =>
        (row.TextOrNull(1), row.TextOrNull(2) is { } path ? new Binary(path, row.TextOrNull(3), row.Unsigned(4)) : null);

    private static void Fill<T>(Dictionary<long, T> into, IEnumerable<(long Id, T Item)> rows)
    {
        foreach ((long id, T item) in rows)
            into.Add(id, item);
    }

    /// <exception cref="DamagedException">There is none.</exception>
    private static T Find<T>(Dictionary<long, T> among, long id, string what) =>
        among.TryGetValue(id, out T? found) ? found : throw new DamagedException($"there is no {what} {id}");

    /// <summary>A recording has values as they were shown; nothing is formatted again.</summary>
    private sealed class RecordedFormat : IValueFormat
    {
        internal static RecordedFormat Instance { get; } = new();

        public Value Format(ReadOnlySpan<byte> bytes, Func<Address, string?> nameOf) =>
            new(ValueKind.Bytes, Convert.ToHexStringLower(bytes));
    }
}
