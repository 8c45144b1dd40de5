// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using System.Globalization;
using System.Text;
using Livewatcher.Bench.Measuring;

namespace Livewatcher.Bench.Reporting;

/// <param name="What">Is measured.</param>
/// <param name="Wanted">In words.</param>
/// <param name="Measured">Not a number where it could not be.</param>
/// <param name="IsReached">The same as a condition.</param>
public sealed record Bar(string What, string Wanted, double Measured, Func<double, bool> IsReached)
{
    /// <summary>Whether a hundredth matters.</summary>
    public bool IsFine { get; init; }
}

/// <summary>docs/benchmarks.md: ratios first, then medians with their quartiles, then whose count is short.</summary>
public sealed class Markdown
{
    private readonly StringBuilder text = new();

    public void Title(string title) => text.Append(CultureInfo.InvariantCulture, $"# {title}\n\n");

    public void Section(string title) => text.Append(CultureInfo.InvariantCulture, $"## {title}\n\n");

    public void Paragraph(string words) => text.Append(words).Append("\n\n");

    public override string ToString() => text.ToString().TrimEnd('\n') + "\n";

    /// <param name="rows">Of one contest.</param>
    /// <param name="basis">The row that ratios are to.</param>
    /// <param name="unit">Of the costs.</param>
    public void Table(IReadOnlyList<Row> rows, string basis, string unit)
    {
        Row one = rows.Single(row => row.Name == basis);
        bool counts = rows.Any(row => row.Counted is not null), remembers = rows.Any(row => row.Memory.Count > 0), isSliced = rows.Any(row => row.Slices.Count > 0);
        text.Append(CultureInfo.InvariantCulture, $"| |{(isSliced ? $" ratio, undisturbed | undisturbed, {unit} |" : "")} ratio | median, {unit} | quartiles | rounds |{(remembers ? " at most, MiB |" : "")}{(counts ? " own count | counted | lost |" : "")}\n");
        text.Append("|---|---|---|---|---|").Append(isSliced ? "---|---|" : "").Append(remembers ? "---|" : "").Append(counts ? "---|---|---|" : "").Append('\n');
        foreach (Row row in rows)
        {
            text.Append(CultureInfo.InvariantCulture, $"| {row.Name} | ");
            if (isSliced)
                text.Append(row.Slices.Count > 0 ? $"{Fine(row.Undisturbed / one.Undisturbed)} | {Number(row.Undisturbed)} | " : "| | ");
            if (row.Costs.Count == 0)
                text.Append(CultureInfo.InvariantCulture, $"not measured: {row.Failure} | | | 0 |");
            else
                text.Append(CultureInfo.InvariantCulture, $"{Ratio(Contest.RatioOf(row, one))} | {Number(row.Costs.Median)} | {Number(row.Costs.LowerQuartile)} to {Number(row.Costs.UpperQuartile)} | {row.Costs.Count}{(row.Failure is null ? "" : $", then: {row.Failure}")} |");
            if (remembers)
                text.Append(row.Memory.Count > 0 ? $" {Number(row.Memory.Median)} |" : " |");
            if (counts)
                text.Append(row is { Counted: { } counted, Costs.Count: > 0 } ? string.Create(CultureInfo.InvariantCulture, $" {row.Own:N0} | {counted:N0} | {row.Own - counted:N0} |") : " | | |");
            text.Append('\n');
        }

        text.Append('\n');
    }

    /// <summary>Any table.</summary>
    public void Grid(string[] head, IEnumerable<string[]> rows)
    {
        text.Append(CultureInfo.InvariantCulture, $"| {string.Join(" | ", head)} |\n|{string.Concat(Enumerable.Repeat("---|", head.Length))}\n");
        foreach (string[] row in rows)
            text.Append(CultureInfo.InvariantCulture, $"| {string.Join(" | ", row)} |\n");
        text.Append('\n');
    }

    /// <summary>What is to be reached, and whether it is.</summary>
    public void Bars(IReadOnlyList<Bar> bars) => Grid(
        ["bar", "wanted", "measured", ""],
        bars.Select(bar => (string[])
            [bar.What, bar.Wanted, bar.IsFine ? Fine(bar.Measured) : Ratio(bar.Measured), double.IsNaN(bar.Measured) ? "not measured" : bar.IsReached(bar.Measured) ? "reached" : "missed"]));

    public static string Ratio(double ratio) => double.IsNaN(ratio) ? "-" : ratio.ToString(ratio < 10 ? "0.00" : "N0", CultureInfo.InvariantCulture);

    /// <summary>Where one in a hundred is looked for.</summary>
    public static string Fine(double ratio) => double.IsNaN(ratio) ? "-" : ratio.ToString(ratio < 2 ? "0.000" : "0.00", CultureInfo.InvariantCulture);

    /// <summary>Three digits that mean something.</summary>
    public static string Number(double number) => number switch
    {
        double.NaN => "-",
        >= 100 => number.ToString("N0", CultureInfo.InvariantCulture),
        >= 10 => number.ToString("0.0", CultureInfo.InvariantCulture),
        _ => number.ToString("0.00", CultureInfo.InvariantCulture),
    };
}
