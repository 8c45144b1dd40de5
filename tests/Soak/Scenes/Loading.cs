// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using Livewatcher.Soak.Planning;

namespace Livewatcher.Soak.Scenes;

/// <summary>A plan's load, from here to its disposal.</summary>
internal sealed class Loading : IAsyncDisposable
{
    private readonly CancellationTokenSource _over = new();
    private readonly Scene _scene;
    private readonly int? _victim;
    private readonly Task _stops;

    private Loading(Scene scene, int? victim)
    {
        _scene = scene;
        _victim = victim;
        _stops = victim is { } pid ? StopAndGoAsync(pid) : Task.CompletedTask;
    }

    public static Loading Begin(Scene scene)
    {
        var load = scene.Plan.Load;
        if (load == Load.Busy)
        {
            for (var i = 0; i <= scene.Plan.Number % 3; i++)
            {
                scene.Start("sh", ["-c", "while :; do :; done"]);
            }
        }

        return new Loading(scene, load switch
        {
            Load.TargetStops when scene.Page.Pid != 0 => scene.Page.Pid,
            Load.WatcherStops when scene.WatcherIsChild => scene.Watcher!.Id,
            _ => null,
        });
    }

    public async ValueTask DisposeAsync()
    {
        await _over.CancelAsync();
        await _stops;
        _over.Dispose();
        if (_victim is { } pid)
        {
            await Scene.SignalAsync(pid, "CONT");
        }
    }

    private async Task StopAndGoAsync(int pid)
    {
        var random = new Random(_scene.Plan.Number);
        while (!_over.IsCancellationRequested)
        {
            await Scene.SignalAsync(pid, "STOP");
            await Scene.PauseAsync(random.Next(5, 150));
            await Scene.SignalAsync(pid, "CONT");
            await Scene.PauseAsync(random.Next(50, 400));
        }
    }
}
