// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using Livewatcher.Model;
using Livewatcher.Recording.Format;
using SQLitePCL;

namespace Livewatcher.Recording.Reading;

/// <summary>The columns of one row, each of the type that it must have. SQLite lets any column hold anything. By SQLite's own calls: SqliteDataReader makes
/// three of them for each value, and an object.</summary>
/// <param name="statement">Stands on the row.</param>
internal readonly struct Row(sqlite3_stmt statement)
{
    internal long Long(int column) => LongOrNull(column) ?? throw Damaged(column);

    internal long? LongOrNull(int column) => raw.sqlite3_column_type(statement, column) switch
    {
        raw.SQLITE_INTEGER => raw.sqlite3_column_int64(statement, column),
        raw.SQLITE_NULL => null,
        _ => throw Damaged(column),
    };

    internal bool IsNull(int column) => raw.sqlite3_column_type(statement, column) == raw.SQLITE_NULL;

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

    internal string? TextOrNull(int column) => raw.sqlite3_column_type(statement, column) switch
    {
        raw.SQLITE_TEXT => raw.sqlite3_column_text(statement, column).utf8_to_string(),
        raw.SQLITE_NULL => null,
        _ => throw Damaged(column),
    };

    internal int? SmallCountOrNull(int column) => IsNull(column) ? null : SmallCount(column);

    internal bool? FlagOrNull(int column) => IsNull(column) ? null : Flag(column);

    internal DateTimeOffset Time(int column, TimeSpan offset) => Times.FromStored(Long(column), offset) ?? throw Damaged(column);

    internal DateTimeOffset? TimeOrNull(int column, TimeSpan offset) => IsNull(column) ? null : Time(column, offset);

    internal TimeSpan Span(int column) => Times.SpanOf(Count(column));

    internal byte[] Bytes(int column) =>
        raw.sqlite3_column_type(statement, column) == raw.SQLITE_BLOB ? raw.sqlite3_column_blob(statement, column).ToArray() : throw Damaged(column);

    /// <summary>Three columns, from this one on.</summary>
    internal Value? Value(int column) => new StoredValue(LongOrNull(column), Number(column + 1), TextOrNull(column + 2)).ToValue();

    internal DamagedException Damaged(int column) => new($"column {raw.sqlite3_column_name(statement, column).utf8_to_string()} holds what it cannot");

    private object? Number(int column) => raw.sqlite3_column_type(statement, column) switch
    {
        raw.SQLITE_INTEGER => raw.sqlite3_column_int64(statement, column),
        raw.SQLITE_FLOAT => raw.sqlite3_column_double(statement, column),
        raw.SQLITE_TEXT => raw.sqlite3_column_text(statement, column).utf8_to_string(),
        raw.SQLITE_NULL => null,
        _ => DBNull.Value, // which is no number, if it is asked for
    };
}
