// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using Livewatcher.Linux.ProcFs;

namespace Livewatcher.Linux.Probing;

/// <summary>Whether the processor says that it is virtual: CPUID.1:ECX bit 31, which /proc/cpuinfo shows as "hypervisor".</summary>
public static class Hypervisor
{
    public static bool IsPresent()
    {
        string text = ProcessFiles.TryReadText("/proc/cpuinfo") ?? string.Empty;
        foreach (ReadOnlySpan<char> line in text.AsSpan().EnumerateLines())
        {
            if (line.StartsWith("flags"))
                return $"{line} ".Contains(" hypervisor ", StringComparison.Ordinal);
        }

        return false;
    }
}
