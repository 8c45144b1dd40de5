// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using Livewatcher.Engine.Auditing;
using Livewatcher.Model;

namespace Livewatcher.Engine.Arming;

/// <summary>What a watch begins with.</summary>
internal static class Seeding
{
    /// <summary>A thread that was not armed yet may have written since the slot was seeded: that has no hit and is no escaped write, for
    /// the watch begins when every thread is covered. So it begins with what the memory holds then, unless a hit was quicker.</summary>
    /// <param name="source">The slot's.</param>
    /// <param name="process">Whose.</param>
    /// <param name="slot">0 to 3, data.</param>
    /// <param name="content">What it holds.</param>
    /// <param name="seed">What memory held before it was armed.</param>
    /// <param name="watches">Whose images show it.</param>
    internal static void Renew(IHitSource source, WatchedProcess process, int slot, HardwareSlot content, ulong seed, IReadOnlyList<ArmedWatch> watches)
    {
        if (!Auditor.TryReadValue(process.Process.Memory, content, out ulong now) || now == seed)
            return;
        bool isFirst = source.TracksValues
            ? source.CorrectLastValue(process.Id, slot, seed, now)
            : source.ReadAccount(process.Id, slot) is { Counted: 0 };
        foreach (ArmedWatch watch in isFirst ? watches.Where(watch => watch.Occupies(slot)) : [])
            watch.Apply(slot, now);
    }
}
