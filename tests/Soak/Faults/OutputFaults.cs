// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using Livewatcher.Live.Tests.Processes;
using Livewatcher.Soak.Planning;
using Livewatcher.Soak.Scenes;

namespace Livewatcher.Soak.Faults;

/// <summary>What happens to livewatcher's output and buffers.</summary>
internal static class OutputFaults
{
    private const int OutputLost = 1;

    public static IReadOnlyList<Fault> All { get; } =
    [
        new("closed pipe", Ending.Mute, _ => [OutputLost])
        {
            Shape = (plan, _) => Unending(plan) with { Run = false },
            Shell = plan => $"\"$@\" | head -n {plan.Watches.Count + 5} >/dev/null; exit \"${{PIPESTATUS[0]}}\"",
            ToStandardOutput = true,
        },
        new("full disk", Ending.Mute, _ => [OutputLost])
        {
            Shape = (plan, _) => Unending(plan),
            PrepareAsync = FillDiskAsync,
        },
        new("tiny ring", Ending.ByTarget, _ => [0])
        {
            Shape = (plan, _) => plan with
            {
                Backend = "bpf",
                Ring = "64K",
                PaceMicroseconds = plan.PaceMicroseconds / 4,
                Threads = 4,
            },
        },
    ];

    /// <summary>The output's failure is what ends it.</summary>
    private static Plan Unending(Plan plan) => plan with { AtAnyMoment = true, Gated = false, Moment = 0, Load = plan.Load == Load.WatcherStops ? Load.None : plan.Load };

    /// <summary>A disk of eight hits or so; where nothing may be mounted, one that is full from the beginning.</summary>
    private static async Task FillDiskAsync(Scene scene)
    {
        var disk = Path.Combine(scene.Folder, "disk");
        Directory.CreateDirectory(disk);
        await using var mount = Child.Start("mount", ["-t", "tmpfs", "-o", "size=16k", "disk", disk]);
        scene.Output = await mount.ExitAsync(Scene.Limit) == 0 ? Path.Combine(disk, "out.jsonl") : "/dev/full";
    }
}
