// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Livewatcher.Linux.Probing;

// Mirrors native/probe/probe.h; tests/Doctor.Tests compiles that header and compares sizes and offsets.
internal enum ProbeKind : uint
{
    LW_PROBE_BURST = 1,
    LW_PROBE_CHAIN = 2,
    LW_PROBE_READ = 3,
    LW_PROBE_TRACE = 4,
    LW_PROBE_POKE = 5,
}

/// <summary>struct lw_probe_order.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct ProbeOrder
{
    public ProbeKind Kind;
    public uint Count;
    public uint Threads;
    public uint Batch;
    public uint PatienceMilliseconds;
}

[InlineArray(ProbeNative.LW_PROBE_BATCHES)]
internal struct ProbeBatches
{
    private ulong first;
}

/// <summary>struct lw_probe_page.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct ProbePage
{
    public ulong Word;
    public ProbePadding Padding;
    public ulong Writes;
    public ulong Strays;
    public ulong Others;
    public uint Batches;
    public int Error;
    public ProbeBatches BatchNanoseconds;
}

[InlineArray(7)]
internal struct ProbePadding
{
    private ulong first;
}

/// <summary>struct lw_probe.</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct ProbeHandle
{
    public ProbePage* Page;
    public int Pid;
    public int Socket;
}

/// <summary>native/probe, linked into the AOT binary along with the guard.</summary>
internal static unsafe partial class ProbeNative
{
    internal const int LW_PROBE_BATCHES = 1024;

    /// <summary>Forks the probe. 0 or -errno.</summary>
    [LibraryImport("lwguard", EntryPoint = "lw_probe_start")]
    internal static partial int Start(ProbeHandle* probe);

    /// <summary>Ends it. Its status as wait(2) gives it.</summary>
    [LibraryImport("lwguard", EntryPoint = "lw_probe_end")]
    internal static partial int End(ProbeHandle* probe);

    /// <summary>Has a process that is not its ancestor read a word of its memory. 0 or errno.</summary>
    [LibraryImport("lwguard", EntryPoint = "lw_probe_peek")]
    internal static partial int Peek(int pid, ulong address);
}
