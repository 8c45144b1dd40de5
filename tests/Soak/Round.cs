// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using System.Diagnostics;
using Livewatcher.Live.Tests.Reports;
using Livewatcher.Soak.Faults;
using Livewatcher.Soak.Judging;
using Livewatcher.Soak.Planning;
using Livewatcher.Soak.Scenes;

namespace Livewatcher.Soak;

/// <summary>One round: a target, livewatcher, a fault, and the verdict.</summary>
internal sealed class Round(Arena arena, Plan plan)
{
    private readonly List<string> _problems = [];
    private readonly Stopwatch _clock = Stopwatch.StartNew();
    private IReadOnlyList<string> _notes = [];
    private HitCount? _count;

    public async Task<RoundResult> RunAsync()
    {
        await using var scene = new Scene(arena, plan);
        try
        {
            var moments = await PlayAsync(scene);
            await JudgeAsync(scene, moments);
        }
        catch (Exception e) when (e is TimeoutException or IOException or InvalidOperationException or ArgumentException)
        {
            _problems.Add(e.Message);
            _problems.AddRange(scene.Watchers().Select(pid => "still there: " + Remains.Describe(pid)));
        }

        if (_problems.Count > 0 && scene.Watcher is { } watcher)
        {
            _problems.AddRange(_notes);
            _problems.Add(watcher.Describe($"status {(watcher.HasExited ? await watcher.ExitAsync(Scene.Limit) : "none")}") + LastLine(scene));
        }

        return new RoundResult(plan, _problems, _count, _clock.Elapsed);
    }

    private async Task<Moments> PlayAsync(Scene scene)
    {
        if (!plan.Run)
        {
            await scene.StartTargetAsync();
        }

        if (plan.Run || !plan.Gated)
        {
            scene.Page.Command = Command.Run;
        }

        await plan.Fault.PrepareAsync(scene);
        var before = scene.Page.Read();
        scene.StartWatcher(plan.Fault.Shell(plan));
        // What is started by livewatcher is armed before its first instruction.
        var armed = plan.Run ? before : null;
        if (!plan.AtAnyMoment)
        {
            await scene.ArmedAsync();
            armed ??= scene.IsArmed ? scene.Page.Read() : null;
            scene.Page.Command = Command.Run;
        }

        Counts? beforeEnd;
        await using (Loading.Begin(scene))
        {
            await Scene.PauseAsync(plan.Moment);
            if (plan is { Quiet: true, Fault.Ending: Ending.ByWatcher })
            {
                await RestAsync(scene);
            }

            beforeEnd = plan.Fault.Ending == Ending.ByWatcher && plan.MaxHits is null ? scene.Page.Read() : null;
            if (!scene.Watcher!.HasExited)
            {
                await plan.Fault.StrikeAsync(scene);
            }

            if (plan.Fault.Ending is Ending.ByTarget or Ending.ByTargetOrRefusal && !scene.TargetKilled && scene.Page.Command != Command.Leave)
            {
                await Scene.PauseAsync(plan.Pause);
                if (!scene.Watcher.HasExited)
                {
                    scene.Page.Command = Command.Stop;
                }
            }

            await scene.Watcher.ExitAsync(Scene.Limit);
        }

        var after = scene.Page.Read();
        if (scene.Page.Command == Command.Rest)
        {
            scene.Page.Command = Command.Run;
        }

        if (plan.Fault.Ending is Ending.ByTarget or Ending.ByTargetOrRefusal)
        {
            beforeEnd = after;
        }

        return new Moments(before, armed, beforeEnd, after);
    }

    /// <summary>Each thread finishes what it has begun, and every hit is on its way.</summary>
    private static async Task RestAsync(Scene scene)
    {
        scene.Page.Command = Command.Rest;
        for (long last = -1; last != scene.Page.Read().Activity; await Scene.PauseAsync(100))
        {
            last = scene.Page.Read().Activity;
        }
    }

    private async Task JudgeAsync(Scene scene, Moments moments)
    {
        var status = await scene.Watcher!.ExitAsync(Scene.Limit);
        if (!plan.Fault.Statuses(plan).Contains(status))
        {
            _problems.Add($"exit status {status}, where {string.Join(" or ", plan.Fault.Statuses(plan))} is right");
        }

        if (!plan.Fault.MayEndWithStack && scene.Watcher.Errors.Contains("\n   at ", StringComparison.Ordinal))
        {
            _problems.Add("it ended with a stack of its own");
        }

        if (scene.Complaint is { } complaint)
        {
            _problems.Add(complaint);
        }

        _problems.AddRange(await Remains.FindAsync(scene));
        var ended = scene.TargetKilled || scene.Page.Command is Command.Stop or Command.Leave;
        _problems.AddRange(ended ? await Harm.AfterItsEndAsync(scene) : await Harm.AfterWatchingAsync(scene));
        JudgeReport(scene, moments, refused: status == 2);
    }

    private void JudgeReport(Scene scene, Moments moments, bool refused)
    {
        if (refused || !File.Exists(scene.Output) || scene.Output.StartsWith("/dev/", StringComparison.Ordinal))
        {
            return;
        }

        try
        {
            var report = Report.Of(WholeLines(scene.Output));
            if (report.LastLine is null)
            {
                if (plan.Fault.Ending != Ending.Mute)
                {
                    _problems.Add("it ended without its statement");
                }

                return;
            }

            Consistency.Check(report);
            var (count, problems) = new CountJudge(plan, report, moments, scene.Page.Pid).Judge();
            _count = count;
            _problems.AddRange(problems);
            _notes = [.. report.Notes.Select(note => $"{note.Time} {note.Level}: {note.Text}")];
        }
        catch (Exception e) when (e is not (OutOfMemoryException or NullReferenceException))
        {
            _problems.Add($"its lines are not as they must be: {e.Message}");
        }
    }

    /// <summary>Who is killed may leave the last one unfinished.</summary>
    private static string[] WholeLines(string path)
    {
        var text = File.ReadAllText(path);
        return text[..(text.LastIndexOf('\n') + 1)].Split('\n', StringSplitOptions.RemoveEmptyEntries);
    }

    private static string LastLine(Scene scene) =>
        File.Exists(scene.Output) && scene.Output.StartsWith(scene.Folder, StringComparison.Ordinal)
            ? $"\nlast line: {File.ReadLines(scene.Output).LastOrDefault()}"
            : "";
}
