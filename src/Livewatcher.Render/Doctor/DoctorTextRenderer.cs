// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using Livewatcher.Model;

namespace Livewatcher.Render;

/// <summary>Writes an examination for people: what was tried line by line, what run and attach would do, last the verdict.
/// A command that mends something has a line of its own and is never broken, so that it can be copied. Failures of the
/// writer pass through as it throws them.</summary>
public static class DoctorTextRenderer
{
    // The longest outcome and the longest title, two spaces after each.
    private const int TitleColumn = 10;
    private const int FindingColumn = 32;

    // "run, attach" and two spaces.
    private const int OutlookColumn = 13;

    /// <param name="output">Must encode as UTF-8. Stays the caller's.</param>
    /// <param name="report">What to write.</param>
    /// <param name="options">Colour and width.</param>
    public static void Write(TextWriter output, DoctorReport report, TextOptions options)
    {
        var page = new Page(options.Colour, options.Width);
        page.Sentence(Machine(report.Machine), 0, Tone.Faint).End();
        foreach (var check in report.Checks)
        {
            WriteCheck(page, check);
        }

        page.End();
        foreach (var same in report.Outlooks.GroupBy(Outcome))
        {
            WriteOutlook(page, string.Join(", ", same.Select(outlook => outlook.Verb)), same.First());
        }

        page.End();
        WriteVerdict(page, report.Verdict);
        page.Flush(output);
    }

    private static string Machine(MachineFacts machine)
    {
        var user = machine.UserId == 0 ? "root" : $"user {machine.UserId}";
        var capabilities = machine.Capabilities.Count == 0 ? "no capability that matters" : string.Join(", ", machine.Capabilities);
        return $"Linux {machine.Kernel}, {Words.Count(machine.Cpus, "CPU")}, {(machine.Hypervisor ? "a virtual machine" : "no hypervisor")}; {user} with {capabilities}";
    }

    private static void WriteCheck(Page page, Check check)
    {
        page.Add(DoctorWords.Of(check.Outcome), ToneOf(check.Outcome)).To(TitleColumn);
        page.Add(check.Title, Tone.Strong).To(FindingColumn).Sentence(check.Finding, FindingColumn);
        foreach (var remedy in check.Remedies)
        {
            page.To(FindingColumn).Add("$ ", Tone.Faint).Add(remedy, Tone.Value).End();
        }
    }

    // What must be equal for two verbs to share their lines.
    private static string Outcome(VerbOutlook outlook) =>
        string.Join('\n', [$"{outlook.Possible} {outlook.Backend} {outlook.Scope} {outlook.Guard}", .. outlook.Reasons]);

    private static void WriteOutlook(Page page, string verbs, VerbOutlook outlook)
    {
        page.Add(verbs, Tone.Strong).To(OutlookColumn);
        if (!outlook.Possible)
        {
            page.Add("refused: ", Tone.Alarm);
        }

        page.Add($"--backend {outlook.Backend} --scope {outlook.Scope} --guard {(outlook.Guard ? "on" : "off")}").End();
        foreach (var reason in outlook.Reasons)
        {
            page.Sentence(reason, OutlookColumn, Tone.Faint);
        }
    }

    private static void WriteVerdict(Page page, DoctorVerdict verdict)
    {
        var (text, tone) = verdict switch
        {
            DoctorVerdict.Works => ("everything works", Tone.Good),
            DoctorVerdict.Degraded => ("watching works, with the restrictions above", Tone.Warning),
            _ => ("cannot watch here", Tone.Alarm),
        };
        page.Add("doctor: ", Tone.Strong).Add(text, tone).Add($" (exit status {(int)verdict})", Tone.Faint).End();
    }

    private static Tone ToneOf(CheckOutcome outcome) => outcome switch
    {
        CheckOutcome.Works => Tone.Good,
        CheckOutcome.Degraded => Tone.Warning,
        _ => Tone.Alarm,
    };
}
