// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

namespace Livewatcher.Linux.Perf;

/// <summary>When samples may have been lost, over all rings. A ring that was full tells of it with the next sample that finds room, and
/// not before: until then every hit on any CPU may follow a lost one. Times are CLOCK_MONOTONIC, ns.</summary>
internal sealed class PerfLossTimes
{
    private readonly Dictionary<int, Ring> rings = [];
    private readonly List<(ulong After, ulong UpTo)> known = [];

    /// <summary>A sample, in the order of its ring.</summary>
    /// <param name="cpu">Whose ring.</param>
    /// <param name="time">Its time.</param>
    /// <param name="afterLoss">Others were lost between the one before it in this ring and this one.</param>
    internal void OnSample(int cpu, ulong time, bool afterLoss)
    {
        Ring ring = Of(cpu);
        if (afterLoss)
            known.Add((ring.Last, time));
        ring.Last = time;
        ring.InDoubt = false;
    }

    /// <summary>A ring has been read to its end.</summary>
    /// <param name="cpu">Whose ring.</param>
    /// <param name="wasFull">It had no room for another sample, so the next ones may be lost.</param>
    internal void OnRead(int cpu, bool wasFull) => Of(cpu).InDoubt |= wasFull;

    /// <summary>Whether a hit of that time may follow a lost one that no earlier hit has told of.</summary>
    internal bool MayHaveLostBefore(ulong time) =>
        known.Exists(loss => time > loss.After && time <= loss.UpTo) || rings.Values.Any(ring => ring.InDoubt && time > ring.Last);

    /// <summary>Every hit up to that time has been asked about.</summary>
    internal void Forget(ulong upTo) => known.RemoveAll(loss => loss.UpTo <= upTo);

    private Ring Of(int cpu)
    {
        if (!rings.TryGetValue(cpu, out Ring? ring))
            rings[cpu] = ring = new Ring();
        return ring;
    }

    private sealed class Ring
    {
        /// <summary>Its newest sample's time.</summary>
        internal ulong Last { get; set; }

        internal bool InDoubt { get; set; }
    }
}
