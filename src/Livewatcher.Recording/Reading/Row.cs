// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using Livewatcher.Model;
using Livewatcher.Recording.Format;
using Microsoft.Data.Sqlite;

namespace Livewatcher.Recording.Reading;

/// <summary>The columns of one row, each of the type that it must have. SQLite lets any column hold anything.</summary>
internal readonly struct Row(SqliteDataReader reader)
{
    internal long Long(int column) => LongOrNull(column) ?? throw Damaged(column);

    internal long? LongOrNull(int column) => reader.GetValue(column) switch
    {
        long value => value,
        DBNull => null,
        _ => throw Damaged(column),
    };

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

    internal string? TextOrNull(int column) => reader.GetValue(column) switch
    {
        string value => value,
        DBNull => null,
        _ => throw Damaged(column),
    };

    internal DateTimeOffset Time(int column, TimeSpan offset) => Times.FromStored(Long(column), offset) ?? throw Damaged(column);

    internal DateTimeOffset? TimeOrNull(int column, TimeSpan offset) => reader.IsDBNull(column) ? null : Time(column, offset);

    internal TimeSpan Span(int column) => Times.SpanOf(Count(column));

    internal byte[] Bytes(int column) => reader.GetValue(column) as byte[] ?? throw Damaged(column);

    /// <summary>Three columns, from this one on.</summary>
    internal Value? Value(int column) =>
        new StoredValue(LongOrNull(column), reader.GetValue(column + 1) is var number && number is DBNull ? null : number, TextOrNull(column + 2)).ToValue();

    internal DamagedException Damaged(int column) => new($"column {reader.GetName(column)} holds what it cannot");
}
