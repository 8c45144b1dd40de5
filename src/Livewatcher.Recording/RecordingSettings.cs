// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

namespace Livewatcher.Recording;

/// <summary>What is recorded, and how much of it is kept.</summary>
/// <param name="File">Its path.</param>
/// <param name="Facts">About the machine and the command, by name: table fact.</param>
public sealed record RecordingSettings(string File, IReadOnlyList<KeyValuePair<string, string>> Facts)
{
    /// <summary>Bytes; the oldest hits go where the file would become larger. Null: no bound.</summary>
    public long? MaxBytes { get; init; }

    /// <summary>Older hits go. Null: no bound.</summary>
    public TimeSpan? MaxAge { get; init; }

    /// <summary>Hits that may wait to be written, and more are lost: about half a gigabyte at most.</summary>
    public int MaxWaiting { get; init; } = 500_000;

    /// <summary>Pages that the file may have: for tests of a full disk. 0: no bound.</summary>
    internal int MaxPages { get; init; }
}
