// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using Livewatcher.Soak.Planning;
using Livewatcher.Soak.Scenes;

namespace Livewatcher.Soak.Faults;

/// <summary>How a round comes to its end.</summary>
internal enum Ending
{
    /// <summary>The target ends, and with it livewatcher, after its statement.</summary>
    ByTarget,

    /// <summary>livewatcher ends after its statement, and the target goes on.</summary>
    ByWatcher,

    /// <summary>livewatcher is gone without a word, or had no place for one; the target goes on.</summary>
    Mute,

    /// <summary>livewatcher may refuse (status 2, one line); where it does not, the target's end is its own.</summary>
    ByTargetOrRefusal,
}

/// <summary>One kind of fault: what it needs, what it does, and how the round then ends.</summary>
/// <param name="Name">For the table.</param>
/// <param name="Ending">How it ends.</param>
/// <param name="Statuses">livewatcher's exit statuses that are right.</param>
internal sealed record Fault(string Name, Ending Ending, Func<Plan, int[]> Statuses)
{
    /// <summary>Makes a random plan one that the fault can strike.</summary>
    public Func<Plan, Random, Plan> Shape { get; init; } = (plan, _) => plan;

    /// <summary>Before livewatcher is started.</summary>
    public Func<Scene, Task> PrepareAsync { get; init; } = _ => Task.CompletedTask;

    /// <summary>When its moment has come.</summary>
    public Func<Scene, Task> StrikeAsync { get; init; } = _ => Task.CompletedTask;

    /// <summary>What sh runs in place of livewatcher, which is "$@" there.</summary>
    public Func<Plan, string?> Shell { get; init; } = _ => null;

    public bool ToStandardOutput { get; init; }

    /// <summary>The target is not guarded then.</summary>
    public bool IsUnguarded { get; init; }

    /// <summary>The target begins anew, and with it what it counts.</summary>
    public bool Executes { get; init; }

    /// <summary>Of a crash; otherwise an exception that nobody has caught is a defect.</summary>
    public bool MayEndWithStack { get; init; }

    public override string ToString() => Name;
}
