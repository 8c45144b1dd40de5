// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace Livewatcher.Recording.Format;

/// <summary>SQLite: linked into the binary, or the system's.</summary>
internal static class Sqlite
{
    private static readonly Lazy<bool> Provider = new(() =>
    {
        raw.SetProvider(new SQLite3Provider_sqlite3());
        // Each connection belongs to one thread at a time, and needs no lock of its own around every call (https://sqlite.org/threadsafe.html).
        const int SQLITE_CONFIG_MULTITHREAD = 2;
        return raw.sqlite3_config(SQLITE_CONFIG_MULTITHREAD) == raw.SQLITE_OK;
    });

    /// <exception cref="SqliteException">It cannot be opened.</exception>
    internal static SqliteConnection Open(string path, SqliteOpenMode mode)
    {
        _ = Provider.Value;
        // A path may have a semicolon or a quote; the builder quotes them. One that begins with "file:" would be read as a URI.
        SqliteConnectionStringBuilder text = new() { DataSource = Path.GetFullPath(path), Mode = mode, Pooling = false, DefaultTimeout = 5 };
        SqliteConnection connection = new(text.ToString());
        try
        {
            connection.Open();
            return connection;
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    internal static void Do(this SqliteConnection connection, string sql)
    {
        using SqliteCommand command = connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }

    /// <returns>The first column of the first row; null where there is none.</returns>
    internal static long? Number(this SqliteConnection connection, string sql)
    {
        using SqliteCommand command = connection.CreateCommand();
        command.CommandText = sql;
        return command.ExecuteScalar() as long?;
    }

    /// <summary>A failure in a few words: "database or disk is full". SQLite quotes what stands in a damaged schema: control characters are
    /// spelled out.</summary>
    internal static string Describe(SqliteException e)
    {
        // "SQLite Error 13: 'database or disk is full'."
        int begin = e.Message.IndexOf('\'');
        int end = e.Message.LastIndexOf('\'');
        string words = begin >= 0 && end > begin ? e.Message[(begin + 1)..end] : e.Message;
        return string.Concat(words.Select(c => char.IsControl(c) ? $"\\x{(int)c:x2}" : $"{c}"));
    }
}
