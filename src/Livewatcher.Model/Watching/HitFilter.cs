// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

namespace Livewatcher.Model;

/// <summary>Which hits of a watch are reported, as the user has said it.</summary>
public sealed record HitFilter
{
    public static HitFilter None { get; } = new();

    /// <summary>--if: what a hit must satisfy, every one of them.</summary>
    public IReadOnlyList<string> Conditions { get; init; } = [];

    /// <summary>--expect: what holds at every hit that is in order; a hit is reported where one of them does not.</summary>
    public IReadOnlyList<string> Expectations { get; init; } = [];

    /// <summary>--if-changed: accesses that leave the value as it was are not reported.</summary>
    public bool ChangesOnly { get; init; }

    /// <summary>--ignore: writers that are in order.</summary>
    public IReadOnlyList<WriterRule> Ignored { get; init; } = [];

    /// <summary>--only: the writers that are of interest; empty for all.</summary>
    public IReadOnlyList<WriterRule> Wanted { get; init; } = [];

    /// <summary>--ignore-callers: functions that are in order wherever they are in the stack.</summary>
    public IReadOnlyList<WriterRule> IgnoredCallers { get; init; } = [];

    public bool HasCondition => Conditions.Count + Expectations.Count > 0;

    public bool NamesWriters => Ignored.Count + Wanted.Count + IgnoredCallers.Count > 0;
}
