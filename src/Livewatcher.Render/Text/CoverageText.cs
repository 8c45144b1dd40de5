// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using Livewatcher.Model;

namespace Livewatcher.Render;

/// <summary>The closing statement as text.</summary>
internal static class CoverageText
{
    private const int Indent = 2;

    public static void Write(Page page, CoverageEvent coverage, WatchTally tally)
    {
        page.End();
        foreach (var line in CoverageStatement.Of(coverage, tally))
        {
            switch (line.Kind)
            {
                case StatementKind.Verdict:
                    page.Add("coverage: ", Tone.Strong).Add(line.Text, new CoverageView(coverage).Complete ? Tone.Good : Tone.Alarm).End();
                    break;
                case StatementKind.Gap:
                    page.To(Indent).Add("gap: ", Tone.Alarm).Sentence(line.Text, page.Column, Tone.Alarm);
                    break;
                case StatementKind.Finding:
                    page.Sentence(line.Text, Indent, Tone.Strong);
                    break;
                case StatementKind.Remark:
                    page.To(Indent).Add("note: ", Tone.Faint).Sentence(line.Text, page.Column);
                    break;
                default:
                    page.Sentence(line.Text, Indent);
                    break;
            }
        }
    }
}
