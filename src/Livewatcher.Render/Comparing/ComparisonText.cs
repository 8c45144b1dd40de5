// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using Livewatcher.Model;

namespace Livewatcher.Render;

/// <summary>Writes a comparison of two recordings for people: what each can prove, the table of differences, the stacks of new writers.</summary>
public static class ComparisonText
{
    private const int Indent = 2;

    /// <param name="output">Must encode as UTF-8. Stays the caller's.</param>
    /// <param name="comparison">What there is to say.</param>
    /// <param name="options">Layout.</param>
    public static void Write(TextWriter output, RecordingComparison comparison, TextOptions options)
    {
        var page = new Page(options.Colour, options.Width);
        var stacks = new StackText(page, options);
        WriteCoverage(page, comparison.BeforeName, comparison.Before);
        WriteCoverage(page, comparison.AfterName, comparison.After);
        page.End().Sentence(
            $"{Words.Count(comparison.Count(DifferenceKind.New), "writer is", "writers are")} new,"
            + $" {comparison.Count(DifferenceKind.Gone):N0} gone, {comparison.Count(DifferenceKind.Changed):N0} changed,"
            + $" {comparison.Count(DifferenceKind.Same):N0} the same.",
            0,
            comparison.Differs ? Tone.Alarm : Tone.Good);
        List<WriterDifference> shown = [.. comparison.Writers.Where(one => one.Kind != DifferenceKind.Same)];
        if (shown.Count > 0)
        {
            WriteTable(page, shown);
        }

        foreach (var one in shown.Where(one => one.Kind != DifferenceKind.Changed).Take(options.WriterStacks))
        {
            page.End().Add($"{WordOf(one.Kind)}: ", Tone.Strong);
            page.Sentence($"{one.Row.Watch.Label}, {one.Row.Access}, {Words.Count(one.Row.Count, "hit")}, by {string.Join(", ", one.Row.Threads)}", page.Column);
            stacks.WriteWhole(one.Row.Stack, fullPaths: true);
        }

        page.Flush(output);
    }

    /// <summary>The word of the JSON lines too.</summary>
    internal static string WordOf(DifferenceKind kind) => kind switch
    {
        DifferenceKind.New => "new",
        DifferenceKind.Gone => "gone",
        DifferenceKind.Changed => "changed",
        _ => "same",
    };

    // Who is gone from a recording with a gap may have been there.
    private static void WriteCoverage(Page page, string name, CoverageEvent coverage)
    {
        var view = new CoverageView(coverage);
        page.Add($"{Printable.Of(name)}: ", Tone.Strong).Add(view.Complete ? "complete" : "NOT COMPLETE", view.Complete ? Tone.Good : Tone.Alarm).End();
        foreach (var gap in view.Gaps)
        {
            page.To(Indent).Add("gap: ", Tone.Alarm).Sentence(gap, page.Column, Tone.Alarm);
        }

        if (coverage.Selection is { } selection)
        {
            page.Sentence(SelectionWords.Of(selection), Indent);
        }
    }

    private static void WriteTable(Page page, List<WriterDifference> shown) => Table.Write(
        page,
        Indent,
        [
            new("", Right: false, TableColumn.GivesNoWay), new("hits", Right: true, TableColumn.GivesNoWay), new("watch", Right: false, 10),
            new("what", Right: false, 10), new("who", Right: false, 12),
        ],
        [
            .. shown.Select(one => new[]
            {
                WordOf(one.Kind), $"{one.Row.Count:N0}", one.Row.Watch.Label, WhatOf(one), WriterText.WhoOf(one.Row),
            }),
        ]);

    private static string WhatOf(WriterDifference one) =>
        one.Kind == DifferenceKind.Changed ? string.Join("; ", one.What) : $"values {WriterText.ValuesOf(one.Row)}";
}
