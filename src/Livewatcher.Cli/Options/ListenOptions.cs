// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using System.CommandLine;
using Livewatcher.Engine.Choosing;
using Livewatcher.Engine.Serving;
using Livewatcher.Model;

namespace Livewatcher.Cli.Options;

/// <summary>What a listener is told by its options, parsed.</summary>
/// <param name="Watching">How it arms and shows.</param>
/// <param name="Programs">Who is admitted: PIDs, names, paths; empty: everyone who may connect.</param>
/// <param name="Socket">Where it listens; null for the usual place.</param>
/// <param name="Mode">Of the socket.</param>
/// <param name="Group">Of the socket; null leaves it.</param>
/// <param name="LogFolder">Null for no log.</param>
/// <param name="Settings">As they are at the start.</param>
/// <param name="ByPtrace">Debug registers are read by ptrace(2).</param>
internal sealed record ListenRequest(
    WatchSettings Watching, IReadOnlyList<string> Programs, string? Socket, UnixFileMode Mode, string? Group, string? LogFolder, ListenSettings Settings,
    bool ByPtrace);

/// <summary>The options of listen.</summary>
internal sealed class ListenOptions
{
    private readonly Option<string[]> program = new("--program", "-p")
    {
        Description = "Serve this program only: a PID, a name, or the path of an executable. Repeatable; without it, everyone who may connect.",
        HelpName = "PROGRAM",
    };

    private readonly Option<string?> socket = new("--socket")
    {
        Description = "Listen there (default: $LIVEWATCHER_SOCKET; /run/livewatcher/socket for root, else $XDG_RUNTIME_DIR/livewatcher/socket).",
        HelpName = "PATH",
    };

    private readonly Option<string> mode = new("--mode")
    {
        Description = "Permission of the socket, in octal: who may connect.",
        DefaultValueFactory = _ => "0660",
        HelpName = "MODE",
    };

    private readonly Option<string?> group = new("--group") { Description = "Group of the socket, by name or number.", HelpName = "GROUP" };

    private readonly Option<string> log = new("--log")
    {
        Description = "Folder of the log, livewatcher_YYYY_MM_DD_HH_MM_SS.log.",
        DefaultValueFactory = _ => "log",
        HelpName = "DIR",
    };

    private readonly Option<bool> noLog = new("--no-log") { Description = "Write no log." };

    private readonly Option<bool> lines = new("--addr2line") { Description = "Backtraces name file and line (the default)." };

    private readonly Option<bool> noLines = new("--no-addr2line") { Description = "Backtraces show addresses instead of file and line." };

    private readonly Option<string[]> set = new("--set")
    {
        Description = "A setting from the start, as the prompt's 'set': record_watcher=N, ignore_hwbp_sigtrap=0|1, ubacktrace_detail=0|1, sync=NAME. Repeatable.",
        HelpName = "NAME=VALUE",
    };

    private readonly Option<string> sync = Choices.Of(
        "--sync", "How a watch reaches threads that run on other CPUs: by the kernel, by signals, or in their stops (docs/sync.md).",
        [.. SyncMethods.Names]);

    private readonly Option<string> source = Choices.Of(
        "--dr-source", "Where the debug registers that are shown come from: what livewatcher has armed, or what ptrace(2) reads in each thread.",
        "engine", "ptrace");

    /// <summary>To be refused in words of its own.</summary>
    private readonly Option<string[]> onHit = new("--on-hit") { Hidden = true };

    private readonly Option<bool> tui = new("--tui") { Hidden = true };

    private readonly Option<string?> duration = new("--for") { Description = "End after this time: 30s, 500ms, 5m, 2h.", HelpName = "TIME" };

    private readonly BackendOptions backend = new();
    private readonly OutputOptions output = new();
    private readonly RecordOptions record = new();
    private readonly ExportOptions export = new();

    internal void AddTo(Command command)
    {
        foreach (Option option in (Option[])[program, socket, mode, group, log, noLog, lines, noLines, set, sync, source, backend.Backend, backend.Guard, duration, onHit, tui,
            .. backend.Capture, .. output.All, .. record.All, .. export.All])
        {
            command.Options.Add(option);
        }
    }

    /// <exception cref="UserException">A value makes no sense.</exception>
    internal ListenRequest Read(ParseResult parsed)
    {
        ListenSettings settings = new();
        if (parsed.GetResult(onHit) is not null)
            throw new UserException("listen takes no --on-hit: there a program watches itself, and says what it wants (--set ignore_hwbp_sigtrap=0: SIGTRAP at each access)");
        if (parsed.GetValue(tui))
            throw new UserException("listen takes no --tui: it has a prompt of its own, where \"status\" shows what is watched; run, attach and report have the live view");
        if (parsed.GetValue(lines) && parsed.GetValue(noLines))
            throw new UserException("--addr2line and --no-addr2line: one of them");
        settings.LineNumbers = !parsed.GetValue(noLines);
        foreach (string one in parsed.GetValue(set) ?? [])
        {
            string[] parts = one.Split('=', 2);
            if (parts.Length < 2)
                throw new UserException($"--set {one}: NAME=VALUE is meant");
            if (settings.TrySet(parts[0], parts[1]) is { } refusal)
                throw new UserException($"--set {one}: {refusal}");
        }

        if (parsed.GetResult(sync) is { Implicit: false })
            _ = settings.TrySet(ListenSettings.SyncName, parsed.GetValue(sync)!);
        WatchSettings asked = backend.ReadWithoutScope(parsed);
        WatchSettings watching = asked with
        {
            // The other methods take threads that nobody traces.
            Guard = settings.Sync != SyncMethod.Direct && asked.Guard == "auto" ? BackendChoice.ByLibraries : asked.Guard,
            For = parsed.GetValue(duration) is { } time ? Quantities.ParseTime(time) : null,
            Output = output.Read(parsed, asked.Servers),
            Record = record.Read(parsed),
            Export = export.Read(parsed),
        };
        return new ListenRequest(
            watching, parsed.GetValue(program) ?? [], parsed.GetValue(socket), Quantities.ParseMode(parsed.GetValue(mode)!), parsed.GetValue(group),
            parsed.GetValue(noLog) ? null : parsed.GetValue(log), settings,
            parsed.GetValue(source) == "ptrace");
    }
}
