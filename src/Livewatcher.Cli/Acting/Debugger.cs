// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using Livewatcher.Cli.Options;
using Livewatcher.Engine.Watching;
using Livewatcher.Linux.Acting;
using Livewatcher.Model;

namespace Livewatcher.Cli.Acting;

/// <summary>gdb(1), for --on-hit gdb and core.</summary>
internal static class Debugger
{
    /// <returns>Its path; null where no watch asks for it.</returns>
    /// <exception cref="UserException">It is asked for and not installed.</exception>
    internal static string? Find(IReadOnlyList<WatchRequest> requests)
    {
        if (!requests.Any(request => request.Reaction.Actions.Any(action => action.Kind is ActionKind.Gdb or ActionKind.Core)))
            return null;
        return ProgramPath.Find("gdb") ?? throw new UserException("--on-hit gdb and core take gdb, which is not in PATH (apt-get install gdb)");
    }

    /// <summary>Becomes gdb at the thread that has hit. Nothing of ours holds the process any more. Comes back only where that fails.</summary>
    /// <returns>Exit status.</returns>
    internal static int TakeOver(string gdb, HandOver to)
    {
        // No command of gdb's own selects a thread by its tid. A gdb without Python says so, and has named the thread's number before.
        string[] thread = to.Thread is not { } one ? [] :
        [
            "-ex", $"thread find {one}",
            "-ex", $"python next(t for t in gdb.selected_inferior().threads() if t.ptid[1] == {one}).switch()",
            "-ex", "frame",
        ];
        string failure = ProcessImage.Become(gdb, ["gdb", "-p", $"{to.Process}", .. thread]);
        Console.Error.WriteLine($"livewatcher: cannot start {gdb}: {failure}; process {to.Process} stays stopped (kill -CONT {to.Process} lets it go on)");
        return ExitCodes.Degraded;
    }
}
