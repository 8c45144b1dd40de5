// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using Livewatcher.Model;

namespace Livewatcher.Engine.Rotating;

/// <summary>A slot that has a debug register in its turns only: what it is to have then, and its account over all of them.</summary>
/// <param name="content">What it holds.</param>
/// <param name="siblings">Mask of the other slots of the same watch.</param>
/// <param name="last">Its bytes as last seen.</param>
internal sealed class TurnSlot(HardwareSlot content, uint siblings, ulong last)
{
    internal HardwareSlot Content { get; } = content;

    internal uint Siblings { get; } = siblings;

    internal ulong Last { get; set; } = last;

    internal SlotHandling Handling { get; set; }

    internal Condition? Condition { get; set; }

    internal IReadOnlyList<(Address Start, Address End)>? Code { get; set; }

    internal (int Number, SignalOrder Order)? Order { get; set; }

    /// <summary>The debug register that is its own, before the turn and as long as hits of it may be on their way too; -1 where it has none.</summary>
    internal int Register { get; set; } = -1;

    /// <summary>Number of the turn that it is armed in, in every thread; 0 where it is not.</summary>
    internal ulong Turn { get; set; }

    /// <summary>It has been disarmed for good.</summary>
    internal bool HasEnded { get; set; }

    /// <summary>CLOCK_MONOTONIC, ns; of the present turn.</summary>
    internal ulong ArmedAt { get; set; }

    /// <summary>Nanoseconds, in turns that are over.</summary>
    private ulong ArmedFor { get; set; }

    internal int Turns { get; set; }

    /// <summary>What was counted in turns that are over.</summary>
    internal SlotAccount Closed { get; private set; }

    /// <summary>By the kernel; null where it has counted nothing so far.</summary>
    internal EventCount? Kernel { get; set; }

    /// <summary>Nanoseconds in all its turns until now.</summary>
    internal ulong ArmedUntil(ulong now) => ArmedFor + (Turn > 0 && now > ArmedAt ? now - ArmedAt : 0);

    /// <summary>From now on it is not armed everywhere.</summary>
    internal void Stop(ulong now)
    {
        ArmedFor = ArmedUntil(now);
        Turn = 0;
    }

    /// <summary>Nothing of its turn is on its way any more.</summary>
    internal void Close(in SlotAccount account)
    {
        Closed = Sum(account);
        Last = account.LastValue;
        Register = -1;
    }

    /// <summary>With what was counted before.</summary>
    internal SlotAccount Sum(in SlotAccount present) => new(
        Closed.Counted + present.Counted, Closed.Recorded + present.Recorded, Closed.Filtered + present.Filtered, Closed.Dropped + present.Dropped, present.LastValue,
        Closed.Skipped + present.Skipped);

    /// <summary>A hit that was recorded in a turn that is over is skipped after all.</summary>
    internal void Skip() => Closed = Closed with { Recorded = Closed.Recorded - 1, Skipped = Closed.Skipped + 1 };
}
