// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

namespace Livewatcher.Model;

/// <summary>How a newly set watch reaches threads that run on other CPUs: docs/sync.md has guarantee and cost of each.</summary>
public enum SyncMethod
{
    /// <summary>The kernel installs it from here, with a call to the CPU on which the thread runs.</summary>
    Direct,

    /// <summary>Each thread by a signal, in whose handler it arms itself.</summary>
    SigAll,

    /// <summary>A thread that does not run in place, held meanwhile; the others by signal.</summary>
    LockRq,

    /// <summary>A thread that is not runnable in place; the others by signal.</summary>
    SigRun,

    /// <summary>Each thread by a signal that makes it step: it arms itself at the trap behind its next instruction.</summary>
    SingleStep,
}

/// <summary>The methods by the names that users know them by.</summary>
public static class SyncMethods
{
    private static readonly (SyncMethod Method, string Name)[] All =
    [
        (SyncMethod.Direct, "direct"), (SyncMethod.SigAll, "sigall"), (SyncMethod.LockRq, "lockrq"), (SyncMethod.SigRun, "sigrun"),
        (SyncMethod.SingleStep, "singlestep"),
    ];

    public static IReadOnlyList<string> Names { get; } = [.. All.Select(one => one.Name)];

    public static string NameOf(SyncMethod method) => All.First(one => one.Method == method).Name;

    public static bool TryParse(string name, out SyncMethod method)
    {
        int index = Array.FindIndex(All, one => one.Name == name);
        method = index < 0 ? SyncMethod.Direct : All[index].Method;
        return index >= 0;
    }
}

/// <summary>How many times threads were armed which way, so far.</summary>
/// <param name="BySignal">In the handler of a signal, by themselves.</param>
/// <param name="AtTrap">At a single-step trap, by themselves.</param>
/// <param name="Held">From here, while they were held.</param>
/// <param name="Directly">From here, as they were.</param>
public readonly record struct SyncTally(long BySignal, long AtTrap, long Held, long Directly);
