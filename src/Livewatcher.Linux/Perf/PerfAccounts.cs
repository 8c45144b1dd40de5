// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using System.Collections.Concurrent;
using Livewatcher.Linux.Records;
using Livewatcher.Model;

namespace Livewatcher.Linux.Perf;

/// <summary>One slot of one process. The drainer counts, other threads read.</summary>
internal sealed class PerfSlot(HardwareSlot content, ulong initial)
{
    internal ulong Recorded;
    internal ulong Filtered;
    internal ulong Dropped;
    internal ulong LastValue = initial;
    private ulong skipped;

    internal HardwareSlot Content { get; } = content;

    /// <summary>Made for a child by its first hit, before anybody had told us of it.</summary>
    internal bool Adopted { get; init; }

    /// <summary>False once the slot is cleared; what is still on its way is then set aside.</summary>
    internal bool Armed
    {
        get => Volatile.Read(ref field);
        set => Volatile.Write(ref field, value);
    }
    = true;

    internal SlotAccount Account
    {
        get
        {
            ulong recorded = Volatile.Read(ref Recorded);
            ulong filtered = Volatile.Read(ref Filtered);
            ulong dropped = Volatile.Read(ref Dropped);
            ulong passed = Volatile.Read(ref skipped);
            return new SlotAccount(recorded + filtered + dropped + passed, recorded, filtered, dropped, Volatile.Read(ref LastValue), passed);
        }
    }

    internal void Skip()
    {
        Interlocked.Increment(ref skipped);
        Interlocked.Decrement(ref Recorded);
    }
}

/// <summary>What each process's slots hold, and their accounts.</summary>
/// <param name="followFork">Children that nobody has named yet are taken in with their first hit.</param>
internal sealed class PerfAccounts(bool followFork)
{
    private readonly ConcurrentDictionary<ProcessId, PerfSlot?[]> processes = new();
    private readonly ConcurrentDictionary<ProcessId, bool> removed = new();

    internal bool FollowFork => followFork;

    internal bool Watches(ProcessId process) => processes.ContainsKey(process);

    internal void Add(ProcessId process)
    {
        removed.TryRemove(process, out _);
        processes.TryAdd(process, new PerfSlot?[RecordLimits.LW_SLOTS]);
    }

    /// <summary>At once with what it has inherited: with empty slots, be it for a moment only, its hits would be nobody's.</summary>
    internal void AddChild(ProcessId parent, ProcessId child)
    {
        removed.TryRemove(child, out _);
        if (processes.TryGetValue(parent, out PerfSlot?[]? slots))
            processes.TryAdd(child, [.. slots.Select(Inherit)]);
        else
            Add(child);
    }

    internal void Remove(ProcessId process)
    {
        removed[process] = true;
        processes.TryRemove(process, out _);
    }

    internal void Set(ProcessId process, int slot, HardwareSlot content, ulong initial)
    {
        if (!processes.TryGetValue(process, out PerfSlot?[]? slots))
            return;
        // What an adopted child has been seen to do is its own; the inherited slot is only being named now.
        if (slots[slot] is { Adopted: true, Armed: true } known && known.Content == content)
            Volatile.Write(ref known.LastValue, initial);
        else
            Volatile.Write(ref slots[slot], new PerfSlot(content, initial));
    }

    internal PerfSlot? Find(ProcessId process, int slot) =>
        processes.TryGetValue(process, out PerfSlot?[]? slots) ? Volatile.Read(ref slots[slot]) : null;

    /// <summary>The slot that a sample is of.</summary>
    /// <param name="process">Whose.</param>
    /// <param name="address">The breakpoint's.</param>
    /// <param name="hint">The slot that the sample names; -1 where it names none.</param>
    /// <returns>-1 and null where nobody watches this process there.</returns>
    internal (int Index, PerfSlot? Slot) Locate(ProcessId process, Address address, int hint)
    {
        if (!processes.TryGetValue(process, out PerfSlot?[]? slots) && (slots = Adopt(process, address)) is null)
            return (-1, null);
        if (hint >= 0 && Volatile.Read(ref slots[hint]) is { } named && named.Content.Address == address)
            return (hint, named);
        int index = Array.FindIndex(slots, slot => slot is { Armed: true } && slot.Content.Address == address);
        index = index >= 0 ? index : Array.FindIndex(slots, slot => slot?.Content.Address == address);
        return (index, index < 0 ? null : slots[index]);
    }

    private PerfSlot?[]? Adopt(ProcessId child, Address address)
    {
        if (!followFork || removed.ContainsKey(child))
            return null;
        PerfSlot?[]? parent = processes.Values.FirstOrDefault(slots => slots.Any(slot => slot?.Content.Address == address));
        return parent is null ? null : processes.GetOrAdd(child, [.. parent.Select(Inherit)]);
    }

    private static PerfSlot? Inherit(PerfSlot? slot) =>
        slot is { Armed: true } ? new PerfSlot(slot.Content, Volatile.Read(ref slot.LastValue)) { Adopted = true } : null;
}
