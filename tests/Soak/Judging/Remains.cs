// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using Livewatcher.Live.Tests.Processes;
using Livewatcher.Soak.Scenes;

namespace Livewatcher.Soak.Judging;

/// <summary>What must not stay behind when livewatcher is gone: processes of its own, stopped threads, zombies, sockets, files.</summary>
internal static class Remains
{
    private static readonly string[] Places = ["/tmp", "/run", "/dev/shm"];

    public static async Task<IEnumerable<string>> FindAsync(Scene scene)
    {
        List<string> problems = [];
        await ExpectAsync(() => [.. scene.Watchers().Select(Describe)], "does not end", problems);
        await ExpectAsync(() => [.. scene.Stopped().Select(Describe)], "stays stopped", problems);
        await ExpectAsync(Zombies, "is a zombie", problems);
        await ExpectAsync(Sockets, "is a socket that stays", problems);
        problems.AddRange(Files(scene).Select(file => $"{file} stays"));
        return problems;
    }

    public static string Describe(int pid) => $"{ProcFile.Status(pid, "Name")} (pid {pid}, {ProcFile.Status(pid, "State")}, tracer {ProcFile.Status(pid, "TracerPid")}, {ProcFile.CpuTime(pid)?.TotalSeconds:0.0} s of CPU time)";

    private static async Task ExpectAsync(Func<IReadOnlyList<string>> find, string what, List<string> problems)
    {
        try
        {
            await Patience.UntilAsync(() => find().Count == 0, Scene.Limit, () => "", pause: 50);
        }
        catch (TimeoutException)
        {
            problems.AddRange(find().Select(found => $"{found} {what}"));
        }
    }

    /// <summary>Ours, and not those that some container's process 1 does not fetch.</summary>
    private static IReadOnlyList<string> Zombies() =>
    [
        .. Directory.EnumerateDirectories("/proc").Select(Path.GetFileName).Where(name => int.TryParse(name, out _)).Select(int.Parse!)
            .Where(pid => ProcFile.Status(pid, "State") is ['Z', ..] && ProcFile.Status(pid, "PPid") != "1" && IsOurs(ProcFile.Status(pid, "Name")))
            .Select(Describe),
    ];

    private static bool IsOurs(string? name) =>
        name is not null && (name.StartsWith("livewatcher", StringComparison.Ordinal) || name.StartsWith("lw-", StringComparison.Ordinal)
            || name.StartsWith("soaked", StringComparison.Ordinal));

    /// <summary>Of run and attach: they have none with a name.</summary>
    private static IReadOnlyList<string> Sockets() =>
        [.. File.ReadLines("/proc/net/unix").Where(line => line.Contains("livewatcher-", StringComparison.Ordinal) && !line.Contains("livewatcher-vm", StringComparison.Ordinal))];

    private static IEnumerable<string> Files(Scene scene)
    {
        string[] known = [scene.Page.Path, Path.Combine(scene.Folder, "out.jsonl"), Path.Combine(scene.Folder, "disk")];
        // The soak's own runtime has files that are named by its number and by when it began, and that may be any number.
        string watcher = $"{scene.Watcher!.Id}", own = $"{Environment.ProcessId}";
        return Directory.EnumerateFileSystemEntries(scene.Folder).Except(known, StringComparer.Ordinal)
            .Concat(Places.Where(Directory.Exists).SelectMany(Directory.EnumerateFileSystemEntries)
                .Where(path => scene.WatcherIsChild && Path.GetFileName(path).Split('.', '-') is var parts && parts.Contains(watcher) && !parts.Contains(own)));
    }
}
