// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using Livewatcher.Soak.Planning;
using Livewatcher.Soak.Scenes;

namespace Livewatcher.Soak.Faults;

/// <summary>What happens to the target, and who else comes to it.</summary>
internal static class TargetFaults
{
    private const int Killed = 137;

    public static IReadOnlyList<Fault> All { get; } =
    [
        new("kill -9 of the target", Ending.ByTarget, plan => [plan.Run ? Killed : 0])
        {
            StrikeAsync = async scene =>
            {
                scene.TargetKilled = true;
                await Scene.SignalAsync(scene.Page.Pid, "KILL");
            },
        },
        new("the target ends at once", Ending.ByTargetOrRefusal, plan => plan.Run ? [0] : [0, 2])
        {
            Shape = (plan, random) => plan with { AtAnyMoment = true, Gated = false, Moment = plan.Run ? 0 : random.Next(1500), Load = Load.None },
            StrikeAsync = LeaveAsync,
        },
        new("SIGSTOP of the target", Ending.ByTarget, _ => [0])
        {
            Shape = (plan, _) => plan with { Load = plan.Load == Load.TargetStops ? Load.Busy : plan.Load },
            StrikeAsync = async scene =>
            {
                await Scene.SignalAsync(scene.Page.Pid, "STOP");
                await Scene.PauseAsync(scene.Plan.Pause);
                await Scene.SignalAsync(scene.Page.Pid, "CONT");
            },
        },
        new("the target executes itself", Ending.ByTarget, _ => [0])
        {
            Executes = true,
            Shape = (plan, random) => plan with
            {
                FollowExec = random.Next(3) > 0,
                // After an exec it is not there yet.
                Watches = [.. plan.Watches.Select(watch => watch.Word == Word.Heap ? new PlannedWatch(Word.Step, WatchKind.Execute) : watch).Distinct()],
            },
            StrikeAsync = async scene =>
            {
                var before = ActivityAfterExec(scene);
                scene.Page.Command = Command.Execute;
                await Scene.UntilAsync(() => ActivityAfterExec(scene) > before, "the target does not go on after its exec");
            },
        },
        new("a debugger is there before", Ending.ByTargetOrRefusal, plan => plan.Backend == "ptrace" ? [2] : [0])
        {
            IsUnguarded = true,
            Shape = (plan, _) => plan with { Run = false, FollowExec = false, Load = Undisturbed(plan.Load) },
            PrepareAsync = StartTracerAsync,
        },
        new("a debugger comes", Ending.ByTarget, _ => [0])
        {
            IsUnguarded = true,
            Shape = (plan, random) => plan with
            {
                Backend = plan.Backend == "ptrace" ? "bpf" : plan.Backend,
                Guard = "off",
                FollowExec = false,
                Load = Undisturbed(plan.Load),
            },
            StrikeAsync = StartTracerAsync,
        },
    ];

    /// <summary>That debugger does nothing, and knows nothing of stopped processes.</summary>
    private static Load Undisturbed(Load load) => load == Load.TargetStops ? Load.Busy : load;

    /// <summary>Started by livewatcher, it finds the command in place when it comes to its first lines.</summary>
    private static Task LeaveAsync(Scene scene)
    {
        scene.Page.Command = Command.Leave;
        return Task.CompletedTask;
    }

    private static long ActivityAfterExec(Scene scene) =>
        Enum.GetValues<Word>().Sum(word => scene.Page.Read().Begun(Role.Second, word, Way.Store));

    private static async Task StartTracerAsync(Scene scene)
    {
        var tracer = scene.StartTool("tracer", $"{scene.Page.Pid}");
        await Scene.UntilAsync(() => tracer.Output.Contains("ready\n", StringComparison.Ordinal) || tracer.HasExited, "the debugger is not ready");
        if (tracer.HasExited && !scene.Watcher!.HasExited)
        {
            scene.Complaint = tracer.Describe("the debugger could not attach");
        }
    }
}
