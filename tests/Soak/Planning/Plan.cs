// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using Livewatcher.Soak.Faults;

namespace Livewatcher.Soak.Planning;

/// <summary>What else goes on meanwhile.</summary>
internal enum Load
{
    None,

    /// <summary>Processes that want all processors.</summary>
    Busy,

    /// <summary>The target is stopped and continued, again and again.</summary>
    TargetStops,

    /// <summary>livewatcher is.</summary>
    WatcherStops,
}

/// <summary>Everything that is chosen for one round.</summary>
internal sealed record Plan
{
    public required int Number { get; init; }

    public required Fault Fault { get; init; }

    /// <summary>The variant of the soaked program.</summary>
    public required string Program { get; init; }

    /// <summary>"run" instead of "attach".</summary>
    public required bool Run { get; init; }

    public required string Backend { get; init; }

    public required string Scope { get; init; }

    public required string Guard { get; init; }

    public required IReadOnlyList<PlannedWatch> Watches { get; init; }

    public required int Threads { get; init; }

    public required bool Churn { get; init; }

    public required bool Forks { get; init; }

    public required bool Locked { get; init; }

    public required bool Calls { get; init; }

    public required int PaceMicroseconds { get; init; }

    public required bool FollowFork { get; init; }

    public required bool FollowExec { get; init; }

    public required Load Load { get; init; }

    /// <summary>The target of an attach waits until it is armed; otherwise it is in full swing.</summary>
    public required bool Gated { get; init; }

    /// <summary>The fault strikes so many milliseconds after livewatcher's start, and not after the arming.</summary>
    public bool AtAnyMoment { get; init; }

    /// <summary>Where livewatcher is asked to end, the target makes no access meanwhile: then the counts must be equal.</summary>
    public required bool Quiet { get; init; }

    /// <summary>Milliseconds until it strikes.</summary>
    public required int Moment { get; init; }

    /// <summary>Milliseconds it lasts, or between it and the end.</summary>
    public required int Pause { get; init; }

    public string? Ring { get; init; }

    /// <summary>Soft limit of descriptors.</summary>
    public int? Descriptors { get; init; }

    public long? MaxHits { get; init; }

    public IEnumerable<string> ProgramArguments =>
    [
        $"threads={Threads}", $"churn={(Churn ? 1 : 0)}", $"forks={(Forks ? 1 : 0)}", $"pace={PaceMicroseconds}",
        $"locked={(Locked ? 1 : 0)}", $"calls={(Calls ? 1 : 0)}",
    ];

    /// <summary>All but the target and the output.</summary>
    public IEnumerable<string> Options =>
    [
        "--backend", Backend, "--scope", Scope, "--guard", Guard,
        // An emulated hit takes so long that the flood limit would bite where it never does elsewhere.
        .. Live.Tests.Running.Emulation.IsOn ? ["--max-cpu", "off"] : Array.Empty<string>(),
        .. Watches.SelectMany(watch => watch.Options),
        .. FollowFork ? ["--follow-fork"] : Array.Empty<string>(),
        .. FollowExec ? ["--follow-exec"] : Array.Empty<string>(),
        .. Ring is null ? [] : new[] { "--ring", Ring },
        .. MaxHits is { } hits ? ["--max-hits", $"{hits}"] : Array.Empty<string>(),
    ];

    public override string ToString() =>
        $"{Fault.Name}: {(Run ? "run" : Gated ? "attach at the gate" : "attach")} {Program} {string.Join(' ', ProgramArguments)}, "
        + $"{string.Join(' ', Options)}, load {Load}, {(AtAnyMoment ? "any moment" : "armed")} + {Moment} ms, pause {Pause} ms"
        + (Quiet && Fault.Ending == Ending.ByWatcher ? ", at rest then" : "")
        + (Descriptors is { } most ? $", {most} descriptors" : "");
}
