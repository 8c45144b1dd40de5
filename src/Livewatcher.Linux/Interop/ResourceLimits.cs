// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using System.Runtime.InteropServices;

namespace Livewatcher.Linux.Interop;

/// <summary>getrlimit(2) and setrlimit(2).</summary>
internal static unsafe partial class ResourceLimits
{
    private const int RLIMIT_NOFILE = 7;

    [StructLayout(LayoutKind.Sequential)]
    private struct Limit
    {
        public ulong Current;
        public ulong Maximum;
    }

    [LibraryImport("libc", EntryPoint = "getrlimit", SetLastError = true)]
    private static partial int Get(int resource, Limit* limit);

    [LibraryImport("libc", EntryPoint = "setrlimit", SetLastError = true)]
    private static partial int Set(int resource, Limit* limit);

    /// <summary>Allows as many descriptors as may be had without privilege. Where even that is refused, opening will say.</summary>
    internal static void RaiseDescriptorLimit()
    {
        Limit limit;
        if (Get(RLIMIT_NOFILE, &limit) != 0 || limit.Current == limit.Maximum)
            return;
        limit.Current = limit.Maximum;
        _ = Set(RLIMIT_NOFILE, &limit);
    }
}
