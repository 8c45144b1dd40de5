// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using Livewatcher.Model;
using Livewatcher.Recording.Format;
using Livewatcher.Recording.Interop;
using SQLitePCL;

namespace Livewatcher.Recording.Reading;

/// <summary>The columns of one row, each of the type that it must have. SQLite lets any column hold anything. By SQLite's own calls: SqliteDataReader makes
/// three of them for each value, and an object.</summary>
/// <param name="statement">Stands on the row, and is not closed before the row is done with.</param>
internal readonly struct Row(nint statement)
{
    internal long Long(int column) => LongOrNull(column) ?? throw Damaged(column);

    internal long? LongOrNull(int column) => Columns.Type(statement, column) switch
    {
        raw.SQLITE_INTEGER => Columns.Int64(statement, column),
        raw.SQLITE_NULL => null,
        _ => throw Damaged(column),
    };

    internal bool IsNull(int column) => Columns.Type(statement, column) == raw.SQLITE_NULL;

    internal int Int(int column) => Long(column) is >= int.MinValue and <= int.MaxValue and var value ? (int)value : throw Damaged(column);

    /// <summary>Something that is counted.</summary>
    internal long Count(int column) => Long(column) is >= 0 and var value ? value : throw Damaged(column);

    internal int SmallCount(int column) => Int(column) is >= 0 and var value ? value : throw Damaged(column);

    internal bool Flag(int column) => Long(column) switch
    {
        0 => false,
        1 => true,
        _ => throw Damaged(column),
    };

    internal Address Address(int column) => new(Unsigned(column));

    internal ulong Unsigned(int column) => unchecked((ulong)Long(column));

    internal string Text(int column) => TextOrNull(column) ?? throw Damaged(column);

    internal string? TextOrNull(int column) => Columns.Type(statement, column) switch
    {
        raw.SQLITE_TEXT => Columns.Text(statement, column),
        raw.SQLITE_NULL => null,
        _ => throw Damaged(column),
    };

    internal int? SmallCountOrNull(int column) => IsNull(column) ? null : SmallCount(column);

    internal bool? FlagOrNull(int column) => IsNull(column) ? null : Flag(column);

    internal DateTimeOffset Time(int column, TimeSpan offset) => Times.FromStored(Long(column), offset) ?? throw Damaged(column);

    internal DateTimeOffset? TimeOrNull(int column, TimeSpan offset) => IsNull(column) ? null : Time(column, offset);

    internal TimeSpan Span(int column) => Times.SpanOf(Count(column));

    internal byte[] Bytes(int column) =>
        Columns.Type(statement, column) == raw.SQLITE_BLOB ? Columns.Blob(statement, column) : throw Damaged(column);

    /// <summary>Three columns, from this one on.</summary>
    internal Value? Value(int column) => new StoredValue(LongOrNull(column), Number(column + 1), TextOrNull(column + 2)).ToValue();

    /// <summary>Of the same three columns, where they hold a whole number that is shown as it is.</summary>
    internal long? PlainNumber(int column) =>
        Columns.Type(statement, column + 1) == raw.SQLITE_INTEGER && IsNull(column + 2) && !IsNull(column) ? Columns.Int64(statement, column + 1) : null;

    internal DamagedException Damaged(int column) => new($"column {Columns.Name(statement, column)} holds what it cannot");

    private object? Number(int column) => Columns.Type(statement, column) switch
    {
        raw.SQLITE_INTEGER => Columns.Int64(statement, column),
        raw.SQLITE_FLOAT => Columns.Double(statement, column),
        raw.SQLITE_TEXT => Columns.Text(statement, column),
        raw.SQLITE_NULL => null,
        _ => DBNull.Value, // which is no number, if it is asked for
    };
}
