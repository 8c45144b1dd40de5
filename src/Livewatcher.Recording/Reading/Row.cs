// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using Livewatcher.Model;
using Livewatcher.Recording.Format;
using Livewatcher.Recording.Interop;
using SQLitePCL;

namespace Livewatcher.Recording.Reading;

/// <summary>The columns of one row, each of the type that it must have. SQLite lets any column hold anything. By SQLite's own calls: SqliteDataReader makes
/// three of them for each column, and an object.</summary>
/// <param name="statement">Stands on the row, and is not closed before the row is done with.</param>
internal readonly struct Row(nint statement)
{
    internal long Long(int column) => LongOrNull(column) ?? throw Damaged(column);

    internal long? LongOrNull(int column)
    {
        nint value = Columns.Value(statement, column);
        return Columns.Type(value) switch
        {
            raw.SQLITE_INTEGER => Columns.Int64(value),
            raw.SQLITE_NULL => null,
            _ => throw Damaged(column),
        };
    }

    internal bool IsNull(int column) => Columns.Type(Columns.Value(statement, column)) == raw.SQLITE_NULL;

    internal int Int(int column) => Small(Long(column), column);

    /// <summary>Something that is counted.</summary>
    internal long Count(int column) => Long(column) is >= 0 and var value ? value : throw Damaged(column);

    internal int SmallCount(int column) => Int(column) is >= 0 and var value ? value : throw Damaged(column);

    internal bool Flag(int column) => IsSet(Long(column), column);

    internal Address Address(int column) => new(Unsigned(column));

    internal ulong Unsigned(int column) => unchecked((ulong)Long(column));

    internal string Text(int column) => TextOrNull(column) ?? throw Damaged(column);

    internal string? TextOrNull(int column)
    {
        nint value = Columns.Value(statement, column);
        return Columns.Type(value) switch
        {
            raw.SQLITE_TEXT => Columns.Text(value),
            raw.SQLITE_NULL => null,
            _ => throw Damaged(column),
        };
    }

    internal int? SmallCountOrNull(int column) => LongOrNull(column) is not { } number ? null : Small(number, column) is >= 0 and var value ? value : throw Damaged(column);

    internal bool? FlagOrNull(int column) => LongOrNull(column) is { } number ? IsSet(number, column) : null;

    internal DateTimeOffset Time(int column, TimeSpan offset) => At(Long(column), column, offset);

    internal DateTimeOffset? TimeOrNull(int column, TimeSpan offset) => LongOrNull(column) is { } number ? At(number, column, offset) : null;

    internal TimeSpan Span(int column) => Times.SpanOf(Count(column));

    internal byte[] Bytes(int column) =>
        Columns.Value(statement, column) is var value && Columns.Type(value) == raw.SQLITE_BLOB ? Columns.Blob(value) : throw Damaged(column);

    /// <summary>Three columns, from this one on.</summary>
    internal Value? Value(int column) => new StoredValue(LongOrNull(column), Number(column + 1), TextOrNull(column + 2)).ToValue();

    /// <summary>Of the same three columns the first two, where the second holds a whole number that is shown as it is.</summary>
    internal (long Kind, long Number)? PlainNumber(int column)
    {
        nint kind = Columns.Value(statement, column), number = Columns.Value(statement, column + 1);
        return Columns.Type(kind) == raw.SQLITE_INTEGER && Columns.Type(number) == raw.SQLITE_INTEGER && Columns.Type(Columns.Value(statement, column + 2)) == raw.SQLITE_NULL
            ? (Columns.Int64(kind), Columns.Int64(number)) : null;
    }

    internal DamagedException Damaged(int column) => new($"column {Columns.Name(statement, column)} holds what it cannot");

    private int Small(long number, int column) => number is >= int.MinValue and <= int.MaxValue ? (int)number : throw Damaged(column);

    private bool IsSet(long number, int column) => number switch
    {
        0 => false,
        1 => true,
        _ => throw Damaged(column),
    };

    private DateTimeOffset At(long number, int column, TimeSpan offset) => Times.FromStored(number, offset) ?? throw Damaged(column);

    private object? Number(int column)
    {
        nint value = Columns.Value(statement, column);
        return Columns.Type(value) switch
        {
            raw.SQLITE_INTEGER => Columns.Int64(value),
            raw.SQLITE_FLOAT => Columns.Double(value),
            raw.SQLITE_TEXT => Columns.Text(value),
            raw.SQLITE_NULL => null,
            _ => DBNull.Value, // which is no number, if it is asked for
        };
    }
}
