// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using System.Collections.Concurrent;
using Livewatcher.Model;

namespace Livewatcher.Engine.Flooding;

/// <summary>The flood limit for sources that do not observe it themselves: what they deliver beyond it is set aside before it is
/// named. They have no clock in the hit, so each is taken to cost the same. The drain's thread takes, the session's looks.</summary>
internal sealed class FloodMeters(IHitSource source, FloodLimit? limit)
{
    private readonly ConcurrentDictionary<(ProcessId Process, int Slot), Meter> meters = new();

    /// <summary>False: the hit is beyond the limit, and is counted as skipped.</summary>
    internal bool Admits(RawHit hit)
    {
        if (limit is null || source.LimitsFloods)
            return true;
        Meter meter = meters.GetOrAdd((hit.Process, hit.Slot), _ => new Meter());
        ulong used = Math.Max(meter.Used, hit.Time);
        bool admitted = !IsOver(used, hit.Time);
        ulong cost = (ulong)(limit.TrapNanoseconds * limit.Factor);
        if (admitted || limit.ChargesAll)
            meter.Used = used + (admitted ? Math.Max(cost, (ulong)limit.LeastNanoseconds) : cost);
        if (!admitted)
        {
            source.Skip(hit.Process, hit.Slot);
            meter.SkippedAt = hit.Time;
        }

        return admitted;
    }

    /// <summary>Whether a slot's watch is beyond its limit at this moment; on the drain's thread.</summary>
    /// <param name="process">Whose.</param>
    /// <param name="slot">0 to 3.</param>
    /// <param name="now">CLOCK_MONOTONIC, ns.</param>
    /// <param name="since">What was hit before that does not count: the watch was off since.</param>
    internal bool IsFlooded(ProcessId process, int slot, ulong now, ulong since)
    {
        if (source.LimitsFloods)
            return IsOver(source.AllowanceUsed(process, slot), now);
        // The hits of a drain may be older than a second: whether it has skipped some tells, not the clock.
        return meters.TryGetValue((process, slot), out Meter? meter) && meter.SkippedAt > since;
    }

    /// <summary>CLOCK_MONOTONIC, ns, up to which a slot's watch has used its allowance.</summary>
    internal ulong AllowanceUsed(ProcessId process, int slot) => source.LimitsFloods
        ? source.AllowanceUsed(process, slot)
        : meters.GetValueOrDefault((process, slot))?.Used ?? 0;

    internal void Forget(ProcessId process, int slot) => meters.TryRemove((process, slot), out _);

    private static bool IsOver(ulong used, ulong now) => used > now && used - now > (ulong)FloodLimit.Burst.TotalNanoseconds;

    private sealed class Meter
    {
        private ulong used;

        /// <summary>When the last hit came that was set aside.</summary>
        internal ulong SkippedAt { get; set; }

        internal ulong Used
        {
            get => Volatile.Read(ref used);
            set => Volatile.Write(ref used, value);
        }
    }
}
