// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

namespace Livewatcher.Model;

/// <summary>What doctor's exit status says.</summary>
public enum DoctorVerdict
{
    /// <summary>Exit status 0.</summary>
    Works,

    /// <summary>Exit status 1: watching works, with restrictions.</summary>
    Degraded,

    /// <summary>Exit status 2.</summary>
    CannotWatch,
}

/// <summary>What run or attach would do here, given no options.</summary>
/// <param name="Verb">run or attach.</param>
/// <param name="Possible">False where it would be refused.</param>
/// <param name="Backend">bpf, perf or ptrace.</param>
/// <param name="Scope">cpu or task.</param>
/// <param name="Guard">Whether it would swallow stray SIGTRAPs.</param>
/// <param name="Reasons">Why, a sentence each.</param>
public sealed record VerbOutlook(string Verb, bool Possible, string Backend, string Scope, bool Guard, IReadOnlyList<string> Reasons);

/// <summary>The whole examination.</summary>
/// <param name="Verdict">In one word.</param>
/// <param name="Machine">Where it was made.</param>
/// <param name="Checks">In the order in which they build on each other.</param>
/// <param name="Outlooks">One for each verb.</param>
public sealed record DoctorReport(
    DoctorVerdict Verdict, MachineFacts Machine, IReadOnlyList<Check> Checks, IReadOnlyList<VerbOutlook> Outlooks);
