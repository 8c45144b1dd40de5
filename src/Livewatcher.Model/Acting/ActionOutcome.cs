// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

namespace Livewatcher.Model;

/// <summary>One action at one hit.</summary>
/// <param name="Action">What was to be done.</param>
/// <param name="AtHit">True where it was done in the hit itself, before the thread's next instruction.</param>
/// <param name="Delay">How long after the hit otherwise.</param>
/// <param name="Failure">Why it could not be done; null where it was.</param>
public sealed record ActionOutcome(HitAction Action, bool AtHit, TimeSpan Delay, string? Failure)
{
    /// <summary>What the user may do now, as a shell command; null for nothing.</summary>
    public string? Next { get; init; }

    /// <summary>The process of a command that was started.</summary>
    public int? Process { get; init; }

    /// <summary>The file that is being written.</summary>
    public string? File { get; init; }

    /// <summary>Left out, because too many were going on.</summary>
    public bool Skipped { get; init; }

    /// <summary>What expressions named then.</summary>
    public IReadOnlyList<SnapshotLine> Snapshot { get; init; } = [];
}

/// <summary>What became of one action of one watch in a whole run.</summary>
/// <param name="Watch">The watch's label.</param>
/// <param name="Action">As the user has written it.</param>
/// <param name="AtHit">Times that it was done in the hit itself.</param>
/// <param name="Afterwards">Times that it was done from here, after the hit.</param>
/// <param name="Failed">Times that it could not be done.</param>
/// <param name="LastFailure">Why the last of them could not; null where none failed.</param>
public sealed record ActionTally(string Watch, string Action, long AtHit, long Afterwards, long Failed, string? LastFailure)
{
    /// <summary>Times that it was left out, because too many were going on.</summary>
    public long Skipped { get; init; }
}
