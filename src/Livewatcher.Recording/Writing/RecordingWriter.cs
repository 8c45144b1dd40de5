// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using System.Globalization;
using Livewatcher.Model;
using Livewatcher.Recording.Format;
using Microsoft.Data.Sqlite;

namespace Livewatcher.Recording.Writing;

/// <summary>One recording, written in transactions. Used by one thread at a time.
///
/// The journal is a write-ahead log: a kill -9 at any moment leaves all that was committed, whoever reads meanwhile never makes us wait,
/// and we never make him wait. With synchronous = NORMAL a power failure takes the last transactions and harms nothing. At the end the
/// log is folded into the one file.</summary>
internal sealed class RecordingWriter : IDisposable
{
    private readonly FileStream claim;
    private readonly SqliteConnection connection;
    private readonly EventInserts inserts;
    private readonly SqliteCommand begin;
    private readonly SqliteCommand commit;
    private readonly SqliteCommand rollback;
    private readonly Trimming trimming;

    private RecordingWriter(FileStream claim, SqliteConnection connection, RecordingSettings settings)
    {
        this.claim = claim;
        this.connection = connection;
        begin = Command("BEGIN IMMEDIATE");
        commit = Command("COMMIT");
        rollback = Command("ROLLBACK");
        begin.ExecuteNonQuery();
        connection.Do($"PRAGMA application_id = {Schema.ApplicationId}; PRAGMA user_version = {Schema.Version}");
        foreach ((_, string sql) in Schema.All)
            connection.Do(sql);
        using (Insert fact = new(connection, "fact", 2))
        {
            foreach ((string name, string value) in settings.Facts)
                fact.Run(name, value);
        }

        commit.ExecuteNonQuery();
        if (settings.MaxPages > 0)
            connection.Do(string.Create(CultureInfo.InvariantCulture, $"PRAGMA max_page_count = {settings.MaxPages}"));
        inserts = new EventInserts(connection);
        trimming = new Trimming(connection, settings);
    }

    /// <summary>Makes the file, with everything in it but events.</summary>
    /// <exception cref="UserException">It cannot be written.</exception>
    internal static RecordingWriter Create(RecordingSettings settings)
    {
        FileStream taken = FileClaim.Take(settings.File);
        SqliteConnection? opened = null;
        try
        {
            opened = Sqlite.Open(settings.File, SqliteOpenMode.ReadWrite);
            opened.Do("PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA temp_store = MEMORY");
            return new RecordingWriter(taken, opened, settings);
        }
        catch (Exception e)
        {
            opened?.Dispose();
            taken.Dispose();
            if (e is SqliteException why)
                throw new UserException($"cannot write --record {settings.File}: {Sqlite.Describe(why)}");
            throw;
        }
    }

    /// <summary>Hits that were taken out again because newer ones need their room, by reason.</summary>
    internal IReadOnlyDictionary<Omission, long> TrimmedHits => trimming.Hits;

    /// <summary>All of these or none.</summary>
    /// <exception cref="SqliteException">Nothing of it was written; the same may be tried again.</exception>
    internal void Write(ReadOnlySpan<WatchEvent> events, IReadOnlyDictionary<Omission, long> omissions, DateTimeOffset now)
    {
        begin.ExecuteNonQuery();
        try
        {
            foreach (WatchEvent one in events)
                inserts.Write(one);
            trimming.Run(now);
            foreach ((Omission reason, long hits) in omissions.Concat(trimming.Hits))
                Put(reason, hits);
            commit.ExecuteNonQuery();
        }
        catch
        {
            TakeBack();
            throw;
        }

        inserts.Commit();
        trimming.Commit();
    }

    /// <summary>The closing statement; then the log is folded into the file.</summary>
    /// <exception cref="SqliteException">It could not be written.</exception>
    internal void Close(CoverageEvent coverage)
    {
        begin.ExecuteNonQuery();
        try
        {
            ClosingInserts.Write(connection, inserts.Next(coverage.To), coverage);
            commit.ExecuteNonQuery();
        }
        catch
        {
            TakeBack();
            throw;
        }
    }

    /// <summary>Makes it a single file that may lie where nobody can write.</summary>
    internal void Fold()
    {
        try
        {
            connection.Do("PRAGMA journal_mode = DELETE");
        }
        catch (SqliteException)
        {
            // Somebody reads it: then the log stays beside it, and is folded in by the last who closes the file.
        }
    }

    public void Dispose()
    {
        foreach (SqliteCommand command in (SqliteCommand[])[begin, commit, rollback])
            command.Dispose();
        trimming.Dispose();
        inserts.Dispose();
        connection.Dispose();
        claim.Dispose();
    }

    private void Put(Omission reason, long hits)
    {
        using SqliteCommand command = Command("INSERT INTO omission VALUES ($reason, $hits) ON CONFLICT(reason) DO UPDATE SET hits = excluded.hits");
        command.Parameters.AddWithValue("$reason", Omissions.NameOf(reason));
        command.Parameters.AddWithValue("$hits", hits);
        command.ExecuteNonQuery();
    }

    private void TakeBack()
    {
        try
        {
            rollback.ExecuteNonQuery();
        }
        catch (SqliteException)
        {
            // SQLite has done so by itself (SQLITE_FULL, SQLITE_IOERR).
        }

        inserts.Rollback();
        trimming.Rollback();
    }

    private SqliteCommand Command(string text)
    {
        SqliteCommand command = connection.CreateCommand();
        command.CommandText = text;
        return command;
    }
}
