// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using Livewatcher.Model;
using Livewatcher.Recording.Format;
using Livewatcher.Recording.Reading;
using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace Livewatcher.Recording;

/// <summary>A recording, read as it stands at the moment of opening; another livewatcher may be writing it meanwhile. Nothing in the file
/// is believed: its tables must be the ones that this livewatcher makes, letter by letter, and each value must be one that it writes.
/// Every method throws <see cref="UserException"/> where the file is damaged.</summary>
public sealed class RecordingFile : IDisposable
{
    /// <summary>The longest text or row, in bytes.</summary>
    private const int MaxLength = 1 << 20;

    private readonly SqliteConnection connection;
    private readonly EventRows events;
    private readonly ClosingRows closing;

    private RecordingFile(SqliteConnection connection, string path, long version)
    {
        this.connection = connection;
        Rows rows = new(connection, path);
        Facts = [.. rows.Select("SELECT row_number() OVER (), name, value FROM fact ORDER BY name", row => KeyValuePair.Create(row.Text(1), row.Text(2))).Select(one => one.Item)];
        try
        {
            events = new EventRows(rows, new StoredNames(rows, version), version);
        }
        catch (DamagedException e)
        {
            throw Rows.Damaged(path, e);
        }

        // Events of all kinds are numbered together.
        MostHits = rows.Select("SELECT 1, coalesce(max(id), 0), coalesce(min(id), 0) FROM hit", row => row.Long(1) - row.Long(2) + 1).Single().Item;
        closing = new ClosingRows(rows, events, version);
        Closing = closing.Stored();
    }

    /// <summary>About the machine and the command, by name.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Facts { get; }

    /// <summary>The closing statement; null where livewatcher came to no end, or has not come to it yet.</summary>
    public CoverageEvent? Closing { get; }

    /// <exception cref="UserException">There is none, it is no recording, or damaged, or of a newer livewatcher.</exception>
    public static RecordingFile Open(string path)
    {
        if (!File.Exists(path))
            throw new UserException(Directory.Exists(path) ? $"{path} is a directory" : $"there is no file {path}");
        if (new FileInfo(path).Length == 0) // also a FIFO, whose opening would wait
            throw new UserException($"{path} is no recording of livewatcher: it is empty");
        SqliteConnection? opened = null;
        try
        {
            opened = Sqlite.Open(path, SqliteOpenMode.ReadOnly);
            const int SQLITE_LIMIT_LENGTH = 0;
            _ = raw.sqlite3_limit(opened.Handle!, SQLITE_LIMIT_LENGTH, MaxLength);
            opened.Do("PRAGMA trusted_schema = OFF; PRAGMA cell_size_check = ON; PRAGMA mmap_size = 0; PRAGMA query_only = ON; BEGIN");
            return new RecordingFile(opened, path, Check(opened, path));
        }
        catch (Exception e) when (e is SqliteException or DamagedException or InvalidCastException)
        {
            opened?.Dispose();
            throw Rows.Damaged(path, e);
        }
        catch
        {
            opened?.Dispose();
            throw;
        }
    }

    /// <summary>Hits that there are, or somewhat more: without counting them.</summary>
    public long MostHits { get; }

    /// <summary>What was published, in its order: without the closing statement and the table of writers, which is made of the hits.</summary>
    /// <param name="withHits">Hits too.</param>
    public IEnumerable<WatchEvent> Events(bool withHits = true) => events.InOrder(withHits).SelectMany(events.Made);

    /// <summary>All of <see cref="Events"/>, read by a thread of its own a little ahead of who takes them; until the last is taken, or the enumerator is disposed of,
    /// nothing else is to be read of the file.</summary>
    public IEnumerable<WatchEvent> EventsAhead() => ReadAhead.Of(events.InOrder(withHits: true)).SelectMany(events.Made);

    /// <summary>The closing statement where there is none, made of what was read.</summary>
    /// <param name="armed">In order.</param>
    /// <param name="hits">How many.</param>
    /// <param name="last">The last event's time; null where there is none.</param>
    public CoverageEvent Unclosed(IReadOnlyList<ArmedEvent> armed, long hits, DateTimeOffset? last) => closing.Made(armed, hits, last);

    public void Dispose() => connection.Dispose();

    /// <returns>Its version.</returns>
    private static long Check(SqliteConnection connection, string path)
    {
        if (connection.Number("PRAGMA application_id") != Schema.ApplicationId)
            throw new UserException($"{path} is no recording of livewatcher");
        long version = connection.Number("PRAGMA user_version") ?? 0;
        if (version > Schema.Version)
            throw new UserException($"the recording {path} is of a newer livewatcher (format {version}; this one reads {Schema.Version}): read it with that");
        Dictionary<string, string> wanted = Schema.Of(version).ToDictionary(one => one.Name, one => one.Sql, StringComparer.Ordinal);
        using SqliteCommand command = connection.CreateCommand();
        // A view or a trigger in the place of a table would be somebody else's program.
        command.CommandText = "SELECT name, sql FROM sqlite_schema LIMIT 100";
        using SqliteDataReader reader = command.ExecuteReader();
        while (reader.Read())
        {
            if (reader.GetValue(0) is not string name || !wanted.Remove(name, out string? sql) || reader.GetValue(1) as string != sql)
                throw new DamagedException("its tables are not those of a recording");
        }

        if (version < Schema.OldestVersion || wanted.Count > 0)
            throw new DamagedException("its tables are not those of a recording");
        return version;
    }
}
