// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

namespace Livewatcher.Symbols.SystemCalls;

/// <summary>Names of the x86-64 and of the i386 system calls.</summary>
public static class SystemCallNames
{
    /// <param name="number">As in orig_rax.</param>
    /// <returns>The name as in asm/unistd_64.h without its prefix; null for a number that is not assigned there
    /// (Linux 6.10).</returns>
    public static string? Find(long number) => SystemCallTable.Find(number)?.Name;

    /// <param name="number">As in orig_eax.</param>
    /// <returns>The name as in asm/unistd_32.h without its prefix; null for a number that is not assigned there.</returns>
    public static string? FindNarrow(long number) => NarrowSystemCalls.Find(number)?.Name;
}
