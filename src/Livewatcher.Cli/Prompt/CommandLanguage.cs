// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using Livewatcher.Engine.Serving;
using Livewatcher.Model;
using Livewatcher.Recording;
using Livewatcher.Render;

namespace Livewatcher.Cli.Prompt;

/// <summary>What a command had to say.</summary>
/// <param name="Text">For people; ends with a line's end where there is any.</param>
/// <param name="Failed">It was not understood, or refused.</param>
/// <param name="Quit">The listener shall end.</param>
internal readonly record struct CommandReply(string Text, bool Failed = false, bool Quit = false);

/// <summary>The commands of the listener's prompt and of `livewatcher ctl`.</summary>
internal sealed class CommandLanguage(ListenSession session, FlightRecorder? flight = null)
{
    private const string Help = """
        help                       this text
        status                     backend, settings, and each program with its watches, registers and counts
        watches                    what is armed, one line each
        dr                         the debug registers of each program
        set record_watcher N       with each hit also show where its watch was set: 0 off, N levels (at least 3), -1 all
        set ignore_hwbp_sigtrap N  1: the program never notices a hit; 0: the accessing thread receives SIGTRAP
        set ubacktrace_detail N    1: frames with place and module; 0: functions alone
        set addr2line N            1: places by file and line; 0: by address
        set sync NAME              how watches that are set from now on reach other CPUs: direct, sigall, lockrq, sigrun, singlestep
        dump [FILE]                write what the flight recorder holds (listen --record FILE --last N), to its file or another one
        quit, exit                 end; what is armed is disarmed, the programs go on

        """;

    private static readonly string[] Commands = ["dr", "dump", "exit", "help", "quit", "set", "status", "watches"];

    internal async Task<CommandReply> DoAsync(string line)
    {
        string[] words = line.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
        return words switch
        {
            [] => default,
            ["help"] => new CommandReply(Help),
            ["status"] => new CommandReply(Show([await session.StatusAsync().ConfigureAwait(false)])),
            ["watches"] => new CommandReply(WatchLines(await session.StatusAsync().ConfigureAwait(false))),
            ["dr"] => new CommandReply(RegisterLines(await session.RegistersAsync().ConfigureAwait(false))),
            ["set", var name, var value] => Answer(await session.SetAsync(name, value).ConfigureAwait(false)),
            ["set", ..] => new CommandReply($"set NAME VALUE; the names are {string.Join(", ", ListenSettings.Names)}\n", Failed: true),
            ["dump", ..] => Dump(line.Trim()["dump".Length..].Trim()),
            ["quit"] or ["exit"] => new CommandReply(string.Empty, Quit: true),
            [var unknown, ..] => new CommandReply($"'{Printable.Of(unknown)}' is no command here; help lists them\n", Failed: true),
        };
    }

    /// <summary>What the word before the cursor may go on to.</summary>
    internal static IReadOnlyList<string> Complete(string before)
    {
        string[] words = before.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        bool begins = before.Length == 0 || before[^1] == ' ';
        string word = begins ? string.Empty : words[^1];
        int place = words.Length - (begins ? 0 : 1);
        IEnumerable<string> candidates = place switch
        {
            0 => Commands,
            1 when words[0] == "set" => ListenSettings.Names,
            2 when words is ["set", ListenSettings.SyncName, ..] => SyncMethods.Names,
            _ => [],
        };
        return [.. candidates.Where(candidate => candidate.StartsWith(word, StringComparison.Ordinal))];
    }

    /// <param name="file">To the end of the line: a name may have spaces. Empty: the usual one.</param>
    private CommandReply Dump(string file)
    {
        if (flight is null)
            return new CommandReply("there is no flight recorder: it takes listen --record FILE --last N\n", Failed: true);
        try
        {
            return new CommandReply($"{Printable.Of(flight.Dump(file.Length == 0 ? null : file))}\n");
        }
        catch (UserException e)
        {
            return new CommandReply($"{Printable.Of(e.Message)}\n", Failed: true);
        }
    }

    private static CommandReply Answer(string? refusal) => refusal is null ? default : new CommandReply($"{Printable.Of(refusal)}\n", Failed: true);

    private static string RegisterLines(IReadOnlyList<RegistersEvent> registers) =>
        registers.Count == 0 ? "no program is connected\n" : Show(registers);

    private static string WatchLines(StatusEvent status)
    {
        List<string> lines = [];
        foreach (ServedProcess served in status.Processes)
        {
            lines.AddRange(served.Watches.Select(watch => Printable.Of(
                $"pid {served.Process} {served.Name}: {watch.Number} {watch.Watch.Mode.Word()} {watch.Watch.Label} "
                + $"({watch.Watch.Length} at {watch.Watch.Address}), {watch.Account.Counted:N0} hits")));
        }

        return lines.Count == 0 ? "nothing is armed\n" : string.Join('\n', lines) + "\n";
    }

    private static string Show(IEnumerable<WatchEvent> events)
    {
        using StringWriter text = new();
        TextRenderer renderer = new(text, new TextOptions());
        foreach (WatchEvent one in events)
            renderer.Publish(one);
        return text.ToString();
    }
}
