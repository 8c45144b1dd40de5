// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using Livewatcher.Engine.Accounting;
using Livewatcher.Engine.Arming;
using Livewatcher.Model;

namespace Livewatcher.Engine.Watching;

/// <summary>Sees that a watched library was unmapped (dlclose(3)): its variable is no more, and what is mapped there later is something else.
/// The kernel tells nobody, so the mappings are looked at now and then.</summary>
/// <param name="platform">The platform.</param>
/// <param name="ledger">Takes the gaps.</param>
/// <param name="processes">Who is watched.</param>
/// <param name="armer">Ends a watch.</param>
/// <param name="reporter">Tells the user.</param>
/// <param name="flow">Knows when the last hits of a watch are published.</param>
/// <param name="canWait">Whether a tracer holds the process, so that the library can be waited for.</param>
internal sealed class UnloadedLibraries(SessionPlatform platform, Ledger ledger, WatchedProcesses processes, Armer armer, Reporter reporter, EventFlow flow, Func<bool> canWait)
{
    private const ulong Interval = 100_000_000;

    /// <summary>A process may have tens of thousands of mappings, of which each takes 1 to 2 us to be read: no more than a small part of
    /// the session's time goes into that.</summary>
    private const ulong PauseForEach = 50_000;

    /// <summary>Watches that were not at home at the last look: their library may be on its way back.</summary>
    private readonly HashSet<ArmedWatch> absent = [];

    private ulong nextLook;
    private ulong seen = platform.Clock.Now;

    /// <summary>Between hits; most times there is nothing to do.</summary>
    internal void Look()
    {
        ulong now = platform.Clock.Now;
        if (now < nextLook)
            return;
        List<WatchedProcess> living = [.. processes.All.Where(process => !process.Retired && !process.Replaced)];
        // Children inherit their parent's events; these are not ended for one of them alone.
        nextLook = now + Interval;
        if (living.Count == 1)
            Look(living[0]);
        if (absent.Count == 0)
            seen = now;
    }

    private void Look(WatchedProcess process)
    {
        List<ArmedWatch> watches = [.. process.Watches.Where(watch => watch.Home is not null && watch.Pieces.All(piece => !process.Leaving.Contains(piece.Slot)))];
        if (watches.Count == 0)
            return;
        IReadOnlyList<Mapping> mappings = process.Process.ReadMappings();
        nextLook = platform.Clock.Now + Interval + (PauseForEach * (ulong)mappings.Count);
        if (mappings.Count == 0)
            return; // it has ended
        foreach (ArmedWatch watch in watches)
        {
            if (watch.Home == LibraryHome.Of(mappings, watch.Watch.Address))
                absent.Remove(watch);
            else if (!absent.Add(watch))
                End(process, watch, watch.Home!.Value);
        }
    }

    private void End(WatchedProcess process, ArmedWatch watch, LibraryHome home)
    {
        absent.Remove(watch);
        string since = CrossCheck.TimeOf(platform.Clock, seen);
        armer.Unload(process, watch);
        string what = $"{watch.Watch.Label} was in {home.Path}, which process {process.Id} has unmapped after {since}: its watch ended at "
            + $"{CrossCheck.TimeOf(platform.Clock)}, and a hit in between may be of what was mapped there since";
        ledger.AddGap(what);
        reporter.Note(NoteLevel.Warning, what);
        flow.Defer(() => armer.Leave(process, watch, canWait()));
    }
}
