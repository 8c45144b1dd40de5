// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using System.Globalization;
using Livewatcher.Model;
using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace Livewatcher.Recording.Writing;

/// <summary>A prepared INSERT into one table. By SQLite's own calls: SqliteCommand looks each parameter up by its name each time, which
/// takes several times as long as the row.</summary>
internal sealed class Insert : IDisposable
{
    private readonly sqlite3 database;
    private readonly sqlite3_stmt statement;

    internal Insert(SqliteConnection connection, string table, int columns)
    {
        database = connection.Handle!;
        string places = string.Join(", ", Enumerable.Repeat("?", columns));
        Check(raw.sqlite3_prepare_v2(database, $"INSERT INTO {table} VALUES ({places})", out statement));
    }

    /// <summary>A row of a table that has few.</summary>
    /// <param name="values">long, ulong (SQLite's integers have a sign; the bits are kept), bool, string or null.</param>
    internal void Run(params ReadOnlySpan<object?> values)
    {
        for (int i = 0; i < values.Length; i++)
        {
            switch (values[i])
            {
                case long number:
                    Set(i, number);
                    break;
                case ulong number:
                    Set(i, unchecked((long)number));
                    break;
                case bool truth:
                    Set(i, truth ? 1 : 0);
                    break;
                case string text:
                    Set(i, text);
                    break;
                default:
                    SetNull(i);
                    break;
            }
        }

        Run();
    }

    /// <summary>The row that was set; every column must have been.</summary>
    internal void Run()
    {
        int status = raw.sqlite3_step(statement);
        _ = raw.sqlite3_reset(statement);
        Check(status == raw.SQLITE_DONE ? raw.SQLITE_OK : status);
    }

    internal void Set(int column, long value) => _ = raw.sqlite3_bind_int64(statement, column + 1, value);

    internal void Set(int column, long? value)
    {
        if (value is { } known)
            Set(column, known);
        else
            SetNull(column);
    }

    internal void Set(int column, string? text)
    {
        if (text is null)
            SetNull(column);
        else
            Check(raw.sqlite3_bind_text(statement, column + 1, text));
    }

    internal void SetNull(int column) => _ = raw.sqlite3_bind_null(statement, column + 1);

    internal void Set(int column, ReadOnlySpan<byte> bytes) => Check(raw.sqlite3_bind_blob(statement, column + 1, bytes));

    /// <summary>A value in three columns: its kind; its number (REAL for a float, TEXT in decimal where 64 bits do not hold it, nothing for
    /// bytes); its text where that is not the number itself.</summary>
    internal void Set(int column, Value? value)
    {
        if (value is null)
        {
            SetNull(column);
            SetNull(column + 1);
            SetNull(column + 2);
            return;
        }

        Set(column, (long)value.Kind);
        string? text = value.Text;
        if (value.Kind == ValueKind.Bytes || (value.Kind == ValueKind.Float && double.IsNaN(value.Real)))
            SetNull(column + 1);
        else if (value.Kind == ValueKind.Float)
            _ = raw.sqlite3_bind_double(statement, column + 2, value.Real);
        else if (value.Number < long.MinValue || value.Number > long.MaxValue)
            Set(column + 1, value.Number.ToString(CultureInfo.InvariantCulture));
        else
            text = SetWhole(column + 1, (long)value.Number, text);
        Set(column + 2, text);
    }

    public void Dispose() => statement.Dispose();

    /// <returns>The text, where it says more than the number.</returns>
    private string? SetWhole(int column, long number, string text)
    {
        Set(column, number);
        Span<char> digits = stackalloc char[20]; // the least long has 19 and a sign
        _ = number.TryFormat(digits, out int length, provider: CultureInfo.InvariantCulture);
        return text.AsSpan().SequenceEqual(digits[..length]) ? null : text;
    }

    private void Check(int status) => SqliteException.ThrowExceptionForRC(status, database);
}
