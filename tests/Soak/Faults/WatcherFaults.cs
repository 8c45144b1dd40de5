// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using Livewatcher.Live.Tests.Processes;
using Livewatcher.Soak.Planning;
using Livewatcher.Soak.Scenes;

namespace Livewatcher.Soak.Faults;

/// <summary>What happens to livewatcher.</summary>
internal static class WatcherFaults
{
    private const int Killed = 137;
    private const int Terminated = 143;
    private const int Interrupted = 130;
    private const int Crashed = 139;
    private const int Aborted = 134;

    public static IReadOnlyList<Fault> All { get; } =
    [
        new("none", Ending.ByTarget, _ => [0]),
        new("enough hits", Ending.ByWatcher, _ => [0])
        {
            Shape = (plan, random) => plan with { MaxHits = random.Next(1, 30), Run = false, Quiet = false, Load = plan.Load == Load.WatcherStops ? Load.Busy : plan.Load },
        },
        new("kill -9 of livewatcher", Ending.Mute, _ => [Killed])
        {
            Shape = Armed,
            StrikeAsync = scene => Scene.SignalAsync(scene.Watcher!.Id, "KILL"),
        },
        new("kill -9 of livewatcher at any moment", Ending.Mute, _ => [Killed])
        {
            Shape = AtAnyMoment,
            StrikeAsync = scene => Scene.SignalAsync(scene.Watcher!.Id, "KILL"),
        },
        Signal("SIGTERM", "TERM"),
        Signal("SIGINT", "INT"),
        Signal("SIGHUP", "HUP"),
        // Before the handlers are there, the signal's default action is right too.
        new("SIGTERM at any moment", Ending.Mute, plan => [Terminated, plan.Run ? Interrupted : 0])
        {
            Shape = AtAnyMoment,
            StrikeAsync = scene => Scene.SignalAsync(scene.Watcher!.Id, "TERM"),
        },
        // In the midst of managed code the runtime takes it for a null reference there, and aborts with that code's stack.
        new("SIGSEGV of livewatcher", Ending.Mute, _ => [Crashed, Aborted])
        {
            MayEndWithStack = true,
            Shape = Armed,
            StrikeAsync = CrashAsync,
        },
        new("SIGSTOP of livewatcher", Ending.ByTarget, _ => [0])
        {
            Shape = Armed,
            StrikeAsync = async scene =>
            {
                await Scene.SignalAsync(scene.Watcher!.Id, "STOP");
                await Scene.PauseAsync(scene.Plan.Pause);
                await Scene.SignalAsync(scene.Watcher!.Id, "CONT");
            },
        },
        new("SIGSTOP of the guard", Ending.ByTarget, _ => [0])
        {
            Shape = (plan, random) => Armed(plan, random) with { Guard = "on" },
            StrikeAsync = async scene =>
            {
                foreach (var guard in scene.Watchers().Where(pid => ProcFile.Status(pid, "Name") == "lw-guard"))
                {
                    await Scene.SignalAsync(guard, "STOP");
                    await Scene.PauseAsync(scene.Plan.Pause);
                    await Scene.SignalAsync(guard, "CONT");
                }
            },
        },
        new("few descriptors", Ending.ByTargetOrRefusal, _ => [0, 2])
        {
            Shape = (plan, random) => plan with { Descriptors = random.Next(8, 80) },
            Shell = plan => $"ulimit -n {plan.Descriptors}; exec \"$@\"",
        },
    ];

    private static Fault Signal(string title, string name) => new(title, Ending.ByWatcher, plan => [plan.Run ? Interrupted : 0])
    {
        Shape = Armed,
        StrikeAsync = scene => Scene.SignalAsync(scene.Watcher!.Id, name),
    };

    /// <summary>The runtime takes the first one for a fault of the program, restores the default action and lets the instruction fail
    /// again, which it does not if the signal came from outside: it is the second one that ends it.</summary>
    private static async Task CrashAsync(Scene scene)
    {
        for (var i = 0; i < 5 && !scene.Watcher!.HasExited; i++)
        {
            await Scene.SignalAsync(scene.Watcher.Id, "SEGV");
            await Scene.PauseAsync(100);
        }
    }

    /// <summary>Who stops and continues livewatcher would only disturb this.</summary>
    private static Plan Armed(Plan plan, Random random) => plan with { Load = plan.Load == Load.WatcherStops ? Load.Busy : plan.Load };

    private static Plan AtAnyMoment(Plan plan, Random random) =>
        Armed(plan, random) with { AtAnyMoment = true, Gated = false, Moment = random.Next(Live.Tests.Running.Emulation.Choose(400, 3000)) };
}
