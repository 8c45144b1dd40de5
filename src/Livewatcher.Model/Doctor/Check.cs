// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

namespace Livewatcher.Model;

/// <summary>How one thing that watching needs has come off when it was tried.</summary>
public enum CheckOutcome
{
    Works,

    /// <summary>It works with a restriction, which the finding names.</summary>
    Degraded,

    Fails,
}

/// <summary>One number that a check has found.</summary>
/// <param name="Name">In snake_case; a member of the JSON object "figures".</param>
/// <param name="Value">In the unit that the name says; a count where it says none.</param>
public readonly record struct Figure(string Name, long Value);

/// <summary>One thing tried, and what came of it.</summary>
/// <param name="Name">Stable, in snake_case, for programs.</param>
/// <param name="Title">For people.</param>
/// <param name="Outcome">Whether it works.</param>
/// <param name="Finding">What was seen, and where it does not work, why. One or more sentences.</param>
/// <param name="Remedies">Commands that mend it, each complete; empty where there is nothing to mend or no command does.</param>
/// <param name="Figures">The numbers behind the finding.</param>
public sealed record Check(
    string Name, string Title, CheckOutcome Outcome, string Finding, IReadOnlyList<string> Remedies, IReadOnlyList<Figure> Figures);
