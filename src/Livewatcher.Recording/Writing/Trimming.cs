// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using Livewatcher.Recording.Format;
using Microsoft.Data.Sqlite;

namespace Livewatcher.Recording.Writing;

/// <summary>Takes the oldest events out where a recording is bounded. SQLite uses their pages again, so the file does not grow.</summary>
internal sealed class Trimming : IDisposable
{
    /// <summary>Of --record-max; the rest is for what is in the log and for the next transaction.</summary>
    private const double FullAt = 0.8;

    /// <summary>How much goes at a time, of the span of hits that is there.</summary>
    private const int Part = 8;

    private readonly SqliteConnection connection;
    private readonly RecordingSettings settings;
    private readonly long pageBytes;
    private readonly SqliteCommand firstYoung;
    private readonly Dictionary<Omission, long> hits = [];
    private Dictionary<Omission, long> committed = [];
    private DateTimeOffset nextLook;

    internal Trimming(SqliteConnection connection, RecordingSettings settings)
    {
        this.connection = connection;
        this.settings = settings;
        pageBytes = connection.Number("PRAGMA page_size") ?? 0;
        firstYoung = connection.CreateCommand();
        firstYoung.CommandText = "SELECT id FROM hit WHERE time >= $time ORDER BY id LIMIT 1";
        firstYoung.Parameters.AddWithValue("$time", 0L);
    }

    internal IReadOnlyDictionary<Omission, long> Hits => hits;

    /// <summary>Within a transaction.</summary>
    internal void Run(DateTimeOffset now)
    {
        if (settings.MaxBytes is { } bytes)
            TrimToSize(bytes);
        if (settings.MaxAge is { } age && now >= nextLook)
        {
            nextLook = now + (age / 10 < TimeSpan.FromSeconds(1) ? age / 10 : TimeSpan.FromSeconds(1));
            TrimToAge(now - age);
        }
    }

    internal void Commit() => committed = new Dictionary<Omission, long>(hits);

    internal void Rollback()
    {
        hits.Clear();
        foreach ((Omission reason, long count) in committed)
            hits[reason] = count;
    }

    public void Dispose() => firstYoung.Dispose();

    private void TrimToSize(long bytes)
    {
        while (UsedBytes() > bytes * FullAt)
        {
            if (connection.Number("SELECT min(id) FROM hit") is not { } first || connection.Number("SELECT max(id) FROM hit") is not { } last)
                return;
            if (Remove(first + ((last - first) / Part) + 1, Omission.Size) == 0)
                return;
        }
    }

    private void TrimToAge(DateTimeOffset oldest)
    {
        firstYoung.Parameters[0].Value = Times.ToStored(oldest);
        long? first = firstYoung.ExecuteScalar() as long?;
        if (first is null && connection.Number("SELECT max(id) FROM hit") is { } last)
            first = last + 1;
        if (first is { } from)
            Remove(from, Omission.Age);
    }

    private long UsedBytes() =>
        ((connection.Number("PRAGMA page_count") ?? 0) - (connection.Number("PRAGMA freelist_count") ?? 0)) * pageBytes;

    /// <summary>Everything before an event.</summary>
    /// <returns>How many hits.</returns>
    private long Remove(long before, Omission reason)
    {
        long removed = 0;
        foreach ((string table, string column) in Schema.Trimmed)
        {
            using SqliteCommand command = connection.CreateCommand();
            command.CommandText = $"DELETE FROM {table} WHERE {column} < $before";
            command.Parameters.AddWithValue("$before", before);
            int rows = command.ExecuteNonQuery();
            removed += table == "hit" ? rows : 0;
        }

        if (removed > 0)
            hits[reason] = hits.GetValueOrDefault(reason) + removed;
        return removed;
    }
}
