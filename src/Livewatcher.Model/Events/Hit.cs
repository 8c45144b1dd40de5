// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

namespace Livewatcher.Model;

/// <summary>One access, named.</summary>
public sealed record Hit : WatchEvent
{
    /// <summary>From 1, in the order reported.</summary>
    public required long Sequence { get; init; }

    /// <summary>Wall clock, local offset.</summary>
    public required DateTimeOffset Time { get; init; }

    /// <summary>For an escaped write: the change happened between EscapedSince and Time. Null for a hit.</summary>
    public DateTimeOffset? EscapedSince { get; init; }

    public required Watch Watch { get; init; }

    /// <summary>The watch's address in this process.</summary>
    public required Address Address { get; init; }

    public AccessMode Access => Watch.Mode;

    public Value? Old { get; init; }

    public Value? New { get; init; }

    /// <summary>Null where old or new is unknown.</summary>
    public bool? Changed { get; init; }

    public required ProcessId Process { get; init; }

    /// <summary>Null for an escaped write: nobody saw who did it.</summary>
    public ThreadId? Thread { get; init; }

    public string? ThreadName { get; init; }

    public int? Cpu { get; init; }

    public HitOrigin Origin { get; init; }

    /// <summary>The system call with its arguments, as strace writes it; null for user hits.</summary>
    public string? SystemCall { get; init; }

    /// <summary>read(3, ...) without its arguments: read.</summary>
    public static string? NameOfCall(string? systemCall) => systemCall?[..Math.Max(systemCall.IndexOf('('), 0)];

    /// <summary>Hardware hits on this watch that this one stands for: the bytes of one system call, the slots of one wide store.</summary>
    public int Merged { get; init; } = 1;

    public bool Recovered { get; init; }

    /// <summary>Its watch has a condition that could not be decided here: what it asks for is not known, or could not be read.</summary>
    public bool Undecided { get; init; }

    /// <summary>It was of a debug register that its watch shares with its neighbours, and nothing tells whether it has touched this one's bytes: each that it may
    /// have touched has such a hit.</summary>
    public bool Unsure { get; init; }

    public bool Escaped => EscapedSince is not null;

    public Instruction? Instruction { get; init; }

    public required CallStack Stack { get; init; }

    /// <summary>What was done about it.</summary>
    public IReadOnlyList<ActionOutcome> Actions { get; init; } = [];

    /// <summary>Where the program has set this watch (liblivewatcher); null where that is not recorded.</summary>
    public CallStack? SetAt { get; init; }
}
