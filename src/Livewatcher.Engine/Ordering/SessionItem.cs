// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using Livewatcher.Model;

namespace Livewatcher.Engine.Ordering;

/// <summary>What the drain loop hands to the session, with its time stamp (CLOCK_MONOTONIC, ns).</summary>
internal abstract record SessionItem(ulong Time)
{
    internal sealed record RawHitItem(RawHit Hit) : SessionItem(Hit.Time);

    /// <summary>A hit from the guard; the slots it touched are known by its instruction only.</summary>
    internal sealed record RecoveredItem(TracerEvent.Recovered Recovered) : SessionItem(Recovered.Hit.Time);

    internal sealed record Forked(ulong Time, ProcessId Parent, ProcessId Child) : SessionItem(Time);

    internal sealed record Execed(ulong Time, ProcessId Process) : SessionItem(Time);

    internal sealed record Exited(ulong Time, ProcessId Process) : SessionItem(Time);

    /// <summary>A watch that arms itself is armed on something else, or what it is armed on has been freed (<see cref="IHitReceiver.OnArisen"/>).</summary>
    internal sealed record Arisen(RawHit At, bool IsFreed) : SessionItem(At.Time);

    /// <summary>A slot has a debug register from here on, having had none for a while (--rotate).</summary>
    /// <param name="Time">When.</param>
    /// <param name="Process">Whose.</param>
    /// <param name="Slot">Which.</param>
    /// <param name="Number">Of the turn; another one each time.</param>
    /// <param name="Value">What memory holds then.</param>
    /// <param name="IsCertain">False where the first hit may find something else: threads are still being armed.</param>
    internal sealed record Turned(ulong Time, ProcessId Process, int Slot, ulong Number, ulong Value, bool IsCertain) : SessionItem(Time);

    /// <summary>The audit has found a change that no hit explains, between Since and Time.</summary>
    internal sealed record Escaped(ulong Time, ulong Since, ProcessId Process, int Slot, ulong Old, ulong New) : SessionItem(Time);

    /// <summary>A source without values: this is what the slot holds after its hits so far.</summary>
    internal sealed record AtRest(ulong Time, ProcessId Process, int Slot, ulong Value) : SessionItem(Time);

    /// <summary>To be done when everything that happened before this time has been published.</summary>
    internal sealed record Due(ulong Time, Action Act) : SessionItem(Time);

    /// <summary>Everything that happened before this time has been handed over.</summary>
    internal sealed record Drained(ulong Time) : SessionItem(Time);
}
