// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

namespace Livewatcher.Bench.Measuring;

/// <summary>One run of one contestant.</summary>
/// <param name="Cost">In the contest's unit.</param>
/// <param name="Own">What the measured program has counted itself; 0 where nothing is counted.</param>
/// <param name="Counted">What the contestant has counted; null where it counts nothing.</param>
/// <param name="Memory">The most that it has had, MiB; null where that is not asked.</param>
public sealed record Outcome(double Cost, long Own = 0, long? Counted = null, double? Memory = null)
{
    /// <summary>The cost in each slice of the work, where that was taken.</summary>
    public IReadOnlyList<double> Slices { get; init; } = [];
}

/// <param name="Name">Of the row.</param>
/// <param name="Run">One round.</param>
/// <param name="AtMost">Rounds that it has: who takes long, and is not compared closely, need not have them all.</param>
public sealed record Contestant(string Name, Func<Outcome> Run, int AtMost = int.MaxValue);

/// <summary>One contestant's row.</summary>
public sealed class Row(string name)
{
    public string Name => name;

    public Sample Costs { get; } = new();

    /// <summary>MiB.</summary>
    public Sample Memory { get; } = new();

    /// <summary>Of all rounds together.</summary>
    public Sample Slices { get; } = new();

    /// <summary>What the quietest fiftieth of the slices cost at most: a machine that others share, or whose processor is half another's, is disturbed for tenths of a second,
    /// in most rounds for all of it, and never for all rounds.</summary>
    public double Undisturbed => Slices.Quantile(0.02);

    /// <summary>Over all rounds.</summary>
    public long Own { get; set; }

    public long? Counted { get; set; }

    /// <summary>Why there are no (more) rounds; null where nothing has failed.</summary>
    public string? Failure { get; set; }
}

/// <summary>Contestants that do the same work, in turns: what the machine does meanwhile befalls all of them alike.</summary>
public static class Contest
{
    /// <summary>Of the row of that name; not a number where it was not measured.</summary>
    public static double MedianOf(IReadOnlyList<Row> rows, string name) => rows.Single(row => row.Name == name).Costs.Median;

    /// <summary>How many times as much the one costs as the other: the median over the rounds that both have had, each taken by itself, for what slows the machine down for
    /// seconds befalls both of a round. Not a number where there is none.</summary>
    /// <param name="row">The one.</param>
    /// <param name="basis">The other.</param>
    /// <param name="less">What is in the one's costs and does not belong there.</param>
    public static double RatioOf(Row row, Row basis, double less = 0) => row.Costs.Against(basis.Costs, (one, other) => (one - less) / other).Median;

    /// <inheritdoc cref="RatioOf(Row, Row, double)"/>
    public static double RatioOf(IReadOnlyList<Row> rows, string name, string basis, double less = 0) =>
        RatioOf(rows.Single(row => row.Name == name), rows.Single(row => row.Name == basis), less);

    /// <summary>How many times as much the one costs as the other where nothing else disturbs them.</summary>
    public static double UndisturbedRatioOf(IReadOnlyList<Row> rows, string name, string basis) =>
        rows.Single(row => row.Name == name).Undisturbed / rows.Single(row => row.Name == basis).Undisturbed;

    /// <summary>Each round begins with another one, so that nobody always comes after the same.</summary>
    /// <param name="name">For the progress.</param>
    /// <param name="rounds">How often each has its turn.</param>
    /// <param name="contestants">In the order of the table.</param>
    public static IReadOnlyList<Row> Hold(string name, int rounds, IReadOnlyList<Contestant> contestants)
    {
        Row[] rows = [.. contestants.Select(one => new Row(one.Name))];
        for (int round = 1; round <= rounds; round++)
        {
            for (int turn = 0; turn < rows.Length; turn++)
            {
                int i = (round - 1 + turn) % rows.Length;
                if (rows[i].Failure is not null || round > contestants[i].AtMost)
                    continue;
                Progress.Say($"{name}: round {round} of {rounds}: {rows[i].Name}");
                try
                {
                    Outcome outcome = contestants[i].Run();
                    rows[i].Costs.Add(outcome.Cost);
                    foreach (double slice in outcome.Slices)
                        rows[i].Slices.Add(slice);
                    rows[i].Own += outcome.Own;
                    if (outcome.Counted is { } counted)
                        rows[i].Counted = (rows[i].Counted ?? 0) + counted;
                    if (outcome.Memory is { } memory)
                        rows[i].Memory.Add(memory);
                }
                catch (MeasuringException e)
                {
                    rows[i].Failure = e.Message;
                    Progress.Say($"{name}: {rows[i].Name}: {e.Message}");
                }
            }
        }

        return rows;
    }
}
