// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using System.Globalization;
using Livewatcher.Linux.ProcFs;

namespace Livewatcher.Linux.Scheduling;

/// <summary>How many threads want a CPU: proc_loadavg(5), its fourth field, which is of this very moment.</summary>
internal static class RunQueue
{
    /// <summary>Threads that run or want to, for each CPU; 0 where that cannot be read.</summary>
    internal static double ThreadsPerCpu() => Parse(ProcessFiles.TryReadText("/proc/loadavg") ?? "") / (double)Math.Max(1, OnlineCpus.Read().Count);

    internal static int Parse(string load)
    {
        string[] fields = load.Split(' ');
        return fields.Length > 3 && int.TryParse(fields[3].AsSpan()[..Math.Max(0, fields[3].IndexOf('/'))], NumberStyles.None, CultureInfo.InvariantCulture, out int wanting) ? wanting : 0;
    }
}
