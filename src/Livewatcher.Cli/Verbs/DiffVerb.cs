// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using System.CommandLine;
using System.Text;
using Livewatcher.Cli.Options;
using Livewatcher.Cli.Output;
using Livewatcher.Engine.Comparing;
using Livewatcher.Linux.Interop;
using Livewatcher.Model;
using Livewatcher.Recording;
using Livewatcher.Render;

namespace Livewatcher.Cli.Verbs;

/// <summary>livewatcher diff: which writers are new, gone or changed from one recording to another.</summary>
internal static class DiffVerb
{
    internal static Command Create()
    {
        Argument<string[]> recordings = new("recordings") { Description = "Two files of --record: the former, the latter.", Arity = new ArgumentArity(2, 2) };
        SelectionOptions selection = new();
        Option<string> format = Choices.Of("--format", "text for people, json: one object a line (docs/json.md).", "text", "json");
        Option<string> color = Choices.Of("--color", "When to colour.", "auto", "always", "never");
        Command command = new("diff", "Compare two recordings: which writers are new, gone, or changed.\n\n"
            + "A writer is known again by the functions and lines of its whole stack and the build-ids of their files, wherever they were loaded; in another build\n"
            + "by its functions alone, and then it counts as changed.\n\n"
            + "Examples:\n"
            + "  livewatcher diff good.lwr bad.lwr\n"
            + "  livewatcher diff good.lwr bad.lwr --filter 'new == 0'\n"
            + "  livewatcher diff good.lwr bad.lwr --format json | jq -r 'select(.kind == \"new\") | .after.stack[0].function'\n\n"
            + "Exit status: 0 where no writer is new, gone or changed; 1 where one is; 2 where a file is no recording, or damaged.")
        {
            recordings, format,
        };
        foreach (Option option in (IEnumerable<Option>)[.. selection.All, color])
            command.Options.Add(option);
        command.SetAction(parsed => WatchCommand.Guarded(() =>
            Execute(parsed.GetValue(recordings)!, selection.Read(parsed), parsed.GetValue(format)!, parsed.GetValue(color)!)));
        return command;
    }

    private static int Execute(string[] paths, SelectionSettings wanted, string format, string color)
    {
        (List<WriterRow> Writers, CoverageEvent Coverage) before = Read(paths[0], wanted);
        (List<WriterRow> Writers, CoverageEvent Coverage) after = Read(paths[1], wanted);
        RecordingComparison comparison = new(
            paths[0], paths[1], before.Coverage, after.Coverage, WriterComparison.Compare(before.Writers, after.Writers));
        try
        {
            using BufferedStream output = new(new DescriptorStream(1), 1 << 16);
            if (format == "json")
                ComparisonJson.Write(output, comparison);
            else
                WriteText(output, comparison, color);
            output.Flush();
        }
        catch (IOException e)
        {
            throw new UserException($"writing the comparison failed: {e.Message}");
        }

        return comparison.Differs ? ExitCodes.Degraded : ExitCodes.Success;
    }

    private static void WriteText(Stream output, RecordingComparison comparison, string color)
    {
        bool terminal = !Console.IsOutputRedirected;
        bool colour = color == "always" || (color == "auto" && terminal && Environment.GetEnvironmentVariable("NO_COLOR") is null or "");
        using StreamWriter text = new(output, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false), leaveOpen: true);
        ComparisonText.Write(text, comparison, new TextOptions { Colour = colour, Width = terminal ? OutputSink.TerminalWidth() : 0 });
    }

    private static (List<WriterRow> Writers, CoverageEvent Coverage) Read(string path, SelectionSettings wanted)
    {
        using RecordingFile file = RecordingFile.Open(path);
        List<WriterRow> writers = [];
        CoverageEvent? coverage = null;
        foreach (WatchEvent one in RecordedEvents.Of(file, closes: true, RecordedSelection.For(wanted, file)))
        {
            if (one is WriterRow row)
                writers.Add(row);
            coverage = one as CoverageEvent ?? coverage;
        }

        return (writers, coverage!);
    }
}
