// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using Livewatcher.Live.Tests.Processes;
using Livewatcher.Live.Tests.Running;
using Livewatcher.Soak.Planning;

namespace Livewatcher.Soak.Scenes;

/// <summary>What a fault strikes: livewatcher and its target, with all that was started for one round. Nothing of it is left when
/// it is disposed of.</summary>
internal sealed class Scene : IAsyncDisposable
{
    private const int PollMilliseconds = 10;

    // Inherited by everything that is started here, orphans and the guard included.
    private readonly string _mark = "LW_SOAK_ROUND=" + Guid.NewGuid().ToString("N");
    private readonly List<Child> _children = [];
    private readonly Arena _arena;

    public Scene(Arena arena, Plan plan)
    {
        _arena = arena;
        Plan = plan;
        Folder = Directory.CreateTempSubdirectory("lw-soak-").FullName;
        Output = Path.Combine(Folder, "out.jsonl");
        Page = new TargetPage(Path.Combine(Folder, "page"));
    }

    /// <summary>The longest time for anything that should come soon: what takes longer hangs. An emulated machine may have to share
    /// its processor with others, and nobody in it can tell; there what a hang looks like is in <see cref="Judging.Remains.Describe"/>.</summary>
    public static TimeSpan Limit { get; } = TimeSpan.FromSeconds(Emulation.IsOn ? 240 : 10);

    public Plan Plan { get; }

    public string Folder { get; }

    /// <summary>livewatcher's JSON lines.</summary>
    public string Output { get; set; }

    public TargetPage Page { get; }

    /// <summary>Null where livewatcher has started it.</summary>
    public Child? Target { get; private set; }

    public Child? Watcher { get; private set; }

    /// <summary>livewatcher itself is the child, and no shell around it.</summary>
    public bool WatcherIsChild { get; private set; }

    public bool TargetKilled { get; set; }

    /// <summary>What happened to others than the two and must not have; null where all is well.</summary>
    public string? Complaint { get; set; }

    public bool IsArmed => Live.Tests.Reports.Report.IsArmed(Output, Plan.Watches.Count);

    public static Task PauseAsync(int milliseconds) => Task.Delay(milliseconds);

    /// <summary>No matter whether it is still there.</summary>
    public static Task SignalAsync(int pid, string name) => pid > 0
        ? Child.RunAsync("sh", ["-c", $"kill -s {name} {pid} 2>&1 || true"], Limit)
        : throw new ArgumentOutOfRangeException(nameof(pid), pid, "that would be ourselves");

    public async Task StartTargetAsync()
    {
        Target = Start(_arena.ProgramPath(Plan.Program), [Page.Path, .. Plan.ProgramArguments]);
        await UntilAsync(() => Page.Ready || Target.HasExited, "the target is not ready");
    }

    /// <param name="shell">Run by sh with livewatcher and its arguments as "$@"; null for livewatcher itself.</param>
    public void StartWatcher(string? shell)
    {
        IReadOnlyList<string> command =
        [
            _arena.Livewatcher, Plan.Run ? "run" : "attach", .. Plan.Run ? [] : new[] { $"{Page.Pid}" }, "--format", "json",
            .. Plan.Fault.ToStandardOutput ? [] : new[] { "--output", Output }, .. Plan.Options,
            .. Plan.Run ? ["--", _arena.ProgramPath(Plan.Program), Page.Path, .. Plan.ProgramArguments] : Array.Empty<string>(),
        ];
        WatcherIsChild = shell is null || shell.StartsWith("ulimit", StringComparison.Ordinal);
        Watcher = shell is null ? Start(command[0], [.. command.Skip(1)]) : Start("bash", ["-c", shell, "bash", .. command]);
    }

    /// <summary>A tool of the soak, or a program of the system.</summary>
    public Child Start(string file, IReadOnlyList<string> arguments)
    {
        var mark = _mark.Split('=');
        var environment = new Dictionary<string, string>(StringComparer.Ordinal) { [mark[0]] = mark[1], ["TMPDIR"] = Folder };
        var child = Child.Start(file, arguments, environment, input: null, Folder);
        _children.Add(child);
        return child;
    }

    public Child StartTool(string name, params IReadOnlyList<string> arguments) => Start(_arena.ProgramPath(name), arguments);

    public static Task UntilAsync(Func<bool> condition, string otherwise) => Patience.UntilAsync(condition, Limit, () => otherwise, PollMilliseconds);

    /// <summary>Until every watch is armed and the target has come to its first lines, or livewatcher has ended without.</summary>
    public async Task ArmedAsync() => await UntilAsync(() => (IsArmed && Page.Ready) || Watcher!.HasExited, "livewatcher is not armed, and has not ended either");

    /// <summary>livewatcher, guard and keeper.</summary>
    public IReadOnlyList<int> Watchers() => [.. Marked().Where(IsLivewatcher)];

    /// <summary>Processes of this round that somebody has stopped.</summary>
    public IReadOnlyList<int> Stopped() => [.. Marked().Where(pid => ProcFile.Status(pid, "State") is ['T' or 't', ..])];

    /// <summary>A process of the soaked program, be it one that has not come to its first lines.</summary>
    public bool TargetIsThere() => Marked().Any(pid => new FileInfo($"/proc/{pid}/exe").LinkTarget == _arena.ProgramPath(Plan.Program));

    public async ValueTask DisposeAsync()
    {
        foreach (var pid in Marked())
        {
            await SignalAsync(pid, "KILL");
        }

        foreach (var child in _children)
        {
            await child.DisposeAsync();
        }

        Page.Dispose();
        if (Directory.Exists(Path.Combine(Folder, "disk")))
        {
            await Child.RunAsync("sh", ["-c", $"umount {Folder}/disk || true"], Limit);
        }

        Directory.Delete(Folder, recursive: true);
    }

    private IReadOnlyList<int> Marked() => ProcFile.WithEnvironment(_mark);

    private static bool IsLivewatcher(int pid) =>
        new FileInfo($"/proc/{pid}/exe").LinkTarget is { } path && Path.GetFileName(path).StartsWith("livewatcher", StringComparison.Ordinal);
}
