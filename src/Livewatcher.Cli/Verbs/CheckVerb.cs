// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using System.CommandLine;
using System.Text.Json;
using Livewatcher.Cli.Options;
using Livewatcher.Cli.Output;
using Livewatcher.Cli.WatchFiles;
using Livewatcher.Engine.Arming;
using Livewatcher.Model;
using Livewatcher.Render;
using Livewatcher.Symbols;
using Livewatcher.Symbols.Files;

namespace Livewatcher.Cli.Verbs;

/// <summary>livewatcher check: resolves a watch file against a program that does not run.</summary>
internal static class CheckVerb
{
    internal static Command Create()
    {
        Argument<string[]> files = new("files")
        {
            Description = "The watch file (docs/watchfiles.md), the program's file, and shared libraries whose names are looked at too.",
            Arity = new ArgumentArity(2, 100),
        };
        Option<string> format = Choices.Of("--format", "text for people, json: one object a line.", "text", "json");
        Command command = new("check", "Check a watch file: every option, and every expression, condition and writer against a program's file, without running it.\n\n"
            + "found: it is there. later: its types are right, but which memory it is only the run can tell (pointers, other threads' variables).\n"
            + "unknown: none of the files has that name; a library that is loaded later may. wrong: it can never work.\n\n"
            + "Examples:\n"
            + "  livewatcher check watches.toml ./server\n"
            + "  livewatcher check watches.toml ./server ./plugins/cache.so --format json\n\n"
            + "Exit status: 0 where all is found or later; 1 where something is unknown; 2 where something is wrong.")
        {
            files, format,
        };
        command.SetAction(parsed => WatchCommand.Guarded(() =>
            parsed.GetValue(files) is [var watchFile, var binary, .. var libraries] ? Execute(watchFile, binary, libraries, parsed.GetValue(format) == "json") : ExitCodes.Usage));
        return command;
    }

    private static int Execute(string path, string binary, IReadOnlyList<string> libraries, bool json)
    {
        WatchOptions options = new();
        WatchFile file = WatchFile.Read(path, options.Vocabulary);
        IReadOnlyList<WatchRequest> requests = Read(file, options);
        using ProgramFile program = ProgramFile.Open(binary, libraries);
        using TargetSymbols symbols = new(program);
        WatchFileCheck check = new(program, symbols);
        List<CheckedItem> items = [.. check.Check(file, requests, options.Vocabulary)];
        SlotOutlook outlook = SlotOutlook.Of(check.Found);
        using Stream output = Console.OpenStandardOutput();
        foreach (CheckedItem item in items)
        {
            if (json)
                JsonLine.Write(output, line => Write(line, path, item));
            else
                Console.Out.WriteLine(Text(path, item, items));
        }

        if (outlook.Pieces > SlotOutlook.Registers && json)
            JsonLine.Write(output, line => Write(line, path, outlook));
        else if (outlook.Pieces > SlotOutlook.Registers)
            Console.Out.WriteLine($"{Printable.Of(path)}: {Printable.Of(Text(outlook))}");
        foreach (string warning in symbols.TakeWarnings())
            Console.Error.WriteLine($"livewatcher: {Printable.Of(warning)}");
        return items.Max(item => item.Outcome) switch
        {
            NameOutcome.Wrong => ExitCodes.Usage,
            NameOutcome.Unknown => ExitCodes.Degraded,
            _ => ExitCodes.Success,
        };
    }

    /// <summary>As run would read it.</summary>
    private static IReadOnlyList<WatchRequest> Read(WatchFile file, WatchOptions options)
    {
        Command run = new("run");
        options.AddTo(run);
        ParseResult parsed = CommandLine.Parse(run, [.. file.Options.Select(option => option.Argument)]);
        return new FileOrigins([file]).With(parsed, whole => options.Read(whole).Requests);
    }

    private static string Text(string path, CheckedItem item, List<CheckedItem> all)
    {
        int places = all.Max(one => $"{one.Line}".Length), options = all.Max(one => one.Option.Length), texts = Math.Min(40, all.Max(one => one.Text.Length));
        string place = $"{Printable.Of(path)}:{item.Line}".PadRight(Printable.Of(path).Length + 1 + places);
        return $"{place}  {item.Outcome.ToString().ToLowerInvariant(),-7}  {item.Option.PadRight(options)}  {Printable.Of(item.Text).PadRight(texts)}  {Printable.Of(item.Detail)}";
    }

    /// <summary>Of watches that take more registers than there are, if each has its own.</summary>
    private static string Text(SlotOutlook outlook)
    {
        string needs = $"what is found takes {outlook.Pieces} debug registers, and the processor has {SlotOutlook.Registers}: ";
        return outlook.Fits
            ? needs + string.Join("; ", outlook.Sharings.Select(sharing => $"{SharingTally.Join(sharing.Watches)} {(sharing.Watches.Count == 1 ? "will have" : "will share")} one of {sharing.Slot.Length} bytes"))
            : needs + "they will be refused, or take turns (--rotate)";
    }

    private static void Write(Utf8JsonWriter json, string path, SlotOutlook outlook)
    {
        json.WriteString("file", path);
        json.WriteNumber("debug_registers", outlook.Pieces);
        json.WriteBoolean("fits", outlook.Fits);
        json.WriteStartArray("sharings");
        foreach (SharingTally sharing in outlook.Sharings)
        {
            json.WriteStartObject();
            json.WriteStartArray("watches");
            foreach (string watch in sharing.Watches)
                json.WriteStringValue(watch);
            json.WriteEndArray();
            json.WriteNumber("length", sharing.Slot.Length);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static void Write(Utf8JsonWriter json, string path, CheckedItem item)
    {
        json.WriteString("file", path);
        json.WriteNumber("line", item.Line);
        json.WriteString("outcome", item.Outcome.ToString().ToLowerInvariant());
        json.WriteString("option", item.Option);
        json.WriteString("text", item.Text);
        json.WriteString("detail", item.Detail);
    }
}
