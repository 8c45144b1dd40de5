// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using System.Globalization;

namespace Livewatcher.Live.Tests.Processes;

/// <summary>What /proc says about a process (proc(5)).</summary>
internal static class ProcFile
{
    public static bool Exists(int pid) => Directory.Exists($"/proc/{pid}");

    /// <summary>A field of /proc/PID/status; null where the process is gone.</summary>
    public static string? Status(int pid, string field)
    {
        try
        {
            var line = File.ReadLines($"/proc/{pid}/status").FirstOrDefault(line => line.StartsWith(field + ":", StringComparison.Ordinal));
            return line?[(field.Length + 1)..].Trim();
        }
        catch (Exception gone) when (gone is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <summary>User and system time of all its threads, also gone ones (proc_pid_stat(5): utime and stime, in clock ticks of 10 ms);
    /// null where the process is gone.</summary>
    public static TimeSpan? CpuTime(int pid)
    {
        try
        {
            var fields = StatOf($"/proc/{pid}");
            return TimeSpan.FromMilliseconds(10 * (long.Parse(fields[11]) + long.Parse(fields[12])));
        }
        catch (Exception gone) when (gone is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <summary>How nice each of its threads is (proc_pid_stat(5): nice).</summary>
    public static IReadOnlyList<int> NicenessOf(int pid) =>
        [.. Directory.EnumerateDirectories($"/proc/{pid}/task").Select(thread => int.Parse(StatOf(thread)[16], CultureInfo.InvariantCulture))];

    public static int TracerOf(int pid) => int.Parse(Status(pid, "TracerPid") ?? "0");

    /// <summary>Whether it holds a perf event, and with it a debug register.</summary>
    public static bool HoldsPerfEvents(int pid) => Descriptors(pid).Any(target => target.Contains("[perf_event]", StringComparison.Ordinal));

    /// <summary>How many descriptors it has open.</summary>
    public static int CountDescriptors(int pid) => Descriptors(pid).Count();

    /// <summary>Its children that live.</summary>
    public static IReadOnlyList<int> ChildrenOf(int pid) =>
        [.. Directory.EnumerateDirectories("/proc").Select(Path.GetFileName).Where(IsNumber).Select(int.Parse!).Where(child => Status(child, "PPid") == $"{pid}")];

    /// <summary>Every process that has this text in its environment, be it a grandchild or an orphan.</summary>
    public static IReadOnlyList<int> WithEnvironment(string text) =>
        [.. Directory.EnumerateDirectories("/proc").Select(Path.GetFileName).Where(IsNumber).Select(int.Parse!).Where(pid => HasEnvironment(pid, text))];

    /// <summary>Every process that runs this file.</summary>
    public static IReadOnlyList<int> Running(string path) =>
        [.. Directory.EnumerateDirectories("/proc").Select(Path.GetFileName).Where(IsNumber).Select(int.Parse!).Where(pid => new FileInfo($"/proc/{pid}/exe").LinkTarget == path)];

    /// <summary>The fields of proc_pid_stat(5) from the third on, the state: the name before it may hold anything.</summary>
    private static string[] StatOf(string folder)
    {
        var line = File.ReadAllText($"{folder}/stat");
        return line[(line.LastIndexOf(')') + 2)..].Split(' ');
    }

    private static bool IsNumber(string? name) => name is { Length: > 0 } && name.All(char.IsAsciiDigit);

    private static bool HasEnvironment(int pid, string text)
    {
        try
        {
            return File.ReadAllText($"/proc/{pid}/environ").Contains(text, StringComparison.Ordinal);
        }
        catch (Exception gone) when (gone is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    private static IEnumerable<string> Descriptors(int pid)
    {
        try
        {
            return [.. Directory.EnumerateFiles($"/proc/{pid}/fd").Select(path => new FileInfo(path).LinkTarget ?? "")];
        }
        catch (Exception gone) when (gone is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }
}
