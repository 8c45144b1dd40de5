// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using Livewatcher.Model;
using Livewatcher.Recording.Format;
using Livewatcher.Recording.Interop;
using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace Livewatcher.Recording.Reading;

/// <summary>A query whose rows are taken some at a time. Prepared when the first are asked for. Its statement is stepped by SQLite's own call, for SqliteDataReader asks SQLite for more
/// than a row's step needs, each time with a count of the statement's users.</summary>
/// <param name="sql">Ordered by its first column, which is an ascending number: a file whose pages form a ring has no end otherwise.</param>
internal sealed class Query(SqliteConnection connection, string path, string sql) : IDisposable
{
    private sqlite3_stmt? statement;
    private string?[] names = [];
    private long? last;
    private UserException? failure;
    private bool ended;

    /// <param name="block">Its rows are those that come next, as many as it takes.</param>
    /// <returns>Whether there are any.</returns>
    /// <exception cref="UserException">The file is damaged: said behind the rows that come before that.</exception>
    internal bool Fill(RowBlock block)
    {
        block.Clear();
        try
        {
            Prepare();
            block.Expect(names);
            if (failure is null)
                FillWhole(block);
        }
        catch (Exception e) when (e is SqliteException or DamagedException or InvalidOperationException)
        {
            failure = Rows.Damaged(path, e);
        }

        return block.Count > 0 || (failure is null ? false : throw failure);
    }

    public void Dispose() => statement?.Dispose();

    private void Prepare()
    {
        if (statement is not null)
            return;
        sqlite3 database = connection.Handle ?? throw new InvalidOperationException("the file is closed");
        SqliteException.ThrowExceptionForRC(raw.sqlite3_prepare_v2(database, sql, out sqlite3_stmt prepared), database);
        statement = prepared;
        names = [.. Enumerable.Range(0, raw.sqlite3_column_count(prepared)).Select(column => raw.sqlite3_column_name(prepared, column).utf8_to_string())];
    }

    private void FillWhole(RowBlock block)
    {
        nint handle = statement!.DangerousGetHandle(); // it is closed with this query
        while (!block.IsFull && !ended)
        {
            int result = Columns.Step(handle);
            if (result == raw.SQLITE_DONE)
                ended = true;
            else if (result == raw.SQLITE_ROW)
                Take(block, handle);
            else
                SqliteException.ThrowExceptionForRC(result, connection.Handle);
        }
    }

    private void Take(RowBlock block, nint handle)
    {
        if (block.Add(handle).WholeOrNull(0) is { } id && !(id <= last))
        {
            last = id;
            return;
        }

        block.Cut(block.Count - 1);
        throw new DamagedException("rows do not ascend");
    }
}
