// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

namespace Livewatcher.Model;

/// <summary>The account of a watching that goes on, for who shows it from time to time. No event: it is in no recording, and the closing
/// statement replaces it.</summary>
/// <param name="Time">When it was read.</param>
/// <param name="Hits">Every hit's account so far; what is on its way may be in one figure and not yet in another.</param>
/// <param name="Processes">Processes covered so far.</param>
/// <param name="Threads">Distinct threads covered so far.</param>
/// <param name="Gaps">How many reasons there are by now why something can have been missed.</param>
public sealed record SessionTally(DateTimeOffset Time, HitCounts Hits, int Processes, int Threads, int Gaps);
