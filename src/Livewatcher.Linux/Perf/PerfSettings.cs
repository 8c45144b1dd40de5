// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

namespace Livewatcher.Linux.Perf;

/// <summary>How the perf rings shall work.</summary>
public sealed record PerfSettings
{
    /// <summary>Bytes of user stack in a sample: 0 to 16384, rounded up to a multiple of 8 as the kernel wants it.</summary>
    public int StackBytes
    {
        get;
        init
        {
            ArgumentOutOfRangeException.ThrowIfNegative(value);
            ArgumentOutOfRangeException.ThrowIfGreaterThan(value, Records.RecordLimits.LW_STACK_MAX);
            field = (value + 7) & ~7;
        }
    }
    = Records.RecordLimits.LW_STACK_MAX;

    /// <summary>Bytes of each CPU's ring at most; the largest power of two below it that the kernel grants is taken.
    /// Null leaves the choice to us.</summary>
    public int? RingBytes { get; init; }

    /// <summary>Children inherit the events; their hits may come before anybody has told us of them.</summary>
    public bool FollowFork { get; init; }

    /// <summary>True keeps the kernel's own accesses out even where they could be had.</summary>
    public bool ExcludeKernel { get; init; }
}
