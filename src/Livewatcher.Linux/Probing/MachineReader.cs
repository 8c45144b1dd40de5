// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using System.Globalization;
using Livewatcher.Linux.Interop;
using Livewatcher.Linux.ProcFs;
using Livewatcher.Model;

namespace Livewatcher.Linux.Probing;

/// <summary>What the machine says of itself, in /proc and /sys.</summary>
public static class MachineReader
{
    // include/uapi/linux/capability.h
    private static readonly (int Bit, string Name)[] Capabilities =
    [
        (14, "CAP_IPC_LOCK"), (19, "CAP_SYS_PTRACE"), (21, "CAP_SYS_ADMIN"), (24, "CAP_SYS_RESOURCE"), (38, "CAP_PERFMON"), (39, "CAP_BPF"),
    ];

    public static MachineFacts Read()
    {
        string status = ProcessFiles.TryReadText("/proc/self/status") ?? string.Empty;
        return new MachineFacts
        {
            Kernel = ProcessFiles.TryReadText("/proc/sys/kernel/osrelease")?.Trim() ?? "?",
            Processor = ParseProcessor(ProcessFiles.TryReadText("/proc/cpuinfo")),
            Cpus = OnlineCpus.Read().Count,
            Hypervisor = Hypervisor.IsPresent(),
            UserId = Libc.EffectiveUserId(),
            Capabilities = ParseCapabilities(ProcessFiles.StatusField(status, "CapEff")),
            Executable = Environment.ProcessPath ?? "livewatcher",
            Seccomp = ProcessFiles.StatusField(status, "Seccomp") == "2",
            PerfEventParanoid = ReadNumber("/proc/sys/kernel/perf_event_paranoid"),
            PerfEventMlockKilobytes = ReadNumber("/proc/sys/kernel/perf_event_mlock_kb"),
            PtraceScope = ReadNumber("/proc/sys/kernel/yama/ptrace_scope"),
            Lockdown = ParseLockdown(ProcessFiles.TryReadText("/sys/kernel/security/lockdown")),
            TypeInformation = File.Exists("/sys/kernel/btf/vmlinux"),
            LockedMemoryLimit = ParseLimit(ProcessFiles.TryReadText("/proc/self/limits")),
        };
    }

    /// <summary>The first "model name : ..."; null where there is none.</summary>
    internal static string? ParseProcessor(string? text)
    {
        string? line = text?.Split('\n').FirstOrDefault(one => one.StartsWith("model name", StringComparison.Ordinal));
        return line?[(line.IndexOf(':') + 1)..].Trim();
    }

    /// <summary>CapEff of /proc/PID/status: a mask in hexadecimal.</summary>
    internal static IReadOnlyList<string> ParseCapabilities(string? mask) =>
        ulong.TryParse(mask, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out ulong bits)
            ? [.. Capabilities.Where(one => (bits & (1UL << one.Bit)) != 0).Select(one => one.Name)]
            : [];

    /// <summary>The word in brackets of "none [integrity] confidentiality".</summary>
    internal static string? ParseLockdown(string? text)
    {
        int start = text?.IndexOf('[') ?? -1;
        int end = start < 0 ? -1 : text!.IndexOf(']', start);
        return end < 0 ? null : text![(start + 1)..end];
    }

    /// <summary>The soft limit of "Max locked memory"; null where it is unlimited or absent.</summary>
    internal static long? ParseLimit(string? limits)
    {
        const string Name = "Max locked memory";
        foreach (string line in (limits ?? string.Empty).Split('\n'))
        {
            if (!line.StartsWith(Name, StringComparison.Ordinal))
                continue;
            string soft = line[Name.Length..].TrimStart().Split(' ')[0];
            return long.TryParse(soft, NumberStyles.None, CultureInfo.InvariantCulture, out long bytes) ? bytes : null;
        }

        return null;
    }

    private static int? ReadNumber(string path) =>
        int.TryParse(ProcessFiles.TryReadText(path), NumberStyles.AllowLeadingSign | NumberStyles.AllowTrailingWhite, CultureInfo.InvariantCulture, out int number)
            ? number
            : null;
}
