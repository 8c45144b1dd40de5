// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using Livewatcher.Engine.Arming;
using Livewatcher.Engine.Watching;
using Livewatcher.Model;

namespace Livewatcher.Engine.Accounting;

/// <summary>Says while it happens that hits find the buffer full: at once, and then every few seconds as long as more are dropped.</summary>
internal sealed class DropNotice(SessionPlatform platform, WatchedProcesses processes, Reporter reporter)
{
    private const ulong Interval = 100_000_000;
    private const ulong Again = 5_000_000_000;

    private readonly Dictionary<(WatchedProcess Process, ArmedWatch Watch), ulong> told = [];
    private ulong nextLook;
    private ulong nextNotice;

    /// <summary>Between any two hits; most times there is nothing to do.</summary>
    internal void Look()
    {
        ulong now = platform.Clock.Now;
        if (now < nextLook)
            return;
        nextLook = now + Interval;
        if (now < nextNotice)
            return;
        foreach (WatchedProcess process in processes.All.Where(process => !process.Retired))
        {
            // Two watches of one register have their drops in common.
            foreach (ArmedWatch watch in process.Watches.DistinctBy(watch => watch.Pieces[0].Slot))
            {
                ulong dropped = watch.Pieces.Aggregate(0UL, (sum, piece) => sum + (platform.Source.ReadAccount(process.Id, piece.Slot)?.Dropped ?? 0));
                if (dropped <= told.GetValueOrDefault((process, watch)))
                    continue;
                told[(process, watch)] = dropped;
                nextNotice = now + Again;
                reporter.Note(NoteLevel.Warning, $"{process.LabelOf(watch.Pieces[0].Slot)} in process {process.Id}: {dropped:N0} hits have found the buffer full and are dropped so far (--ring takes a larger one)");
            }
        }
    }

    /// <summary>A process's account is closed.</summary>
    internal void Forget(WatchedProcess process)
    {
        foreach (ArmedWatch watch in process.Watches)
            told.Remove((process, watch));
    }
}
