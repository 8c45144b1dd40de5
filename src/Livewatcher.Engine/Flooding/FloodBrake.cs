// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using Livewatcher.Engine.Auditing;
using Livewatcher.Engine.Watching;
using Livewatcher.Model;

namespace Livewatcher.Engine.Flooding;

/// <summary>One watch as the brake sees it.</summary>
/// <param name="slots">Its debug registers.</param>
/// <param name="family">Everybody that has it: events are inherited, so it is switched off for all of them.</param>
/// <param name="audited">Its values, of all of them.</param>
/// <param name="since">CLOCK_MONOTONIC, ns: it is on at least since then.</param>
internal sealed class BrakedWatch(IReadOnlyList<int> slots, IReadOnlyList<ProcessId> family, IReadOnlyList<AuditedSlot> audited, ulong since)
{
    internal ulong Since { get; } = since;

    internal IReadOnlyList<int> Slots { get; } = slots;

    internal IReadOnlyList<ProcessId> Family { get; } = family;

    internal IReadOnlyList<AuditedSlot> Audited { get; } = audited;

    /// <summary>How far its allowance was used when it was switched off.</summary>
    internal ulong Used { get; set; }

    /// <summary>When it was switched off; 0: it is not.</summary>
    internal ulong PulledAt { get; set; }
}

/// <summary>Switches a flooded watch off at once, on the drain's thread: the session's may be naming a hit just then, which takes
/// seconds where a program's symbols are large.</summary>
internal sealed class FloodBrake(SessionPlatform platform, FloodMeters meters)
{
    private readonly Lock gate = new();
    private IReadOnlyList<BrakedWatch> watches = [];

    /// <summary>On the session's thread: what was switched off since the last time.</summary>
    internal List<BrakedWatch> Take()
    {
        lock (gate)
        {
            List<BrakedWatch> pulled = [.. watches.Where(watch => watch.PulledAt != 0)];
            if (pulled.Count > 0)
                watches = [.. watches.Except(pulled)];
            return pulled;
        }
    }

    /// <summary>On the session's thread: what is armed now.</summary>
    /// <returns>False where something was switched off that is not taken yet.</returns>
    internal bool TryWatch(IReadOnlyList<BrakedWatch> all)
    {
        lock (gate)
        {
            if (watches.Any(watch => watch.PulledAt != 0))
                return false;
            watches = all;
            return true;
        }
    }

    /// <summary>After each drain.</summary>
    internal void Look()
    {
        lock (gate)
        {
            ulong now = platform.Clock.Now;
            foreach (BrakedWatch watch in watches.Where(watch => watch.PulledAt == 0))
            {
                if (watch.Family.Any(one => watch.Slots.Any(slot => meters.IsFlooded(one, slot, now, watch.Since))))
                    Pull(watch, watch.Family.Max(one => watch.Slots.Max(slot => meters.AllowanceUsed(one, slot))), now);
            }
        }
    }

    private void Pull(BrakedWatch watch, ulong used, ulong now)
    {
        foreach (AuditedSlot slot in watch.Audited)
            slot.Suspended = true;
        watch.Used = used;
        watch.PulledAt = now;
        try
        {
            foreach (ProcessId one in watch.Family)
                platform.Arming.Suspend(one, watch.Slots);
        }
        catch (UserException)
        {
            // The guard is gone, and its registers with it: the session will say so.
        }
    }
}
