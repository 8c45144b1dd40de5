// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

namespace Livewatcher.Model;

/// <summary>Every hit's account. counted = recorded + filtered + dropped + skipped; recovered and escaped come on top.</summary>
public sealed record HitCounts
{
    /// <summary>By the kernel's own event counters.</summary>
    public long Counted { get; init; }

    /// <summary>Delivered to us.</summary>
    public long Recorded { get; init; }

    /// <summary>Seen and set aside on purpose.</summary>
    public long Filtered { get; init; }

    /// <summary>Lost because a buffer was full.</summary>
    public long Dropped { get; init; }

    /// <summary>Counted and not recorded: there were more than the flood limit allows.</summary>
    public long Skipped { get; init; }

    /// <summary>Lost because the kernel throttled the event.</summary>
    public long Throttled { get; init; }

    /// <summary>Taken from stray SIGTRAPs by the guard.</summary>
    public long Recovered { get; init; }

    /// <summary>Changes found by the audit that no hit explains.</summary>
    public long Escaped { get; init; }

    /// <summary>Accesses of other processes to the same virtual address.</summary>
    public long Foreign { get; init; }

    /// <summary>Recorded hits that were folded into another one (bytes of one system call, slots of one store).</summary>
    public long Merged { get; init; }

    /// <summary>Reports beyond the first of one hardware hit that two watches share.</summary>
    public long Shared { get; init; }

    /// <summary>Recorded hits of a debug register that the instruction did not touch: the processor (in fact an emulator) named it
    /// along with the right one.</summary>
    public long Spurious { get; init; }

    /// <summary>Recorded or recovered hits of a debug register that neighbouring watches share, which have touched none of these: bytes beside them.</summary>
    public long Beside { get; init; }

    /// <summary>Recorded hits that are not shown: beyond --max-hits, or left out when the run was interrupted twice.</summary>
    public long Withheld { get; init; }

    /// <summary>Hits shown to the user.</summary>
    public long Reported { get; init; }

    /// <summary>What <see cref="Reported"/> must be by the account.</summary>
    public long Due => Recorded + Recovered + Shared - Merged - Spurious - Beside - Withheld;
}

/// <summary>A watching's account while it goes on.</summary>
/// <param name="Hits">So far.</param>
/// <param name="Processes">Watched so far.</param>
/// <param name="Gaps">Reasons why something can have been missed, so far.</param>
public sealed record RunProgress(HitCounts Hits, int Processes, IReadOnlyList<string> Gaps)
{
    /// <summary>Of watches that take turns, those whose turn it is; null where none have to.</summary>
    public IReadOnlyList<string>? ArmedNow { get; init; }
}

/// <summary>A time in which a watch was hit more often than the flood limit allows.</summary>
/// <param name="Watch">Its label.</param>
/// <param name="Process">Where.</param>
/// <param name="From">The first that was skipped, or when it was switched off; to within 50 ms.</param>
/// <param name="To">The last, or when it was switched on again.</param>
/// <param name="Hits">Hits that were counted and not recorded.</param>
/// <param name="Paused">It was switched off: nobody knows how many there were.</param>
public sealed record SkippedStretch(string Watch, ProcessId Process, DateTimeOffset From, DateTimeOffset To, long Hits, bool Paused);

/// <summary>Which part of a recording's hits a report shows. The accounts are the run's all the same.</summary>
/// <param name="Words">What has chosen them, as the user wrote it: --filter 'new == 0'.</param>
/// <param name="Shown">Hits and escaped writes that are shown.</param>
/// <param name="SetAside">Those that are not.</param>
/// <param name="Undecided">Of those that are shown, the ones of which the condition could not be decided.</param>
public sealed record HitSelection(string Words, long Shown, long SetAside, long Undecided);

/// <summary>What this run can and cannot prove. The last event of every run.</summary>
/// <param name="From">When all threads were covered; null where nothing was ever armed.</param>
/// <param name="To">When the watching ended.</param>
/// <param name="Why">Why it ended: "target exited with status 0", "--for", "--max-hits", "interrupted".</param>
/// <param name="Backend">bpf, perf or ptrace.</param>
/// <param name="Scope">cpu or task.</param>
/// <param name="Guard">Whether the guard was on.</param>
/// <param name="Hits">Every hit's account.</param>
/// <param name="Threads">Distinct threads covered.</param>
/// <param name="Processes">Distinct processes covered.</param>
/// <param name="Cpus">CPUs online.</param>
/// <param name="StacksCut">Hits whose stack was cut short.</param>
/// <param name="Gaps">Reasons why something can have been missed.</param>
/// <param name="Remarks">Limits that are no gap of this run but belong to the statement.</param>
public sealed record CoverageEvent(
    DateTimeOffset? From, DateTimeOffset To, string Why, string Backend, string Scope, bool Guard, HitCounts Hits,
    int Threads, int Processes, int Cpus, long StacksCut, IReadOnlyList<string> Gaps, IReadOnlyList<string> Remarks) : WatchEvent
{
    /// <summary>Where the flood limit bit, in order of time.</summary>
    public IReadOnlyList<SkippedStretch> Skipped { get; init; } = [];

    /// <summary>What was done about hits, for each action that was asked for.</summary>
    public IReadOnlyList<ActionTally> Actions { get; init; } = [];

    /// <summary>What became of the watches that arm themselves.</summary>
    public IReadOnlyList<ArisingTally> Arisings { get; init; } = [];

    /// <summary>The watches that took turns, each with its share of the time; empty where none had to.</summary>
    public IReadOnlyList<TurnTally> Turns { get; init; } = [];

    /// <summary>Debug registers that neighbouring watches shared, for there were more watches than registers; empty where none had to.</summary>
    public IReadOnlyList<SharingTally> Sharings { get; init; } = [];

    /// <summary>Where this is a report of a part of a recording; null where everything is shown.</summary>
    public HitSelection? Selection { get; init; }

    /// <summary>False where the account was never closed, because livewatcher was killed: <see cref="HitCounts.Reported"/> is then what
    /// a recording holds, and no other count is known.</summary>
    public bool Closed { get; init; } = true;

    /// <summary>True only where nothing can have been missed.</summary>
    public bool Complete => Gaps.Count == 0;
}
