// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using System.CommandLine;
using System.Text;
using Livewatcher.Cli.Options;
using Livewatcher.Engine.Examining;
using Livewatcher.Linux.Probing;
using Livewatcher.Model;
using Livewatcher.Render;

namespace Livewatcher.Cli.Verbs;

/// <summary>livewatcher doctor: finds out what works here, by trying it on a process of our own.</summary>
internal static class DoctorVerb
{
    internal static Command Create()
    {
        Option<string> format = Choices.Of("--format", "text for people, json: one object on one line (docs/doctor.md).", "text", "json");
        Option<string> color = Choices.Of("--color", "When to colour.", "auto", "always", "never");
        Option<string?> output = new("--output", "-o") { Description = "Write there instead of to standard output.", HelpName = "FILE" };
        Command command = new("doctor", "Find out by trying what can be watched here, what not, why, and which command mends it.\n\n"
            + "It tries on a process of its own only, within a few seconds, and leaves nothing behind.\n\n"
            + "Examples:\n"
            + "  livewatcher doctor\n"
            + "  livewatcher doctor --format json | jq -r '.checks[] | select(.outcome != \"works\") | .finding'\n\n"
            + "Exit status: 0 everything works; 1 watching works, with restrictions; 2 it does not.")
        {
            format,
            color,
            output,
        };
        command.SetAction(parsed => WatchCommand.Guarded(() =>
            Execute(parsed.GetValue(format)!, parsed.GetValue(color)!, parsed.GetValue(output))));
        return command;
    }

    private static int Execute(string format, string color, string? file)
    {
        // Opened first: nobody shall wait for what cannot be written.
        using Stream stream = Open(file);
        bool terminal = file is null && !Console.IsOutputRedirected;
        DoctorReport report = Examination.Of(Prober.Observe());
        try
        {
            Write(stream, report, format, color, terminal);
        }
        catch (IOException e)
        {
            throw new UserException($"writing the report failed: {e.Message}");
        }

        return (int)report.Verdict;
    }

    private static void Write(Stream stream, DoctorReport report, string format, string color, bool terminal)
    {
        if (format == "json")
        {
            DoctorJsonRenderer.Write(stream, report);
        }
        else
        {
            using StreamWriter text = new(stream, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false), leaveOpen: true);
            bool colour = color == "always" || (color == "auto" && terminal && Environment.GetEnvironmentVariable("NO_COLOR") is null or "");
            DoctorTextRenderer.Write(text, report, new TextOptions { Colour = colour, Width = terminal ? TerminalWidth() : 0 });
        }

        stream.Flush();
    }

    private static int TerminalWidth()
    {
        try
        {
            return Console.WindowWidth;
        }
        catch (IOException)
        {
            return 0; // a terminal that does not say: no line is wrapped
        }
    }

    private static Stream Open(string? file)
    {
        if (file is null)
            return Console.OpenStandardOutput();
        try
        {
            return new FileStream(file, FileMode.Create, FileAccess.Write, FileShare.ReadWrite, 0);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            throw new UserException($"cannot write --output {file}: {e.Message}");
        }
    }
}
