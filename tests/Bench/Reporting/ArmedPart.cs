// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using Livewatcher.Bench.Contests;
using Livewatcher.Bench.Measuring;

namespace Livewatcher.Bench.Reporting;

/// <summary>What needs debug registers that can be armed, and no hit: watching without hits, arming and leaving.</summary>
public sealed class ArmedPart(Ground ground) : IPart
{
    public IReadOnlyList<Section> Sections =>
    [
        new("Cost of no hit", Idle),
        new("Arming and leaving", Arming),
    ];

    private void Idle(Markdown text)
    {
        text.Paragraph("Programs that never touch what is watched; ns for a unit of their work; under valgrind, a twentieth of it." + Where);
        IdleCost idle = new(ground);
        foreach ((string kind, string words, int usually, int emulated) in IdleCost.Work)
        {
            text.Paragraph($"**{words}** ({ground.Amount(usually, emulated):N0} of them):");
            text.Table(idle.Hold(kind, usually, emulated), IdleCost.Alone, "ns each");
        }

        DatabaseCost database = new(ground);
        text.Paragraph($"**Debian's sqlite3**, {database.Rows:N0} rows put into a table, indexed and summed up; ms by its own `.timer`:");
        text.Table(database.Hold(), IdleCost.Alone, "ms");
    }

    private void Arming(Markdown text)
    {
        text.Paragraph("attach to a crowd of threads that sleep 100 ms at a time: ms until all are armed (from livewatcher's start, reading symbols and loading the BPF program included), ms from SIGINT to its end, the "
            + "longest that a thread was late, and livewatcher's resident memory. Scope *none* is the crowd by itself. Expected: a straight line in the number of threads at scope task, none at scope cpu." + Where);
        var rows = new ArmingCost(ground).Hold();
        text.Grid(
            ["threads", "scope", "armed, ms", "left, ms", "longest pause, ms", "resident, MiB"],
            rows.Select(row => (string[])
            [
                $"{row.Threads:N0}", row.Scope, Of(row.Armed, row.Failure), Of(row.Left, null), Of(row.Pause, null), Of(row.Resident, null),
            ]));
        double Armed(string scope, int threads) => rows.Single(row => row.Scope == scope && row.Threads == threads).Armed.Median;
        int fewest = rows[0].Threads, most = rows[^1].Threads;
        double each = (Armed("task", most) - Armed("task", fewest)) * 1000 / (most - fewest), pause = rows.Single(row => row.Scope == "task" && row.Threads == most).Pause.Median;
        text.Bars(
        [
            new("us a thread more, scope task", "at most 60", each, at => at <= 60),
            new($"longest pause of one of {most:N0} threads, ms", "at most 5", pause, at => at <= 5),
            new($"ms for {most:N0} threads more than for {fewest:N0}, scope cpu", "at most 30", Armed("cpu", most) - Armed("cpu", fewest), at => at <= 30),
        ]);
    }

    private string Where => ground.Untried ? " On this machine, whose debug registers are armed and switched with each thread, and only do not trap (`--trial off`)." : "";

    private static string Of(Sample sample, string? failure) => sample.Count > 0
        ? $"{Markdown.Number(sample.Median)} ({Markdown.Number(sample.LowerQuartile)} to {Markdown.Number(sample.UpperQuartile)})"
        : failure is null ? "" : $"not measured: {failure}";
}
