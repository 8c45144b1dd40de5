// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

namespace Livewatcher.Model;

/// <summary>What is done where a watch is hit more often than the flood limit allows.</summary>
public enum FloodAnswer
{
    /// <summary>It stays armed and every hit is counted, but only as many are recorded as the limit allows.</summary>
    Sample,

    /// <summary>It is disarmed for a while.</summary>
    Pause,

    /// <summary>The watching ends.</summary>
    Stop,
}

/// <summary>How much one watch, with the children that are followed, may be hit. A watch has an allowance of time, of which each hit
/// uses some: a second's share of <see cref="HitsPerSecond"/>, or the CPU time that it took over <see cref="CpuPercent"/>, whichever
/// is more. Up to <see cref="Burst"/> of it may be used in advance.</summary>
/// <param name="HitsPerSecond">Recorded hits; null: any number.</param>
/// <param name="CpuPercent">Of one CPU, spent in hits; null: any.</param>
/// <param name="Answer">What is done beyond it.</param>
/// <param name="TrapNanoseconds">What a hit costs beside the recording: the exception and the kernel's way to us, as measured.</param>
public sealed record FloodLimit(long? HitsPerSecond, double? CpuPercent, FloodAnswer Answer, long TrapNanoseconds)
{
    /// <summary>A short storm is recorded in full.</summary>
    public static readonly TimeSpan Burst = TimeSpan.FromSeconds(1);

    /// <summary>Nanoseconds of allowance that a recorded hit uses at least.</summary>
    public long LeastNanoseconds => HitsPerSecond is { } rate ? Math.Max(1, 1_000_000_000 / rate) : 0;

    /// <summary>Allowance for each nanosecond of CPU time.</summary>
    public double Factor => CpuPercent is { } percent ? 100 / percent : 0;

    /// <summary>Hits that are not recorded cost their trap too; where they can be had for nothing, by disarming, they count.</summary>
    public bool ChargesAll => Answer != FloodAnswer.Sample;
}
