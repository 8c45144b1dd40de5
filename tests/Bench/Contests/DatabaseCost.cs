// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using System.Globalization;
using Livewatcher.Bench.Measuring;

namespace Livewatcher.Bench.Contests;

/// <summary>What watching costs a real program that does not touch what is watched while it works: sqlite3, with a fixed amount of work in memory.</summary>
public sealed class DatabaseCost(Ground ground)
{
    /// <summary>Variables that SQLite never looks at while it has no temporary file; the library has no debug information.</summary>
    private static readonly string[] Variables = ["sqlite3_temp_directory", "sqlite3_data_directory"];

    public const string Unguarded = "two watches, guard off";

    public const string Guarded = "two watches, guard on";

    public const string AloneAgain = "not watched, once more";

    private const string Time = "Run Time: real ";

    /// <summary>Questions of the same kind.</summary>
    private const int Slices = 50;

    public int Rows { get; } = ground.Amount(60_000, 20_000);

    public IReadOnlyList<Row> Hold() => Contest.Hold("no hit, sqlite3", IdleCost.RoundsOf(ground),
    [
        new(IdleCost.Alone, () => Sum(Tool.Run("sqlite3", ":memory:", Script()))),
        new(AloneAgain, () => Sum(Tool.Run("sqlite3", ":memory:", Script()))),
        new(Unguarded, () => Watch("off")),
        new(Guarded, () => Watch("on")),
    ]);

    /// <returns>Words that have the shell read it: what it is given as words itself it takes no time of.</returns>
    private string Script()
    {
        string script = ground.At("database.sql");
        File.WriteAllLines(script,
        [
            ".timer on",
            "CREATE TABLE one(id INTEGER PRIMARY KEY, word TEXT, number INTEGER);",
            $"INSERT INTO one WITH RECURSIVE many(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM many WHERE i < {Ground.Invariant(Rows)}) SELECT i, 'word' || i, i * 7919 % 10007 FROM many;",
            "CREATE INDEX by_number ON one(number, word);",
            .. Enumerable.Repeat("SELECT count(*), sum(length(word)), max(number) FROM one WHERE number % 3 = 1;", Slices),
        ]);
        return $".read {script}";
    }

    private Outcome Watch(string guard)
    {
        string output = ground.At("sqlite.jsonl");
        Finished finished = Tool.Run(
            ground.Livewatcher,
            ["run", "--format", "json", "--output", output, "--scope", guard == "on" ? "task" : "cpu", .. Variables.SelectMany(name => (string[])["--watch", name]), "--guard", guard, .. ground.Arms, "--", "sqlite3", ":memory:", Script()]);
        // No hits prove something where there is nothing that it has missed.
        bool isComplete = File.ReadLines(output).Last().Contains("\"complete\":true", StringComparison.Ordinal);
        return ground.Untried || isComplete ? Sum(finished) : throw new MeasuringException("livewatcher says that it may have missed hits");
    }

    /// <summary>Its own times, ms: all that has passed, and of each question what it has run (user and system), for the former has no digits behind the millisecond.</summary>
    private static Outcome Sum(Finished finished)
    {
        // Run Time: real 0.014 user 0.012762 sys 0.000000
        double[][] times = [.. finished.Output.Split('\n').Where(line => line.StartsWith(Time, StringComparison.Ordinal))
            .Select(line => line.Split(' ')).Select(words => (double[])[Milliseconds(words[3]), Milliseconds(words[5]) + Milliseconds(words[7])])];
        return times.Length == 3 + Slices
            ? new Outcome(times.Sum(time => time[0])) { Slices = [.. times[3..].Select(time => time[1])] }
            : throw new MeasuringException($"sqlite3 has told of {times.Length} statements instead of {3 + Slices}");
    }

    private static double Milliseconds(string seconds) => double.Parse(seconds, CultureInfo.InvariantCulture) * 1000;
}
