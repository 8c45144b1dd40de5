// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

namespace Livewatcher.Export;

/// <summary>How much may wait for a receiver, and for how long.</summary>
public sealed record ExportLimits
{
    /// <summary>Messages that may wait; a hit with its stack takes up to some kilobytes of memory until it is sent.</summary>
    public int MaxWaiting { get; init; } = 100_000;

    /// <summary>How long messages are gathered before they are sent.</summary>
    public TimeSpan Interval { get; init; } = TimeSpan.FromMilliseconds(200);

    /// <summary>Until a receiver that fails is tried again.</summary>
    public TimeSpan Retry { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>What one parcel of messages may take; then it counts as failed, and is tried again.</summary>
    public TimeSpan Patience { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>What the rest may take when the watching is over.</summary>
    public TimeSpan EndPatience { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Between two sendings of metrics.</summary>
    public TimeSpan MetricsInterval { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Series of hits by watch and writer that metrics have; further writers are one, "other".</summary>
    public int MaxSeries { get; init; } = 200;
}
