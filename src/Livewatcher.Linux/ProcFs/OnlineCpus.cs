// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using System.Globalization;

namespace Livewatcher.Linux.ProcFs;

/// <summary>/sys/devices/system/cpu/online, such as "0-3,6".</summary>
public static class OnlineCpus
{
    public static IReadOnlyList<int> Read() =>
        Parse(ProcessFiles.TryReadText("/sys/devices/system/cpu/online") ?? $"0-{Environment.ProcessorCount - 1}");

    internal static IReadOnlyList<int> Parse(string list)
    {
        List<int> cpus = [];
        foreach (string part in list.Trim().Split(',', StringSplitOptions.RemoveEmptyEntries))
        {
            string[] ends = part.Split('-');
            if (!int.TryParse(ends[0], NumberStyles.None, CultureInfo.InvariantCulture, out int first)
                || !int.TryParse(ends[^1], NumberStyles.None, CultureInfo.InvariantCulture, out int last))
            {
                continue;
            }

            for (int cpu = first; cpu <= last; cpu++)
                cpus.Add(cpu);
        }

        return cpus;
    }
}
