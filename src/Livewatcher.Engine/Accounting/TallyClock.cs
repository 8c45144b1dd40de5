// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using Livewatcher.Engine.Watching;
using Livewatcher.Model;

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
        IEnumerable<SlotAccount> open = processes.All.Where(process => !process.Retired)
            .SelectMany(process => process.Slots.Keys.Select(slot => platform.Source.ReadAccount(process.Id, slot)))
            .OfType<SlotAccount>();
        take(ledger.SoFar(platform.Clock.ToWallClock(platform.Clock.Now), open, platform.Source.Session));
    }
}
