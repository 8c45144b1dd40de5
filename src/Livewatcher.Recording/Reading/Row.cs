// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using Livewatcher.Model;
using Livewatcher.Recording.Format;
using SQLitePCL;

namespace Livewatcher.Recording.Reading;

/// <summary>The columns of one row, each of the type that it must have. SQLite lets any column hold anything.</summary>
/// <param name="block">Keeps this row for as long as it is looked at.</param>
/// <param name="first">Cell of the first column.</param>
internal readonly struct Row(RowBlock block, int first)
{
    internal long Long(int column) => WholeOrNull(column) ?? throw Damaged(column);

    internal long? LongOrNull(int column) => IsNull(column) ? null : Long(column);

    /// <returns>Null where it is none, whatever else it is.</returns>
    internal long? WholeOrNull(int column) => block.Type(first + column) == raw.SQLITE_INTEGER ? block.Number(first + column) : null;

    internal bool IsNull(int column) => block.Type(first + column) == raw.SQLITE_NULL;

    internal int Int(int column) => Small(Long(column), column);

    /// <summary>Something that is counted.</summary>
    internal long Count(int column) => Long(column) is >= 0 and var value ? value : throw Damaged(column);

    internal int SmallCount(int column) => Int(column) is >= 0 and var value ? value : throw Damaged(column);

    internal bool Flag(int column) => IsSet(Long(column), column);

    internal Address Address(int column) => new(Unsigned(column));

    internal ulong Unsigned(int column) => unchecked((ulong)Long(column));

    internal string Text(int column) => block.Type(first + column) == raw.SQLITE_TEXT ? block.Text(first + column) : throw Damaged(column);

    internal string? TextOrNull(int column) => IsNull(column) ? null : Text(column);

    internal int? SmallCountOrNull(int column) => IsNull(column) ? null : SmallCount(column);

    internal bool? FlagOrNull(int column) => IsNull(column) ? null : Flag(column);

    internal DateTimeOffset Time(int column, TimeSpan offset) => Times.FromStored(Long(column), offset) ?? throw Damaged(column);

    internal DateTimeOffset? TimeOrNull(int column, TimeSpan offset) => IsNull(column) ? null : Time(column, offset);

    internal TimeSpan Span(int column) => Times.SpanOf(Count(column));

    internal byte[] Bytes(int column) => block.Type(first + column) == raw.SQLITE_BLOB ? block.Blob(first + column) : throw Damaged(column);

    /// <summary>Three columns, from this one on.</summary>
    internal Value? Value(int column) => new StoredValue(LongOrNull(column), Number(column + 1), TextOrNull(column + 2)).ToValue();

    /// <summary>Of the same three columns the first two, where the second holds a whole number that is shown as it is.</summary>
    internal (long Kind, long Number)? PlainNumber(int column)
    {
        int cell = first + column;
        return block.Type(cell) == raw.SQLITE_INTEGER && block.Type(cell + 1) == raw.SQLITE_INTEGER && block.Type(cell + 2) == raw.SQLITE_NULL
            ? (block.Number(cell), block.Number(cell + 1)) : null;
    }

    internal DamagedException Damaged(int column) => new($"column {block.Name(column)} holds what it cannot");

    private int Small(long number, int column) => number is >= int.MinValue and <= int.MaxValue ? (int)number : throw Damaged(column);

    private bool IsSet(long number, int column) => number switch
    {
        0 => false,
        1 => true,
        _ => throw Damaged(column),
    };

    private object? Number(int column) => block.Type(first + column) switch
    {
        raw.SQLITE_INTEGER => block.Number(first + column),
        raw.SQLITE_FLOAT => block.Real(first + column),
        raw.SQLITE_TEXT => block.Text(first + column),
        raw.SQLITE_NULL => null,
        _ => DBNull.Value, // which is no number, if it is asked for
    };
}
