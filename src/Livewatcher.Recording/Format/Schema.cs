// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

namespace Livewatcher.Recording.Format;

/// <summary>The tables of a recording, as docs/recording.md describes them. A reader compares what it finds with these texts, letter
/// by letter: a change here is a new <see cref="Version"/>.</summary>
internal static class Schema
{
    /// <summary>"LWRC", PRAGMA application_id: what file(1) and the reader know a recording by.</summary>
    internal const int ApplicationId = 0x4c575243;

    /// <summary>PRAGMA user_version.</summary>
    internal const int Version = 4;

    /// <summary>The oldest that is read.</summary>
    internal const int OldestVersion = 1;

    /// <summary>Columns of table hit.</summary>
    internal const int HitColumns = 24;

    /// <summary>Tables and the view, in the order of their making.</summary>
    internal static readonly IReadOnlyList<(string Name, string Sql)> All =
    [
        ("fact", "CREATE TABLE fact(name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID"),
        ("zone", "CREATE TABLE zone(event INTEGER PRIMARY KEY, minutes INTEGER NOT NULL)"),
        ("watch", "CREATE TABLE watch(id INTEGER PRIMARY KEY, label TEXT NOT NULL, mode TEXT NOT NULL, address INTEGER NOT NULL, "
            + "length INTEGER NOT NULL, type TEXT, resolution TEXT, condition TEXT, shape TEXT)"),
        ("module", "CREATE TABLE module(id INTEGER PRIMARY KEY, name TEXT, path TEXT, build_id TEXT, bias INTEGER)"),
        ("stack", "CREATE TABLE stack(id INTEGER PRIMARY KEY, cut_short TEXT)"),
        ("frame", "CREATE TABLE frame(stack INTEGER NOT NULL, depth INTEGER NOT NULL, address INTEGER NOT NULL, module INTEGER, "
            + "function TEXT, offset INTEGER NOT NULL, file TEXT, line INTEGER NOT NULL, inlined INTEGER NOT NULL, "
            + "PRIMARY KEY(stack, depth)) WITHOUT ROWID"),
        ("instruction", "CREATE TABLE instruction(id INTEGER PRIMARY KEY, address INTEGER NOT NULL, text TEXT NOT NULL, proven INTEGER NOT NULL)"),
        ("thread", "CREATE TABLE thread(id INTEGER PRIMARY KEY, pid INTEGER NOT NULL, tid INTEGER, name TEXT)"),
        ("armed", "CREATE TABLE armed(id INTEGER PRIMARY KEY, time INTEGER NOT NULL, watch INTEGER NOT NULL, pid INTEGER NOT NULL, "
            + "slots TEXT NOT NULL, kind INTEGER, value, value_text TEXT, backend TEXT NOT NULL, scope TEXT NOT NULL, "
            + "guard INTEGER NOT NULL, threads INTEGER NOT NULL, cpus INTEGER NOT NULL)"),
        ("hit", "CREATE TABLE hit(id INTEGER PRIMARY KEY, seq INTEGER NOT NULL, time INTEGER NOT NULL, watch INTEGER NOT NULL, "
            + "address INTEGER NOT NULL, thread INTEGER NOT NULL, cpu INTEGER, origin INTEGER NOT NULL, stack INTEGER NOT NULL, "
            + "instruction INTEGER, old_kind INTEGER, old, old_text TEXT, new_kind INTEGER, new, new_text TEXT, changed INTEGER, "
            + "merged INTEGER NOT NULL, recovered INTEGER NOT NULL, since INTEGER, syscall TEXT, set_at INTEGER, undecided INTEGER NOT NULL, unsure INTEGER NOT NULL)"),
        ("action", "CREATE TABLE action(hit INTEGER NOT NULL, position INTEGER NOT NULL, kind TEXT NOT NULL, words TEXT NOT NULL, signal INTEGER, "
            + "signal_name TEXT, delay INTEGER, failure TEXT, next TEXT, pid INTEGER, file TEXT, skipped INTEGER NOT NULL, "
            + "PRIMARY KEY(hit, position)) WITHOUT ROWID"),
        ("snapshot", "CREATE TABLE snapshot(hit INTEGER NOT NULL, position INTEGER NOT NULL, line INTEGER NOT NULL, expression TEXT NOT NULL, "
            + "address INTEGER, kind INTEGER, value, value_text TEXT, failure TEXT, start INTEGER, around BLOB NOT NULL, "
            + "PRIMARY KEY(hit, position, line)) WITHOUT ROWID"),
        ("note", "CREATE TABLE note(id INTEGER PRIMARY KEY, time INTEGER NOT NULL, level TEXT NOT NULL, text TEXT NOT NULL)"),
        ("message", "CREATE TABLE message(id INTEGER PRIMARY KEY, time INTEGER NOT NULL, kind TEXT NOT NULL, thread INTEGER NOT NULL, "
            + "text TEXT NOT NULL, stack INTEGER)"),
        ("disarmed", "CREATE TABLE disarmed(id INTEGER PRIMARY KEY, time INTEGER NOT NULL, watch INTEGER NOT NULL, pid INTEGER NOT NULL, "
            + "counted INTEGER NOT NULL, recorded INTEGER NOT NULL, filtered INTEGER NOT NULL, dropped INTEGER NOT NULL, "
            + "skipped INTEGER NOT NULL, last_value INTEGER NOT NULL)"),
        ("omission", "CREATE TABLE omission(reason TEXT PRIMARY KEY, hits INTEGER NOT NULL) WITHOUT ROWID"),
        ("coverage", "CREATE TABLE coverage(id INTEGER PRIMARY KEY, begin INTEGER, end INTEGER NOT NULL, why TEXT NOT NULL, "
            + "backend TEXT NOT NULL, scope TEXT NOT NULL, guard INTEGER NOT NULL, threads INTEGER NOT NULL, processes INTEGER NOT NULL, "
            + "cpus INTEGER NOT NULL, stacks_cut INTEGER NOT NULL, counted INTEGER NOT NULL, recorded INTEGER NOT NULL, "
            + "filtered INTEGER NOT NULL, dropped INTEGER NOT NULL, skipped INTEGER NOT NULL, throttled INTEGER NOT NULL, "
            + "recovered INTEGER NOT NULL, escaped INTEGER NOT NULL, foreign_hits INTEGER NOT NULL, merged INTEGER NOT NULL, "
            + "shared INTEGER NOT NULL, spurious INTEGER NOT NULL, withheld INTEGER NOT NULL, reported INTEGER NOT NULL)"),
        ("statement", "CREATE TABLE statement(position INTEGER PRIMARY KEY, kind TEXT NOT NULL, text TEXT NOT NULL)"),
        ("skipped", "CREATE TABLE skipped(position INTEGER PRIMARY KEY, watch TEXT NOT NULL, pid INTEGER NOT NULL, begin INTEGER NOT NULL, "
            + "end INTEGER NOT NULL, hits INTEGER NOT NULL, paused INTEGER NOT NULL)"),
        ("action_account", "CREATE TABLE action_account(position INTEGER PRIMARY KEY, watch TEXT NOT NULL, words TEXT NOT NULL, at_hit INTEGER NOT NULL, "
            + "afterwards INTEGER NOT NULL, failed INTEGER NOT NULL, last_failure TEXT, skipped INTEGER NOT NULL)"),
        ("arising_account", "CREATE TABLE arising_account(position INTEGER PRIMARY KEY, watch TEXT NOT NULL, candidates INTEGER NOT NULL, "
            + "armed INTEGER NOT NULL, skipped INTEGER NOT NULL, failed INTEGER NOT NULL, displaced INTEGER NOT NULL, ended INTEGER NOT NULL)"),
        ("turn_account", "CREATE TABLE turn_account(position INTEGER PRIMARY KEY, watch TEXT NOT NULL, armed INTEGER NOT NULL, lasted INTEGER NOT NULL, "
            + "turns INTEGER NOT NULL, counted INTEGER NOT NULL, changed_unarmed INTEGER NOT NULL)"),
        ("sharing_account", "CREATE TABLE sharing_account(position INTEGER PRIMARY KEY, mode TEXT NOT NULL, address INTEGER NOT NULL, length INTEGER NOT NULL, "
            + "beside INTEGER NOT NULL, unsure INTEGER NOT NULL)"),
        ("sharing_watch", "CREATE TABLE sharing_watch(position INTEGER PRIMARY KEY, sharing INTEGER NOT NULL, watch TEXT NOT NULL)"),
        ("access", "CREATE VIEW access AS SELECT hit.id, hit.seq, strftime('%Y-%m-%d %H:%M:%f', hit.time / 1e9, 'unixepoch') AS utc, "
            + "watch.label AS watch, coalesce(hit.old_text, hit.old) AS old, coalesce(hit.new_text, hit.new) AS new, thread.pid, thread.tid, "
            + "thread.name AS thread, frame.function, frame.file, frame.line, instruction.text AS instruction, hit.syscall "
            + "FROM hit JOIN watch ON watch.id = hit.watch JOIN thread ON thread.id = hit.thread "
            + "LEFT JOIN frame ON frame.stack = hit.stack AND frame.depth = 0 LEFT JOIN instruction ON instruction.id = hit.instruction"),
    ];

    /// <summary>The same of an older version: in the first, table watch had no column shape; what was done about hits, and the accounts of watches
    /// that arm themselves or take turns, came with the third; those of debug registers that watches share with the fourth.</summary>
    internal static IEnumerable<(string Name, string Sql)> Of(long version) => All
        .Where(one => version >= 3 || one.Name is not ("action" or "snapshot" or "action_account" or "arising_account" or "turn_account"))
        .Where(one => version >= 4 || one.Name is not ("sharing_account" or "sharing_watch"))
        .Select(one => (one.Name, OlderSql(one.Name, one.Sql, version)));

    private static string OlderSql(string name, string sql, long version) => name switch
    {
        "watch" when version < 2 => sql.Replace(", shape TEXT", "", StringComparison.Ordinal),
        "hit" when version < 4 => sql.Replace(", unsure INTEGER NOT NULL", "", StringComparison.Ordinal),
        _ => sql,
    };

    /// <summary>Events of which the oldest go where a recording is bounded, with the column of their number. What was armed stays: the closing
    /// statement is about that.</summary>
    internal static readonly IReadOnlyList<(string Table, string Column)> Trimmed =
        [("hit", "id"), ("action", "hit"), ("snapshot", "hit"), ("note", "id"), ("message", "id"), ("disarmed", "id")];
}
