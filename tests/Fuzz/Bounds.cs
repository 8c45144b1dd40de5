// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using System.Diagnostics;
using System.Globalization;

namespace Livewatcher.Fuzz;

/// <summary>How long one input may take, and how much memory it may cost. Memory is the process's own peak above what it had
/// before, which has libdw's share in it.</summary>
/// <param name="Time">Null where somebody else watches the clock: afl-fuzz kills what hangs.</param>
/// <param name="MemoryBytes">Resident.</param>
internal sealed record Bounds(TimeSpan? Time, long MemoryBytes)
{
    private const long MemoryLimit = 256L << 20;

    internal static Bounds ForFuzzing { get; } = new(null, MemoryLimit);

    /// <summary>What is meant.</summary>
    internal static Bounds Exact { get; } = new(TimeSpan.FromSeconds(1), MemoryLimit);

    /// <summary>Ten times the second that is meant: a test does not fail because its machine is busy.</summary>
    internal static Bounds ForReplay { get; } = new(TimeSpan.FromSeconds(10), MemoryLimit);

    internal void Run(Action<byte[]> target, byte[] input)
    {
        ForgetPeak();
        long before = ReadKilobytes("VmRSS:");
        long start = Stopwatch.GetTimestamp();
        target(input);
        TimeSpan took = Stopwatch.GetElapsedTime(start);
        Claim.Holds(Time is not { } most || took <= most, $"it took {took.TotalSeconds:0.0} s");
        long used = (ReadKilobytes("VmHWM:") - before) << 10;
        Claim.Holds(used <= MemoryBytes, $"it took {used >> 20} MiB");
    }

    /// <summary>proc(5), /proc/PID/clear_refs: 5 resets VmHWM.</summary>
    private static void ForgetPeak() => File.WriteAllText("/proc/self/clear_refs", "5");

    private static long ReadKilobytes(string field)
    {
        foreach (string line in File.ReadLines("/proc/self/status"))
        {
            if (line.StartsWith(field, StringComparison.Ordinal))
                return long.Parse(line.AsSpan(field.Length, line.Length - field.Length - " kB".Length), NumberStyles.AllowLeadingWhite);
        }

        throw new InvalidOperationException($"/proc/self/status has no {field}");
    }
}
