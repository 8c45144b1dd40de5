// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using Livewatcher.Engine.Arming;
using Livewatcher.Model;

namespace Livewatcher.Engine.Rotating;

/// <summary>A watch that takes turns with others, and its account.</summary>
internal sealed class TurnEntry
{
    /// <param name="watch">Which.</param>
    /// <param name="pieces">The debug registers that it takes.</param>
    internal TurnEntry(Watch watch, IReadOnlyList<HardwareSlot> pieces) => Wanted = new WantedWatch(watch, pieces) { Entry = this };

    internal WantedWatch Wanted { get; }

    internal Watch Watch => Wanted.Watch;

    /// <summary>In its turn, and until the last hit of it is published; null otherwise.</summary>
    internal ArmedWatch? Current { get; set; }

    /// <summary>As it was armed in the turn before; null where there was none.</summary>
    internal ArmedWatch? Former { get; private set; }

    /// <summary>Its bytes when they were last known: at the end of its last turn, or when it was taken in; null: not known.</summary>
    internal byte[]? Known { get; set; }

    /// <summary>What was known of it and was not true any more when its present turn began; null where nothing has changed.</summary>
    internal byte[]? Outdated { get; set; }

    /// <summary>CLOCK_MONOTONIC, ns, from which on every thread has had it, in this turn; null where it is not armed.</summary>
    internal ulong? ArmedAt { get; set; }

    /// <summary>Nanoseconds, in turns that are over.</summary>
    internal ulong ArmedFor { get; private set; }

    internal int Turns { get; set; }

    /// <summary>Hits in turns that are over.</summary>
    internal long Counted { get; set; }

    internal long ChangedUnarmed { get; private set; }

    /// <summary>Turns that it was given, whether or not it could be armed then.</summary>
    internal int Given { get; set; }

    /// <summary>The number of the last of these.</summary>
    internal long LastGiven { get; set; }

    /// <summary>Its memory is no more: it gets no turn.</summary>
    internal bool HasEnded { get; private set; }

    /// <summary>It is armed in every thread.</summary>
    internal void Begin(ArmedWatch armed)
    {
        Current = Former = armed;
        ArmedAt = armed.ArmedAt;
        Turns++;
        Outdated = Known is null || armed.Image.SequenceEqual(Known) ? null : Known;
        ChangedUnarmed += Outdated is null ? 0 : 1;
        Known = null;
    }

    /// <summary>From now on it is not armed everywhere.</summary>
    internal void Stop(ulong now)
    {
        ArmedFor += now > ArmedAt ? now - ArmedAt.Value : 0;
        ArmedAt = null;
    }

    /// <summary>From now on, for good.</summary>
    internal void End(ulong now)
    {
        Stop(now);
        HasEnded = true;
        Current = null;
    }
}
