// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using Livewatcher.Engine.Arming;
using Livewatcher.Model;

namespace Livewatcher.Engine.Rotating;

/// <summary>The slots of one process, and which of them have its debug registers.</summary>
/// <param name="process">Whose.</param>
/// <param name="target">How it is looked at.</param>
internal sealed class TurnBook(ProcessId process, ITargetProcess target)
{
    private readonly IReadOnlyDictionary<ulong, ulong> program = target.ReadAuxiliaryVector();
    private readonly Dictionary<int, TurnSlot> slots = [];
    private readonly Holder[] holders = [.. Enumerable.Repeat(new Holder(-1, -1, 0), SlotPlanner.SlotCount)];

    internal ProcessId Process { get; } = process;

    internal ITargetMemory Memory { get; } = target.Memory;

    /// <summary>Its memory is neither gone nor another program's (exit(2), execve(2)), of which the session is still to hear.</summary>
    internal bool IsOfItsProgram => AuxiliaryVector.HasReplaced(program, target.ReadAuxiliaryVector()) is false;

    internal TurnTable Table { get; } = new();

    /// <summary>Debug registers that somebody else needs.</summary>
    internal int Reserved { get; set; }

    internal int Available => SlotPlanner.SlotCount - Reserved;

    /// <summary>Threads at the last arming.</summary>
    internal int Threads { get; set; }

    /// <summary>It is not watched any more.</summary>
    internal bool IsClosed { get; set; }

    /// <summary>CLOCK_MONOTONIC, ns: when the present turn is over; never, as long as nobody waits for a turn.</summary>
    internal ulong Due
    {
        get => Volatile.Read(ref field);
        set => Volatile.Write(ref field, value);
    }
    = ulong.MaxValue;

    /// <summary>All that are not disarmed for good.</summary>
    internal IReadOnlyList<(int Number, TurnSlot Slot)> Listed => [.. Table.Groups.SelectMany(group => group.Slots).Select(slot => (slot, slots[slot]))];

    internal TurnSlot? Find(int slot) => slots.GetValueOrDefault(slot);

    internal void Set(int slot, TurnSlot content) => slots[slot] = content;

    internal void Remove(int slot)
    {
        if (!slots.Remove(slot, out TurnSlot? removed))
            return;
        Table.Remove(slot);
        if (removed.Register >= 0)
            Vacate(removed.Register);
    }

    /// <summary>A slot's watch: all its slots.</summary>
    internal HashSet<int> WatchOf(int slot) => [slot, .. Enumerable.Range(0, SlotPlanner.MostSlots).Where(other => (slots[slot].Siblings & (1u << other)) != 0)];

    internal bool HasRegisters(TurnGroup group) => group.Slots.All(slot => slots[slot].Register >= 0);

    internal IReadOnlyList<int> Free => [.. Enumerable.Range(0, SlotPlanner.SlotCount).Where(register => holders[register].Slot < 0).SkipLast(Reserved)];

    internal void Occupy(int register, int slot, ulong time)
    {
        holders[register] = new Holder(slot, holders[register].Former, time);
        slots[slot].Register = register;
    }

    /// <summary>A register is nobody's; what still comes of it is the last one's.</summary>
    internal void Vacate(int register) => holders[register] = new Holder(-1, holders[register].Slot >= 0 ? holders[register].Slot : holders[register].Former, holders[register].Since);

    /// <summary>Whose a register is, or was at a time that may be past.</summary>
    /// <returns>-1 where it was nobody's.</returns>
    internal int SlotAt(int register, ulong time)
    {
        Holder holder = holders[register];
        return holder.Slot >= 0 && time >= holder.Since ? holder.Slot : holder.Former;
    }

    /// <summary>The debug registers of slots, as a mask.</summary>
    internal uint RegistersOf(uint mask) => Enumerable.Range(0, SlotPlanner.MostSlots)
        .Where(slot => (mask & (1u << slot)) != 0 && Find(slot)?.Register >= 0).Aggregate(0u, (sum, slot) => sum | (1u << slots[slot].Register));

    private readonly record struct Holder(int Slot, int Former, ulong Since);
}
