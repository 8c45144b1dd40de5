// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using System.Globalization;
using Livewatcher.Soak.Faults;
using Livewatcher.Soak.Judging;

namespace Livewatcher.Soak.Reporting;

/// <summary>Everything that the soak says, and in the end which faults were survived.</summary>
/// <param name="faults">In the table's order.</param>
/// <param name="reproduction">The command line that has a round again, but for its number.</param>
/// <param name="output">Where to.</param>
internal sealed class Narrator(IReadOnlyList<Fault> faults, string reproduction, TextWriter output)
{
    private const int MostEscapes = 8;

    private readonly List<FaultTally> _tallies = [.. faults.Select(fault => new FaultTally(fault))];

    public void Tell(RoundResult result)
    {
        _tallies.Single(tally => tally.Fault == result.Plan.Fault).Add(result);
        var verdict = result.Count switch
        {
            null => "no statement",
            { Complete: true } count => $"{count.Reported} hits of {Range(count.Least, count.Most)}, complete",
            var count => $"{count.Reported} hits of {Range(count.Least, count.Most)}, not complete: {string.Join(" | ", count.Gaps)}",
        };
        output.WriteLine($"{result.Plan.Number,4} {result.Took.TotalSeconds,5:0.0} s {(result.Problems.Count == 0 ? "ok " : "BAD")} {result.Plan}: {verdict}");
        foreach (var problem in result.Problems.Concat(result.Count?.Escapes.Take(MostEscapes) ?? []))
        {
            output.WriteLine($"       {problem.ReplaceLineEndings("\n       ")}");
        }

        output.Flush();
    }

    /// <summary>The table, a line for each fault, and the sum. Returns the exit status.</summary>
    public int Conclude()
    {
        var tried = _tallies.Where(tally => tally.Tried > 0).ToList();
        output.WriteLine();
        output.WriteLine($"{"fault",-38} {"tried",6} {"survived",9} {"hits expected",17} {"reported",9} {"complete",9} {"not",4}  reasons");
        foreach (var tally in tried)
        {
            output.WriteLine(
                $"{tally.Fault.Name,-38} {tally.Tried,6} {tally.Survived,9} {Range(tally.Least, tally.Most),17} {tally.Reported,9} {tally.Complete,9} {tally.Incomplete,4}  "
                + string.Join("; ", tally.Reasons));
        }

        output.WriteLine();
        foreach (var tally in tried)
        {
            output.WriteLine(tally.FirstFailure is { } failure ? $"FAIL {tally.Fault}: {Explain(tally, failure)}" : $"PASS {tally.Fault}");
        }

        var failed = tried.Count(tally => tally.FirstFailure is not null);
        output.WriteLine($"{tried.Count - failed} passed, {failed} failed");
        return failed > 0 || tried.Count == 0 ? 1 : 0;
    }

    private string Explain(FaultTally tally, RoundResult failure) =>
        $"{tally.Tried - tally.Survived} of {tally.Tried}: {failure.Problems[0].ReplaceLineEndings(" ")} ({reproduction} --round {failure.Plan.Number})";

    private static string Range(long least, long most) =>
        least == most ? least.ToString(CultureInfo.InvariantCulture) : $"{least}..{most}";
}
