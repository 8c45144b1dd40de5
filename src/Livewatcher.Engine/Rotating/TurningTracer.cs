// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using Livewatcher.Model;

namespace Livewatcher.Engine.Rotating;

/// <summary>A tracer whose events name slots, not debug registers. The loader's breakpoint takes a register from those who take turns.</summary>
internal sealed class TurningTracer(Turns turns, ITracer inner) : ITracer
{
    public int Attach(ProcessId process) => inner.Attach(process);

    public void WatchLoader(ProcessId process, Address loaderBreak)
    {
        turns.Reserve(process, 1);
        try
        {
            inner.WatchLoader(process, loaderBreak);
        }
        catch (ArmingException)
        {
            turns.Reserve(process, 0);
            throw;
        }
    }

    public void UnwatchLoader(ProcessId process)
    {
        inner.UnwatchLoader(process);
        turns.Reserve(process, 0);
    }

    public void Release(ProcessId process) => inner.Release(process);

    public void Abandon(ProcessId process) => inner.Abandon(process);

    public Address? ReadThreadPointer(ThreadId thread) => inner.ReadThreadPointer(thread);

    public void Detach() => inner.Detach();

    public Action? Arrived
    {
        set => inner.Arrived = value;
    }

    public TracerEvent? Take(TimeSpan atMost) => inner.Take(atMost) switch
    {
        TracerEvent.Recovered recovered => new TracerEvent.Recovered(
            InPlace(recovered.Hit), Translate(recovered.Hit.Process, recovered.Hit.Time, recovered.Values)),
        TracerEvent.Exiting exiting => new TracerEvent.Exiting(exiting.Process, Translate(exiting.Process, ulong.MaxValue, exiting.Values)),
        var other => other,
    };

    public void Dispose() => inner.Dispose();

    /// <summary>Of execution breakpoints the guard knows which it was.</summary>
    private RawHit InPlace(RawHit hit)
    {
        lock (turns.Gate)
        {
            if (hit.Slot >= 0 && turns.Find(hit.Process) is { } book)
                hit.Slot = book.SlotAt(hit.Slot, hit.Time);
        }

        return hit;
    }

    private Dictionary<int, T> Translate<T>(ProcessId process, ulong time, IReadOnlyDictionary<int, T> values)
    {
        lock (turns.Gate)
        {
            Dictionary<int, T> bySlot = [];
            foreach ((int register, T value) in values)
            {
                if (turns.Find(process) is not { } book)
                    bySlot[register] = value;
                else if (book.SlotAt(register, time) is >= 0 and var slot)
                    bySlot[slot] = value;
            }

            return bySlot;
        }
    }
}
