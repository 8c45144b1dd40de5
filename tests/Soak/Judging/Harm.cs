// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using Livewatcher.Live.Tests.Processes;
using Livewatcher.Soak.Scenes;

namespace Livewatcher.Soak.Judging;

/// <summary>Whether the target has come to no harm: it goes on, its debug registers are free, and it ends by itself, content.</summary>
internal static class Harm
{
    /// <summary>Of a target that livewatcher has left alone.</summary>
    public static async Task<IEnumerable<string>> AfterWatchingAsync(Scene scene)
    {
        List<string> problems = [];
        // Refused before the gate was opened.
        if (scene.Page.Command == Command.Wait)
        {
            scene.Page.Command = Command.Run;
        }

        if (scene.Page.Pid == 0 && await NeverCameAsync(scene))
        {
            return problems;
        }

        var activity = scene.Page.Read().Activity;
        try
        {
            await Scene.UntilAsync(() => scene.Page.Read().Activity > activity, "");
        }
        catch (TimeoutException)
        {
            return [$"the target does not go on: {State(scene.Page.Pid)}"];
        }

        // Whom a debugger traces nobody else has poked.
        var backend = scene.Plan.Backend == "ptrace" && ProcFile.TracerOf(scene.Page.Pid) == 0 ? "ptrace" : "perf";
        var registers = scene.StartTool("registers", $"{scene.Page.Pid}", backend);
        if (await registers.ExitAsync(Scene.Limit) != 0)
        {
            problems.Add(registers.Output.ReplaceLineEndings("; ") + registers.Errors);
        }

        scene.Page.Command = Command.Stop;
        return [.. problems, .. await AfterItsEndAsync(scene)];
    }

    /// <summary>Of a target that has ended, or is about to.</summary>
    public static async Task<IEnumerable<string>> AfterItsEndAsync(Scene scene)
    {
        List<string> problems = [];
        if (scene.Page.Pid is var pid and not 0)
        {
            try
            {
                await Scene.UntilAsync(() => ProcFile.Status(pid, "State") is null or ['Z', ..], "");
            }
            catch (TimeoutException)
            {
                problems.Add($"the target does not end: {State(pid)}");
            }
        }

        if (scene.Page.Wrong is { } wrong)
        {
            problems.Add($"the target has found: {wrong}");
        }

        if (!scene.TargetKilled && !scene.Page.Finished)
        {
            problems.Add("the target did not come to its own end");
        }

        if (scene.Target is { HasExited: true } target && await target.ExitAsync(Scene.Limit) is var status && status != (scene.TargetKilled ? 137 : 0))
        {
            problems.Add($"the target ended with status {status}");
        }

        return problems;
    }

    /// <summary>livewatcher was gone before the program came to its first lines, and took it along; or it comes yet.</summary>
    private static async Task<bool> NeverCameAsync(Scene scene)
    {
        await Scene.UntilAsync(() => scene.Page.Ready || !scene.TargetIsThere(), "the target neither comes nor goes");
        return !scene.Page.Ready;
    }

    private static string State(int pid) =>
        $"state {ProcFile.Status(pid, "State") ?? "gone"}, tracer {ProcFile.Status(pid, "TracerPid")}, waits in {Read($"/proc/{pid}/wchan")}";

    private static string Read(string path)
    {
        try
        {
            return File.ReadAllText(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return "?";
        }
    }
}
