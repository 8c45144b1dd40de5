// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using Livewatcher.Engine.Auditing;
using Livewatcher.Model;

namespace Livewatcher.Engine.Arming;

/// <summary>What a watch begins with, and what it goes on with when it was off for a while.</summary>
internal static class Seeding
{
    /// <summary>Threads that are armed already may hit meanwhile.</summary>
    private const int Trials = 3;

    /// <summary>Makes what memory holds the last value seen, where no hit has come in since the account was read.</summary>
    /// <param name="source">The slot's.</param>
    /// <param name="process">Whose.</param>
    /// <param name="slot">0 to 3, data.</param>
    /// <param name="account">As it was read before the memory.</param>
    /// <param name="now">The slot's bytes.</param>
    /// <returns>False where a hit was quicker, or may have been.</returns>
    internal static bool TryTake(IHitSource source, ProcessId process, int slot, in SlotAccount account, ulong now) =>
        // Whoever has stored what we have read is through with its hit when the source has settled, and has left another last value.
        account.LastValue == now || (source.Settle() && source.CorrectLastValue(process, slot, account.LastValue, now));

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
            if (source.TracksValues && !TryTake(source, process.Id, slot, account, now))
                continue;
            foreach (ArmedWatch watch in account.Counted == 0 ? watches.Where(watch => watch.Occupies(slot)) : [])
                watch.Apply(slot, now);
            return;
        }
    }
}
