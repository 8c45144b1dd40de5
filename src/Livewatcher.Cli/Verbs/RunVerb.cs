// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using System.CommandLine;
using Livewatcher.Cli.Acting;
using Livewatcher.Cli.Composition;
using Livewatcher.Cli.Options;
using Livewatcher.Cli.Output;
using Livewatcher.Cli.Screen;
using Livewatcher.Engine.Watching;
using Livewatcher.Export;
using Livewatcher.Linux.Acting;
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
            + "  livewatcher run --canary parse_header --source -- ./server\n"
            + "  livewatcher run --alloc cache.c:31 --offset 24:8 --after-free -- ./server\n"
            + "  livewatcher run --at push --watch 'queue->len' --until return -- ./server\n"
            + "  livewatcher run --rotate --watch q.head --watch q.tail --watch q.len --watch q.cap --watch g_state -- ./server\n"
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
        string path = ProgramPath.Find(program[0]) ?? throw new UserException($"cannot start {program[0]}: not found in PATH");
        LaunchRequest launch = new(path, program, OwnEnvironment.Entries);
        ProcessId target;
        SessionOutcome outcome;
        int? status;
        bool outputFailed;
        // Before the target, which inherits where its output goes.
        using (LiveScreen? screen = settings.Screen is { } wanted ? LiveScreen.Open(wanted, Path.GetFileName(program[0]), settings.Output) : null)
        using (WatchPlatform platform = WatchPlatform.Prepare(settings))
        {
            Recordings.Check(settings.Record);
            Exporters.Check(settings.Export);
            target = platform.Launch(launch, settings);
            (outcome, status, outputFailed) = WatchCommand.Watch(platform, settings, target, started: true, screen);
        }

        if (outcome.HandOver is { } to)
            return Debugger.TakeOver(settings.Gdb!, to);
        if (status is { } ended)
            return ExitCodes.FromWaitStatus(ended);
        if (outcome.TargetRuns)
            Console.Error.WriteLine($"livewatcher: process {target} runs on, unwatched");
        return outputFailed ? ExitCodes.Degraded : ExitCodes.Interrupted;
    }
}
