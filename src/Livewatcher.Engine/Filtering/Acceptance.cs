// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using Livewatcher.Engine.Arming;
using Livewatcher.Engine.Watching;
using Livewatcher.Model;

namespace Livewatcher.Engine.Filtering;

/// <summary>Takes writers for being in order while the watching goes on. Belongs to the session's thread.</summary>
internal sealed class Acceptance(SessionPlatform platform, WatchedProcesses processes)
{
    /// <summary>The writer of a reported hit is not reported any more: the instruction, or for a system call the place that calls it.</summary>
    /// <returns>False where the hit does not tell who has written, or its process is not watched any more.</returns>
    internal bool Accept(Hit hit)
    {
        if (hit.Stack.Frames is not [Frame innermost, ..] || processes.Find(hit.Process) is not { Retired: false } origin)
            return false;
        ulong at = innermost.Address.Value - (hit.Access == AccessMode.Execute ? 0u : 1u);
        bool isDone = false;
        foreach (WatchedProcess process in processes.All.Where(process => !process.Retired))
        {
            foreach (ArmedWatch watch in process.Watches.Where(watch => watch.Watch.Label == hit.Watch.Label && watch.Watch.Mode == hit.Access))
            {
                // Its address is this writer's in its own process, and in children that were forked from there.
                if (process.Id != origin.Id && process.Symbols.SiteOf(new Address(at)) != origin.Symbols.SiteOf(new Address(at)))
                    continue;
                watch.Writers?.Accept(at, Hit.NameOfCall(hit.SystemCall), process.Symbols);
                isDone |= watch.Writers is not null;
                Tell(platform.Source, process, watch);
            }
        }

        return isDone;
    }

    /// <summary>The source filters by itself what is decided about an instruction, so that its next hit is not even copied.</summary>
    internal static void Tell(IHitSource source, WatchedProcess process, ArmedWatch watch)
    {
        if (watch.Writers is not { Code.Count: > 0 } writers)
            return;
        foreach ((int slot, _) in watch.Pieces.Where(piece => process.Watches.Count(other => other.Occupies(piece.Slot)) == 1))
            source.FilterCode(process.Id, slot, writers.Code);
    }
}
