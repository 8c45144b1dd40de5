// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

namespace Livewatcher.Model;

/// <summary>Time as hits are stamped with, and as people read it.</summary>
public interface IClock
{
    /// <summary>CLOCK_MONOTONIC, ns.</summary>
    ulong Now { get; }

    /// <summary>The wall clock of a stamp.</summary>
    DateTimeOffset ToWallClock(ulong monotonic);
}
