// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using System.CommandLine;
using Livewatcher.Cli.Options;
using Livewatcher.Cli.Output;
using Livewatcher.Cli.Screen;
using Livewatcher.Model;
using Livewatcher.Recording;
using Livewatcher.Render;

namespace Livewatcher.Cli.Verbs;

/// <summary>livewatcher report: shows a recording.</summary>
internal static class ReportVerb
{
    private static readonly string[] Shown = ["command", "began", "host", "kernel", "processor", "cpus", "livewatcher"];

    internal static Command Create()
    {
        Argument<string> recording = new("recording") { Description = "What --record has written." };
        Option<string> format = Choices.Of(
            "--format", "text: the table of writers and the coverage; json: the lines of a run (docs/json.md); csv: a line for each hit; "
            + "folded: stacks for flame graphs; perfetto: a trace for ui.perfetto.dev or chrome://tracing; html: one page for any browser, that needs no "
            + "network (docs/report.md).",
            "text", "json", "csv", "folded", "perfetto", "html");
        SelectionOptions selection = new();
        Option<bool> hits = new("--hits") { Description = "In text: each hit too, as the run has shown it." };
        Option<string?> output = new("--output", "-o") { Description = "Write there instead of to standard output.", HelpName = "FILE" };
        Option<string> color = Choices.Of("--color", "When to colour.", "auto", "always", "never");
        Option<bool> source = new("--source") { Description = "Show the source line of each hit with its neighbours." };
        SourceMapOption map = new();
        DebuginfodOption debuginfod = new();
        Option<bool> tui = new("--tui") { Description = "Look through it in a full-screen view (docs/tui.md)." };
        Command command = new("report", "Show a recording: who wrote, how often, what, and what can have been missed.\n\n"
            + "A recording that is still being written, or whose livewatcher was killed, is read as far as it goes.\n\n"
            + "Examples:\n"
            + "  livewatcher report crash.lwr\n"
            + "  livewatcher report crash.lwr --hits --source --source-map /build/server=.\n"
            + "  livewatcher report crash.lwr --tui\n"
            + "  livewatcher report crash.lwr --filter 'new == 0 && thread != \"init*\"'\n"
            + "  livewatcher report crash.lwr --format html --output crash.html\n"
            + "  livewatcher report crash.lwr --format folded | flamegraph.pl >writers.svg\n"
            + "  livewatcher report crash.lwr --format perfetto --output trace.json\n\n"
            + "Exit status: 0; 1 where the output could not be written; 2 where the file is no recording, damaged, or of a newer livewatcher.")
        {
            recording, format,
        };
        foreach (Option option in (IEnumerable<Option>)[.. selection.All, hits, output, color, source, map.Option, debuginfod.Option, tui])
            command.Options.Add(option);
        command.SetAction(parsed => WatchCommand.Guarded(() =>
        {
            OutputSettings settings = new(parsed.GetValue(format)!, parsed.GetValue(output), parsed.GetValue(color)!, parsed.GetValue(source))
            {
                Hits = parsed.GetValue(hits),
                Places = new SourcePlaces(map.Read(parsed), debuginfod.Read(parsed)),
            };
            return parsed.GetValue(tui)
                ? Browse(parsed.GetValue(recording)!, selection.Read(parsed), settings, alone: parsed.GetResult(format) is null or { Implicit: true } && settings.File is null)
                : Execute(parsed.GetValue(recording)!, selection.Read(parsed), settings);
        }));
        return command;
    }

    private static int Execute(string path, SelectionSettings wanted, OutputSettings settings)
    {
        using RecordingFile file = RecordingFile.Open(path);
        RecordedSelection? selection = RecordedSelection.For(wanted, file);
        using CancellationTokenSource stop = new();
        if (settings.Format == "html")
            settings = settings with { Page = new HtmlOptions { Name = Path.GetFileName(path), Facts = file.Facts, Source = new SourceFiles(settings.Places) } };
        string? failure;
        long done = 0;
        using ProgressLine progress = new(isWanted: !settings.Hits || settings.Format != "text" || settings.File is not null || Console.IsOutputRedirected);
        progress.Show("writing the report", () => (double)Interlocked.Read(ref done) / Math.Max(file.MostHits, 1));
        using (OutputSink sink = OutputSink.Open(settings, standardError: false, stop))
        {
            if (settings.Format == "text")
                sink.Say(Head(path, file));
            foreach (WatchEvent one in RecordedEvents.Of(file, closes: settings.Format is "text" or "html", selection))
            {
                // Output may be on the same terminal.
                if (one is Hit)
                    Interlocked.Increment(ref done);
                else
                    progress.Clear();
                sink.Publish(one);
                if (stop.IsCancellationRequested)
                    break;
            }

            sink.Dispose();
            failure = sink.Failure;
        }

        foreach (string note in settings.Places.Servers?.TakeNotes() ?? [])
            Console.Error.WriteLine($"livewatcher: {Printable.Of(note)}");
        // These formats have no place for a statement.
        if (selection is not null && settings.Format is ("csv" or "folded" or "perfetto"))
            Console.Error.WriteLine($"livewatcher: {Printable.Of(SelectionWords.Of(selection.Outcome))}");
        if (failure is null)
            return ExitCodes.Success;
        Console.Error.WriteLine($"livewatcher: writing the report failed: {failure}");
        return ExitCodes.Degraded;
    }

    private static int Browse(string path, SelectionSettings wanted, OutputSettings output, bool alone)
    {
        if (!alone)
            throw new UserException("--tui shows a screen: --format and --output are for reports");
        using RecordingFile file = RecordingFile.Open(path);
        RecordedSelection? selection = RecordedSelection.For(wanted, file);
        using CancellationTokenSource stop = new();
        using LiveScreen screen = LiveScreen.Open(new ScreenSettings(null), Path.GetFileName(path), output);
        using WatchCommand.Interrupts interrupts = new(stop);
        screen.Start(new ScreenActions { Quit = stop.Cancel });
        foreach (WatchEvent one in RecordedEvents.Of(file, closes: true, selection))
        {
            screen.Publish(one);
            if (stop.IsCancellationRequested)
                break;
        }

        screen.AwaitLeave(stop.Token);
        return ExitCodes.Success;
    }

    private static string Head(string path, RecordingFile file)
    {
        Dictionary<string, string> facts = new(file.Facts, StringComparer.Ordinal);
        List<string> lines = [$"recording    {Printable.Of(path)}"];
        lines.AddRange(Shown.Where(facts.ContainsKey).Select(name => $"{name,-12} {Printable.Of(facts[name])}"));
        return $"{string.Join('\n', lines)}\n\n";
    }
}
