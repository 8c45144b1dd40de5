// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using System.Collections;
using System.CommandLine;
using Livewatcher.Cli.Composition;
using Livewatcher.Cli.Options;
using Livewatcher.Cli.Output;
using Livewatcher.Cli.Screen;
using Livewatcher.Engine.Watching;
using Livewatcher.Linux.Guard;
using Livewatcher.Model;

namespace Livewatcher.Cli.Verbs;

/// <summary>livewatcher run: starts a program and watches it from before its first instruction.</summary>
internal static class RunVerb
{
    internal static Command Create()
    {
        WatchOptions options = new();
        ConfigOptions config = new(options);
        Argument<string[]> program = new("program")
        {
            Description = "The program and its arguments, after --.",
            Arity = ArgumentArity.OneOrMore,
        };
        Command command = new("run", "Start a program and report every access to its memory.\n\n"
            + "Examples:\n"
            + "  livewatcher run --watch 'g_table[3].refcnt' -- ./server --port 80\n"
            + "  livewatcher run --watch 'cache.c::head' --source --output hits.txt -- ./batch\n"
            + "  livewatcher run --watch g_state --record crash.lwr --last 10000 -- ./server\n"
            + "  livewatcher run --tui --watch g_state -- ./server\n"
            + "  livewatcher run --config watches.toml -- ./server\n"
            + "  livewatcher run --awatch g_state --format json --output hits.jsonl -- ./server\n\n"
            + "The target's standard streams are its own (with --tui: --tui-output); ours goes to standard error or --output.\n"
            + "Exit status: the target's, 128+N where signal N killed it; 1 where the output could not be written and it runs on;\n"
            + "2 where it could not be watched; 130 where Ctrl-C has ended the watching and it runs on.");
        options.AddTo(command);
        config.AddTo(command);
        command.Arguments.Add(program);
        command.SetAction(parsed => WatchCommand.Guarded(() => config.With(parsed, whole => Execute(options.Read(whole), whole.GetValue(program)!))));
        return command;
    }

    private static int Execute(WatchSettings settings, string[] program)
    {
        LaunchRequest launch = new(FindProgram(program[0]), program, ReadEnvironment());
        // Before the target, which inherits where its output goes.
        using LiveScreen? screen = settings.Screen is { } wanted ? LiveScreen.Open(wanted, Path.GetFileName(program[0]), settings.Output.Color) : null;
        using WatchPlatform platform = WatchPlatform.Prepare(settings);
        Recordings.Check(settings.Record);
        ProcessId target = platform.Launch(launch, settings);
        (SessionOutcome outcome, int? status, bool outputFailed) = WatchCommand.Watch(platform, settings, target, started: true, screen);
        if (status is { } ended)
            return ExitCodes.FromWaitStatus(ended);
        if (outcome.TargetRuns)
            Console.Error.WriteLine($"livewatcher: process {target} runs on, unwatched");
        return outputFailed ? ExitCodes.Degraded : ExitCodes.Interrupted;
    }

    /// <summary>As execvp(3) finds it.</summary>
    private static string FindProgram(string name)
    {
        if (name.Contains('/'))
            return name;
        foreach (string folder in (Environment.GetEnvironmentVariable("PATH") ?? "/usr/local/bin:/usr/bin:/bin").Split(':'))
        {
            string candidate = Path.Combine(folder.Length == 0 ? "." : folder, name);
            if (IsExecutable(candidate))
                return candidate;
        }

        throw new UserException($"cannot start {name}: not found in PATH");
    }

    private static bool IsExecutable(string path)
    {
        const UnixFileMode Any = UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute;
        return File.Exists(path) && (File.GetUnixFileMode(path) & Any) != UnixFileMode.None;
    }

    private static List<string> ReadEnvironment()
    {
        List<string> entries = [];
        foreach (DictionaryEntry entry in Environment.GetEnvironmentVariables())
            entries.Add($"{entry.Key}={entry.Value}");
        return entries;
    }
}
