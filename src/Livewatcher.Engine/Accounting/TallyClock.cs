// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using Livewatcher.Engine.Watching;

namespace Livewatcher.Engine.Accounting;

/// <summary>Reads the account of what goes on once a second, where somebody wants it.</summary>
internal sealed class TallyClock(SessionPlatform platform, WatchedProcesses processes, Ledger ledger)
{
    private const ulong Interval = 1_000_000_000;

    private ulong next;

    /// <summary>Between any two hits; most times there is nothing to do.</summary>
    internal void Look()
    {
        if (platform.Tally is not { } take || platform.Clock.Now < next)
            return;
        next = platform.Clock.Now + Interval;
        take(ledger.Tally(platform.Clock.ToWallClock(platform.Clock.Now), processes.OpenAccounts, platform.Source.Session));
    }
}
