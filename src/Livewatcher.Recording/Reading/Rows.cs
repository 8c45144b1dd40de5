// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using Livewatcher.Model;
using Livewatcher.Recording.Format;
using Microsoft.Data.Sqlite;

namespace Livewatcher.Recording.Reading;

/// <summary>Reads rows of a file that nobody has vetted: whatever is wrong with it becomes one kind of error.</summary>
internal sealed class Rows(SqliteConnection connection, string path)
{
    /// <summary>What a query yields, made one by one.</summary>
    /// <param name="sql">Ordered by its first column, which is an ascending number: a file whose pages form a ring has no end otherwise.</param>
    /// <param name="make">Makes one of a row.</param>
    /// <exception cref="UserException">While it is enumerated: the file is damaged.</exception>
    internal IEnumerable<(long Id, T Item)> Select<T>(string sql, Func<Row, T> make)
    {
        SqliteCommand? command = null;
        SqliteDataReader? reader = null;
        try
        {
            long? last = null;
            while (true)
            {
                long id;
                T item;
                try
                {
                    if (reader is null)
                    {
                        command = connection.CreateCommand();
                        command.CommandText = sql;
                        reader = command.ExecuteReader();
                    }

                    if (!reader.Read())
                        break;
                    Row row = new(reader.Handle!.DangerousGetHandle()); // the reader keeps it
                    id = row.Long(0);
                    if (id <= last)
                        throw new DamagedException("rows do not ascend");
                    last = id;
                    item = make(row);
                }
                catch (Exception e) when (e is SqliteException or DamagedException or InvalidOperationException or InvalidCastException)
                {
                    throw Damaged(path, e);
                }

                yield return (id, item);
            }
        }
        finally
        {
            reader?.Dispose();
            command?.Dispose();
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
