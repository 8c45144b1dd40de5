// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

namespace Livewatcher.Model;

public enum ActionKind
{
    /// <summary>The process is stopped (SIGSTOP).</summary>
    Stop,

    /// <summary>The accessing thread receives a signal.</summary>
    Signal,

    /// <summary>The process is killed (SIGKILL).</summary>
    Kill,

    /// <summary>A command is started.</summary>
    Exec,

    /// <summary>Expressions are read and shown.</summary>
    Snapshot,

    /// <summary>The process is stopped (SIGSTOP) and handed over to gdb; the watching ends.</summary>
    Gdb,

    /// <summary>A core file of the process is written.</summary>
    Core,
}

/// <summary>What is done about a reported hit, besides reporting it.</summary>
/// <param name="Kind">What.</param>
/// <param name="Text">As the user has written it, for messages.</param>
public sealed record HitAction(ActionKind Kind, string Text)
{
    /// <summary>Of signal(7), for actions that send one; 0 for others.</summary>
    public int Signal { get; init; }

    /// <summary>Its name, as "SIGUSR1".</summary>
    public string SignalName { get; init; } = "";

    /// <summary>For the shell; null for actions that start none.</summary>
    public string? Command { get; init; }

    /// <summary>How the core files' names begin, PID and hit follow; null for actions that write none.</summary>
    public string? CorePrefix { get; init; }

    /// <summary>What a snapshot reads.</summary>
    public IReadOnlyList<string> Expressions { get; init; } = [];

    /// <summary>Done at the hit itself where that can be: it sends a signal.</summary>
    public bool SendsSignal => Signal != 0;
}

/// <summary>What is done about the reported hits of one watch.</summary>
public sealed record HitReaction
{
    public static HitReaction None { get; } = new();

    /// <summary>In the order of the command line; at most one of them sends a signal.</summary>
    public IReadOnlyList<HitAction> Actions { get; init; } = [];

    /// <summary>--after: from this reported hit on, of all threads and processes together; 1 for the first.</summary>
    public long After { get; init; } = 1;

    /// <summary>--once: at one hit only.</summary>
    public bool Once { get; init; }

    public bool IsNone => Actions.Count == 0;

    /// <summary>The one that can be done at the hit itself; null where none can.</summary>
    public HitAction? Signal => Actions.FirstOrDefault(action => action.SendsSignal);
}
