// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using Livewatcher.Engine.Auditing;
using Livewatcher.Model;

namespace Livewatcher.Engine.Arming;

/// <summary>What a watch begins with.</summary>
internal static class Seeding
{
    /// <summary>Threads that are armed already may hit meanwhile.</summary>
    private const int Trials = 3;

    /// <summary>A thread that was not armed yet may have written since the slot was seeded, or since the last hit of one that was: that has
    /// no hit and is no escaped write, for the watch begins when every thread is covered. So it begins with what the memory holds then.</summary>
    /// <param name="source">The slot's.</param>
    /// <param name="process">Whose.</param>
    /// <param name="slot">0 to 3, data.</param>
    /// <param name="content">What it holds.</param>
    /// <param name="watches">Whose images show it.</param>
    internal static void Renew(IHitSource source, WatchedProcess process, int slot, HardwareSlot content, IReadOnlyList<ArmedWatch> watches)
    {
        for (int trial = 0; trial < Trials; trial++)
        {
            if (source.ReadAccount(process.Id, slot) is not { } account || !Auditor.TryReadValue(process.Process.Memory, content, out ulong now))
                return;
            if (source.TracksValues && account.LastValue != now)
            {
                // Whoever has stored what we have read is through with its hit after this, and the exchange finds another last value.
                if (!source.Settle() || !source.CorrectLastValue(process.Id, slot, account.LastValue, now))
                    continue;
            }

            foreach (ArmedWatch watch in account.Counted == 0 ? watches.Where(watch => watch.Occupies(slot)) : [])
                watch.Apply(slot, now);
            return;
        }
    }
}
