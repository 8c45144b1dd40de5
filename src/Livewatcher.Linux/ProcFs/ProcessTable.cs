// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using Livewatcher.Model;

namespace Livewatcher.Linux.ProcFs;

/// <summary>Finds processes and what /proc says of them.</summary>
public static class ProcessTable
{
    /// <summary>Processes by PID, program name or path of the executable. By name those that live; where none does, those that have ended and that nobody has
    /// waited for, of which there are many where a container's first process does not care for orphans.</summary>
    public static IReadOnlyList<ProcessId> Find(string what)
    {
        if (int.TryParse(what, out int pid))
            return Directory.Exists($"/proc/{pid}") ? [new ProcessId(pid)] : [];
        List<ProcessId> found = [.. ProcessFiles.NumbersIn("/proc")
            .Where(candidate => candidate != Environment.ProcessId)
            .Select(candidate => new ProcessId(candidate))
            .Where(candidate => IsProgram(candidate, what))];
        List<ProcessId> alive = [.. found.Where(IsAlive)];
        return alive.Count > 0 ? alive : found;
    }

    /// <summary>Whether a process is meant by its PID, its program's name or the path of its executable.</summary>
    public static bool Matches(ProcessId process, string what) =>
        int.TryParse(what, out int pid) ? process.Value == pid : IsProgram(process, what);

    private static bool IsProgram(ProcessId process, string what)
    {
        string? executable = ProcessFiles.TryReadLink($"/proc/{process}/exe");
        return what.Contains('/')
            ? string.Equals(executable, Path.GetFullPath(what), StringComparison.Ordinal)
            : string.Equals(Path.GetFileName(executable), what, StringComparison.Ordinal) || string.Equals(NameOf(process), what, StringComparison.Ordinal);
    }

    /// <summary>/proc/PID/comm; null where the process is gone.</summary>
    public static string? NameOf(ProcessId process) => ProcessFiles.TryReadText($"/proc/{process}/comm")?.TrimEnd('\n');

    /// <summary>The tgid of a thread id, for users who name a thread.</summary>
    public static ProcessId? ProcessOf(ProcessId any) =>
        Status(any, "Tgid") is { } text && int.TryParse(text, out int tgid) ? new ProcessId(tgid) : null;

    /// <summary>Threads now; null where the process is gone.</summary>
    public static int? ThreadsOf(ProcessId process) => Status(process, "Threads") is { } text && int.TryParse(text, out int threads) ? threads : null;

    /// <summary>Who traces it; null for nobody.</summary>
    public static ProcessId? TracerOf(ProcessId process) =>
        Status(process, "TracerPid") is { } text && int.TryParse(text, out int tracer) && tracer != 0 ? new ProcessId(tracer) : null;

    /// <summary>The state's letter (proc_pid_stat(5)); null where it is gone.</summary>
    public static char? StateOf(ProcessId process) => Status(process, "State") is { Length: > 0 } state ? state[0] : null;

    public static bool IsAlive(ProcessId process) => Status(process, "State") is { } state && state[0] is not ('Z' or 'X');

    /// <summary>The word size of its program, by ELF's EI_CLASS: 32 or 64; null where the file cannot be read.</summary>
    public static int? BitsOf(ProcessId process)
    {
        const int ELFCLASS32 = 1;
        try
        {
            using FileStream file = File.OpenRead($"/proc/{process}/exe");
            Span<byte> header = stackalloc byte[5];
            if (file.ReadAtLeast(header, header.Length, throwOnEndOfStream: false) < header.Length)
                return null;
            return header[4] == ELFCLASS32 ? 32 : 64;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <summary>Processes other than ours that have perf events open: they may hold debug registers.</summary>
    public static IReadOnlyList<string> PerfUsers()
    {
        List<string> users = [];
        foreach (int pid in ProcessFiles.NumbersIn("/proc"))
        {
            if (pid == Environment.ProcessId)
                continue;
            foreach (int descriptor in ProcessFiles.NumbersIn($"/proc/{pid}/fd"))
            {
                if (ProcessFiles.TryReadLink($"/proc/{pid}/fd/{descriptor}")?.Contains("[perf_event]", StringComparison.Ordinal) != true)
                    continue;
                string name = NameOf(new ProcessId(pid)) ?? "?";
                if (name is not "lw-guard")
                    users.Add($"{name} (pid {pid})");
                break;
            }
        }

        return users;
    }

    private static string? Status(ProcessId process, string field) =>
        ProcessFiles.TryReadText($"/proc/{process}/status") is { } status ? ProcessFiles.StatusField(status, field) : null;
}
