// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using System.CommandLine;
using Livewatcher.Cli.Acting;
using Livewatcher.Cli.Composition;
using Livewatcher.Cli.Options;
using Livewatcher.Cli.Screen;
using Livewatcher.Engine.Watching;
using Livewatcher.Linux.ProcFs;
using Livewatcher.Linux.Scheduling;
using Livewatcher.Model;

namespace Livewatcher.Cli.Verbs;

/// <summary>livewatcher attach: watches a process that runs already.</summary>
internal static class AttachVerb
{
    internal static Command Create()
    {
        WatchOptions options = new();
        ConfigOptions config = new(options);
        Argument<string> target = new("target") { Description = "PID, a program's name, or the path of its executable." };
        Command command = new("attach", "Watch the memory of a running process; it is never stopped for a hit and lives on when we end.\n\n"
            + "Examples:\n"
            + "  livewatcher attach server --watch 'cfg->limit' --watch '*(long*)0x7f12a0'\n"
            + "  livewatcher attach 4121 --awatch g_state --hbreak session.c:88 --for 30s --max-hits 1000\n"
            + "  livewatcher attach server --watch g_state --if 'new == BROKEN' --on-hit stop --once\n"
            + "  livewatcher attach server --watch-local 'work::state.len' --if 'new > 4096'\n"
            + "  livewatcher attach server --tui --watch 'q.len'\n"
            + "  livewatcher attach /usr/sbin/nginx --follow-fork --watch 'ngx_cycle->connection_n' --format json\n\n"
            + "Exit status: 0; 1 where the output could not be written; 2 where it could not be watched.");
        options.AddTo(command);
        config.AddTo(command);
        command.Arguments.Add(target);
        command.SetAction(parsed => WatchCommand.Guarded(() => config.With(parsed, whole => Execute(options.Read(whole), whole.GetValue(target)!))));
        return command;
    }

    private static int Execute(WatchSettings settings, string what)
    {
        ProcessId target = Find(what);
        using ProcessLife life = ProcessLife.Open(target);
        // From here on no other process of that number can be meant; until here one could have taken the place of what was found by name.
        if (life.IsOver || !(int.TryParse(what, out _) || ProcessTable.Matches(target, what)))
            throw new UserException($"process {target} has ended");
        OwnNiceness.GiveWay();
        OwnNiceness.Raise(); // until it is armed (WatchCommand)
        SessionOutcome outcome;
        bool outputFailed;
        using (LiveScreen? screen = settings.Screen is { } wanted ? LiveScreen.Open(wanted, $"{ProcessTable.NameOf(target)} (pid {target})", settings.Output) : null)
        using (EarlySymbols symbols = new(life, settings.Servers))
        using (WatchPlatform platform = WatchPlatform.Prepare(settings))
        {
            platform.Attach(life, settings, symbols);
            (outcome, _, outputFailed) = WatchCommand.Watch(platform, settings, target, started: false, screen);
        }

        if (outcome.HandOver is { } to)
            return Debugger.TakeOver(settings.Gdb!, to);
        return outputFailed ? ExitCodes.Degraded : ExitCodes.Success;
    }

    private static ProcessId Find(string what)
    {
        IReadOnlyList<ProcessId> found = ProcessTable.Find(what);
        if (found.Count == 0)
            throw new UserException($"no such process: {what}");
        if (found.Count > 1)
        {
            throw new UserException($"{what} matches {found.Count} processes: {string.Join(", ", found.Take(10).Select(process => $"{process} ({ProcessTable.NameOf(process)})"))}; "
                + "name one by its PID");
        }

        ProcessId target = ProcessTable.ProcessOf(found[0]) ?? throw new UserException($"process {found[0]} has ended");
        if (!ProcessTable.IsAlive(target))
            throw new UserException($"process {target} is dead already (a zombie)");
        if (target.Value == Environment.ProcessId)
            throw new UserException("livewatcher does not watch itself");
        return target;
    }
}
