// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using Livewatcher.Soak.Planning;

namespace Livewatcher.Soak.Judging;

/// <summary>What became of one round.</summary>
/// <param name="Plan">What was chosen.</param>
/// <param name="Problems">What was not as it must be; empty where all was well.</param>
/// <param name="Count">Hits expected and reported; null where livewatcher made no statement.</param>
/// <param name="Took">How long it took.</param>
internal sealed record RoundResult(Plan Plan, IReadOnlyList<string> Problems, HitCount? Count, TimeSpan Took);

/// <summary>Over all watches of a round.</summary>
/// <param name="Least">The program's own accesses while everything was armed.</param>
/// <param name="Most">Those between livewatcher's start and its end.</param>
/// <param name="Reported">Hits reported.</param>
/// <param name="Complete">What the statement says.</param>
/// <param name="Gaps">And why not.</param>
/// <param name="Escapes">Where, and when.</param>
internal sealed record HitCount(long Least, long Most, long Reported, bool Complete, IReadOnlyList<string> Gaps, IReadOnlyList<string> Escapes);
