// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using Livewatcher.Model;

namespace Livewatcher.Engine.Rotating;

/// <summary>Puts the slot in place of the debug register. A hit is drained before its register is another slot's.</summary>
internal sealed class TurningReceiver(Turns turns, IHitReceiver receiver) : IHitReceiver
{
    public void OnHit(RawHit hit)
    {
        lock (turns.Gate)
        {
            if (turns.Find(hit.Process) is { } book && hit.Slot >= 0)
            {
                hit.Slot = book.SlotAt(hit.Slot, ulong.MaxValue);
                hit.Siblings = [.. hit.Siblings.Select(sibling => sibling with { Slot = book.SlotAt(sibling.Slot, ulong.MaxValue) })];
            }
        }

        receiver.OnHit(hit);
    }

    public void OnForked(ulong time, ProcessId parent, ProcessId child) => receiver.OnForked(time, parent, child);

    public void OnExec(ulong time, ProcessId process) => receiver.OnExec(time, process);

    public void OnExit(ulong time, ProcessId process) => receiver.OnExit(time, process);
}
