// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

namespace Livewatcher.Symbols.Servers;

/// <summary>How long servers may keep a session waiting, and what they may fill its disk with.</summary>
public sealed record DebuginfodLimits
{
    /// <summary>Until a server has taken the connection and begun to answer.</summary>
    public TimeSpan Answer { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>For one file from its request to its last byte.</summary>
    public TimeSpan File { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>For all that is asked in a run; then no more is asked.</summary>
    public TimeSpan Total { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>Bytes.</summary>
    public long LargestDebugFile { get; init; } = 2L << 30;

    /// <summary>Bytes; larger ones are not shown anyway.</summary>
    public long LargestSource { get; init; } = 8 << 20;
}

/// <summary>How far a file has come.</summary>
/// <param name="What">Which file, for people.</param>
/// <param name="Bytes">Here by now.</param>
/// <param name="Total">As the server says; null where it does not.</param>
/// <param name="Done">It is here whole, or given up.</param>
public readonly record struct DownloadProgress(string What, long Bytes, long? Total, bool Done);
