// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using Livewatcher.Model;

namespace Livewatcher.Render;

internal enum StatementKind
{
    Verdict,
    Gap,

    /// <summary>A watch that nobody touched.</summary>
    Finding,
    Fact,
    Remark,
}

internal readonly record struct StatementLine(StatementKind Kind, string Text);

/// <summary>Puts the coverage of a run into sentences: first the verdict, then what was or can have been missed, then
/// the figures. Every figure is said, zero or not: silence must never look like innocence.</summary>
internal static class CoverageStatement
{
    /// <summary>A flood may come and go for hours.</summary>
    private const int MostStretches = 20;

    public static IEnumerable<StatementLine> Of(CoverageEvent coverage, WatchTally tally)
    {
        var view = new CoverageView(coverage);
        yield return new(StatementKind.Verdict, view.Complete ? "complete" : "NOT COMPLETE");
        foreach (var gap in view.Gaps)
        {
            yield return new(StatementKind.Gap, gap);
        }

        foreach (var stretch in coverage.Skipped.Take(MostStretches))
        {
            yield return new(StatementKind.Fact, Skipped(stretch, coverage));
        }

        if (coverage.Skipped.Count > MostStretches)
        {
            yield return new(StatementKind.Fact, $"And {Words.Count(coverage.Skipped.Count - MostStretches, "such stretch", "such stretches")} more; --format json has them all.");
        }

        if (coverage.From is { } from)
        {
            foreach (var watch in tally.Watches)
            {
                if (watch.Hits == 0)
                {
                    yield return new(StatementKind.Finding, Untouched(watch, from, coverage, view.Complete));
                }
            }
        }

        if (coverage.Selection is { } selection)
        {
            yield return new(StatementKind.Fact, SelectionWords.Of(selection));
        }

        yield return new(StatementKind.Fact, Covered(coverage, view.Complete));
        if (!coverage.Closed)
        {
            yield return new(StatementKind.Fact, $"The account was never closed: {Words.Count(coverage.Hits.Reported, "hit")} here; how many there were is not known.");
            yield break;
        }

        yield return new(StatementKind.Fact, Account(coverage.Hits, coverage.Backend));
        yield return new(StatementKind.Fact, BesidesTheAccount(coverage.Hits));
        yield return new(StatementKind.Fact, Stacks(coverage));
        foreach (var sharing in coverage.Sharings)
        {
            yield return new(StatementKind.Fact, Shared(sharing));
        }

        foreach (var arising in coverage.Arisings)
        {
            yield return new(StatementKind.Fact, Arisen(arising));
        }

        foreach (var done in coverage.Actions)
        {
            yield return new(StatementKind.Fact, ActionWords.Of(done, coverage.Backend));
        }

        foreach (var remark in coverage.Remarks)
        {
            yield return new(StatementKind.Remark, remark);
        }
    }

    private static string Arisen(ArisingTally tally) =>
        $"{tally.Watch}: {tally.Candidates:N0} came to life, {tally.Armed:N0} armed ({tally.Ended:N0} to their end, {tally.Displaced:N0} displaced, {tally.StillArmed:N0} still armed), "
        + $"{tally.Skipped:N0} skipped, {tally.Failed:N0} failed.";

    private static string Shared(SharingTally tally) =>
        $"{SharingTally.Join(tally.Watches)} {(tally.Watches.Count == 1 ? "had" : "shared")} one debug register of {Words.Count(tally.Slot.Length, "byte")} at {tally.Slot.Address}:"
        + $" {Words.Count(tally.Beside, "hit")} beside the watched bytes; of {Words.Count(tally.Unsure, "hit")} nothing tells whose {(tally.Unsure == 1 ? "it is" : "they are")}.";

    private static string Skipped(SkippedStretch stretch, CoverageEvent coverage)
    {
        var from = coverage.From ?? stretch.From;
        var span = $"{stretch.Watch} (process {stretch.Process}) {Timestamps.ClockFrom(from, stretch.From)} to {Timestamps.ClockFrom(from, stretch.To)}"
            + $" ({Timestamps.Span(stretch.To - stretch.From)})";
        return stretch.Paused ? $"{span}: off." : $"{span}: {Words.Count(stretch.Hits, "hit")} counted only.";
    }

    private static string Untouched(TalliedWatch watch, DateTimeOffset from, CoverageEvent coverage, bool complete)
    {
        var since = watch.Armed > from ? watch.Armed : from;
        var span = $"between {Timestamps.ClockFrom(from, since)} and {Timestamps.ClockFrom(from, coverage.To)}";
        if (coverage.Selection is { SetAside: > 0 } selection)
        {
            return $"0 hits on {watch.Label} are shown {span}, but {Words.Count(selection.SetAside, "hit")} of all watches"
                + " were set aside by this report: it does not tell whose.";
        }

        if (!complete)
        {
            return $"0 hits on {watch.Label}, with a gap: {Words.Noun(watch.Mode)} {watch.Label} {span} can have been missed.";
        }

        return coverage.Hits.Filtered > 0
            ? $"0 hits on {watch.Label} were reported {span}, but {Words.Count(coverage.Hits.Filtered, "hit")} of all watches"
                + " were filtered out: this does not tell whose."
            : $"0 hits: no thread {Words.Past(watch.Mode)} {watch.Label} {span}; {AllThreads(coverage)} covered.";
    }

    private static string AllThreads(CoverageEvent coverage) =>
        coverage.Threads == 1 ? "the only thread was" : $"all {coverage.Threads:N0} threads were";

    private static string Covered(CoverageEvent coverage, bool complete)
    {
        var how = $"backend {Words.Backend(coverage.Backend)}, scope {coverage.Scope}, guard {(coverage.Guard ? "on" : "off")}";
        if (coverage.From is not { } from)
        {
            return $"Nothing was armed; ended at {Timestamps.Full(coverage.To)}: {coverage.Why} ({how}).";
        }

        if (!coverage.Closed)
        {
            return $"Covered but for the gaps: {Words.Count(coverage.Processes, "process", "processes")} on {Words.Count(coverage.Cpus, "CPU")},"
                + $" from {Timestamps.Full(from)} to the last that is here, {Timestamps.ClockFrom(from, coverage.To)} ({how}).";
        }

        var who = $"{Words.Count(coverage.Threads, "thread")} in {Words.Count(coverage.Processes, "process", "processes")}"
            + $" on {Words.Count(coverage.Cpus, "CPU")}";
        var span = $"from {Timestamps.Full(from)} to {Timestamps.ClockFrom(from, coverage.To)} ({Timestamps.Span(coverage.To - from)})";
        return complete
            ? $"Every thread was covered at every moment: {who}, {span}; ended: {coverage.Why} ({how})."
            : $"Covered but for the gaps: {who}, {span}; ended: {coverage.Why} ({how}).";
    }

    private static string Account(HitCounts hits, string backend)
    {
        var sum = hits.Recorded + hits.Filtered + hits.Dropped + hits.Skipped;
        var parts = $"{hits.Recorded:N0} recorded + {hits.Filtered:N0} filtered + {hits.Dropped:N0} dropped"
            + (hits.Skipped == 0 ? "" : $" + {hits.Skipped:N0} skipped");
        var counted = $"{Words.Count(hits.Counted, "hit")} counted by {(backend == "ptrace" ? "the guard" : "the kernel")}";
        return (hits.Counted - sum) switch
        {
            0 => $"{counted} = {parts}.",
            > 0 => $"{counted}, but {parts} = {sum:N0}: {hits.Counted - sum:N0} unaccounted for.",
            _ => $"{counted}, but {parts} = {sum:N0}: {sum - hits.Counted:N0} more than counted.",
        };
    }

    private static string BesidesTheAccount(HitCounts hits)
    {
        var sum = $"{hits.Recorded:N0} recorded + {hits.Recovered:N0} recovered - {hits.Merged:N0} merged into others"
            + (hits.Shared == 0 ? "" : $" + {hits.Shared:N0} shared by two watches")
            + (hits.Spurious == 0 ? "" : $" - {hits.Spurious:N0} spurious (a register that the instruction did not touch)")
            + (hits.Beside == 0 ? "" : $" - {hits.Beside:N0} beside the watched bytes")
            + (hits.Withheld == 0 ? "" : $" - {hits.Withheld:N0} not shown");
        var tail = $"{hits.Escaped:N0} escaped, {hits.Throttled:N0} throttled, {hits.Foreign:N0} foreign";
        return hits.Reported == hits.Due
            ? $"{hits.Reported:N0} reported = {sum}; {tail}."
            : $"{hits.Reported:N0} reported, of {sum}; {tail}.";
    }

    private static string Stacks(CoverageEvent coverage) => coverage.StacksCut == 0
        ? "No stack was cut short."
        : $"{Words.Count(coverage.StacksCut, "stack")} {(coverage.StacksCut == 1 ? "was" : "were")} cut short.";
}
