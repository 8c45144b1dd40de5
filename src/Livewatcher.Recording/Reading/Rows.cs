// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using Livewatcher.Model;
using Livewatcher.Recording.Format;
using Microsoft.Data.Sqlite;

namespace Livewatcher.Recording.Reading;

/// <summary>Reads rows of a file that nobody has vetted: whatever is wrong with it becomes one kind of error.</summary>
internal sealed class Rows(SqliteConnection connection, string path)
{
    /// <summary>Rows that are read before the first is made something of. Any may be a megabyte long.</summary>
    private const int Together = 16;

    /// <param name="sql">Ordered by its first column, which is an ascending number: a file whose pages form a ring has no end otherwise.</param>
    internal Query Query(string sql) => new(connection, path, sql);

    /// <summary>What a query yields, made one by one.</summary>
    /// <param name="sql">As for <see cref="Query"/>.</param>
    /// <param name="make">Makes one of a row, and does not keep that.</param>
    /// <exception cref="UserException">While it is enumerated: the file is damaged.</exception>
    internal IEnumerable<(long Id, T Item)> Select<T>(string sql, Func<Row, T> make)
    {
        using Query query = Query(sql);
        RowBlock block = new(Together);
        while (query.Fill(block))
        {
            for (int row = 0; row < block.Count; row++)
                yield return (block[row].Long(0), Made(make, block[row]));
        }
    }

    /// <exception cref="UserException">The row is damaged.</exception>
    internal T Made<T>(Func<Row, T> make, Row row)
    {
        try
        {
            return make(row);
        }
        catch (Exception e) when (e is DamagedException or InvalidOperationException)
        {
            throw Damaged(path, e);
        }
    }

    internal UserException Damaged(string what) => Damaged(path, new DamagedException(what));

    internal static UserException Damaged(string path, Exception e) => e switch
    {
        SqliteException { SqliteErrorCode: SQLITE_NOTADB } => new UserException($"{path} is no recording of livewatcher"),
        SqliteException why => new UserException($"cannot read the recording {path}: {Sqlite.Describe(why)}"),
        _ => new UserException($"the recording {path} is damaged: {e.Message}"),
    };

    private const int SQLITE_NOTADB = 26;
}
