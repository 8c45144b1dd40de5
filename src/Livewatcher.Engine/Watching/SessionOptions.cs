// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using Livewatcher.Model;

namespace Livewatcher.Engine.Watching;

/// <summary>What one watching shall do.</summary>
/// <param name="Requests">At least one.</param>
/// <param name="For">End after this time; null: no limit.</param>
/// <param name="MaxHits">End after this many reported hits; null: no limit.</param>
/// <param name="FollowFork">Children are watched too.</param>
/// <param name="FollowExec">After an exec the expressions are resolved again.</param>
/// <param name="Started">True where livewatcher has started the target: it is held at its exec.</param>
/// <param name="CpuCount">CPUs online, for the coverage statement.</param>
public sealed record SessionOptions(
    IReadOnlyList<WatchRequest> Requests, TimeSpan? For, long? MaxHits, bool FollowFork, bool FollowExec, bool Started, int CpuCount)
{
    /// <summary>Writers that are in order, from a file.</summary>
    public IReadOnlyList<KnownWriter> Known { get; init; } = [];

    /// <summary>Whoever writes in this time after the arming is in order too; null: nobody is learned.</summary>
    public TimeSpan? Learn { get; init; }

    /// <summary>Whether a debug register of this machine has been seen to trap, or it could not be tried; where that was left out, no hits prove nothing.</summary>
    public bool IsTried { get; init; } = true;

    /// <summary>Watches that do not all find a debug register take turns of this length; null: that is refused.</summary>
    public TimeSpan? Turn { get; init; }

    /// <summary>Whether hits are only shown: no writer is learned or told from others, nothing is done about a hit, nothing arms itself, and no number of them is enough.</summary>
    internal bool OnlyShows => MaxHits is null && Learn is null && Turn is null && Known.Count == 0
        && Requests.All(request => request.Arising is null && !request.Filter.NamesWriters && request.Reaction.IsNone);
}

/// <summary>The parts of the platform that one watching uses. The session owns none of them.</summary>
/// <param name="Source">Where hits come from.</param>
/// <param name="Arming">What loads the debug registers.</param>
/// <param name="Tracer">Holds threads; null where there is none.</param>
/// <param name="GuardOn">Whether the tracer stays on as the guard; otherwise it lets go once everything is armed.</param>
/// <param name="OpenProcess">A process by its id.</param>
/// <param name="OpenSymbols">Names of a process.</param>
/// <param name="IsAlive">Whether a process still runs.</param>
/// <param name="DescribeSlotHolders">Who else may hold debug registers, as a phrase; null where nobody is known.</param>
/// <param name="Clock">Time.</param>
/// <param name="Flood">How much a watch may be hit; the source was opened with the same. Null: no limit.</param>
/// <param name="AuditInterval">Between two comparisons of memory with the last value seen; zero: as often as the source is drained.</param>
public sealed record SessionPlatform(
    IHitSource Source, IArming Arming, ITracer? Tracer, bool GuardOn, Func<ProcessId, ITargetProcess> OpenProcess,
    Func<ITargetProcess, ITargetSymbols> OpenSymbols, Func<ProcessId, bool> IsAlive, Func<ProcessId, string?> DescribeSlotHolders,
    IClock Clock, FloodLimit? Flood = null, TimeSpan AuditInterval = default)
{
    /// <summary>Sends signals from here; null where nobody is to be sent one.</summary>
    public ISignals? Signals { get; init; }

    /// <summary>Takes the account of what goes on, once a second, on the session's thread; null where nobody wants it.</summary>
    public Action<SessionTally>? Tally { get; init; }

    /// <summary>Arms watches by themselves; null where none are asked for.</summary>
    public IArisings? Arisings { get; init; }

    /// <summary>Hears, on the session's thread, of what may take a while before the first event and after the last.</summary>
    public Action<SessionStage>? OnStage { get; init; }

    /// <summary>Sees to it that we have our turn on a busy machine: called once a second, by the thread whose lateness costs hits. Null where nothing
    /// can be done for it.</summary>
    public Action? KeepUp { get; init; }

    /// <summary>Starts commands for hits; null where none are asked for.</summary>
    public IHitCommands? Commands { get; init; }

    /// <summary>Writes core files; null where none are asked for.</summary>
    public ICoreDumper? Cores { get; init; }
}

/// <summary>What a session does before its first event, and after its last.</summary>
public enum SessionStage
{
    /// <summary>Finding what the expressions name.</summary>
    ReadingSymbols,

    /// <summary>Loading the debug registers of every thread.</summary>
    Arming,

    /// <summary>Freeing them again, and leaving the threads.</summary>
    LettingGo,

    /// <summary>Neither, or not any more.</summary>
    Ready,
}

/// <summary>How a watching ended.</summary>
/// <param name="ExitStatus">The root target's status as wait(2) gives it; null where it still runs or was not ours.</param>
/// <param name="TargetRuns">Whether the root target still runs.</param>
public sealed record SessionOutcome(int? ExitStatus, bool TargetRuns)
{
    /// <summary>Who stands still for the user's debugger; null for nobody.</summary>
    public HandOver? HandOver { get; init; }
}

/// <summary>A process that is stopped for a debugger.</summary>
/// <param name="Process">Which.</param>
/// <param name="Thread">The one that has hit; null where it is not known.</param>
public sealed record HandOver(ProcessId Process, ThreadId? Thread);
