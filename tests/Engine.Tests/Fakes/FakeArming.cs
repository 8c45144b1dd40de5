// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using Livewatcher.Model;

namespace Livewatcher.Engine.Tests.Fakes;

/// <summary>Debug registers: what is armed where, and how often the kernel has counted it.</summary>
internal sealed class FakeArming(FakeMachine machine) : IArming
{
    private readonly Dictionary<(int Process, int Slot), HardwareSlot> armed = [];
    private readonly Dictionary<(int Process, int Slot), long> counts = [];

    /// <summary>Whose events a forked child's are inherited from: these keep its counts.</summary>
    private readonly Dictionary<(int Process, int Slot), int> inherited = [];

    public string Scope { get; set; } = "task";

    internal List<string> Calls { get; } = [];

    /// <summary>Methods that it does not have.</summary>
    internal HashSet<SyncMethod> Without { get; } = [];

    public string? WhyNot(SyncMethod method) => Without.Contains(method) ? "there is no such thing here" : null;

    public SyncTally Tally => new(BySignal: 3, AtTrap: 0, Held: 0, Directly: 4);

    /// <summary>Thrown by the next Arm.</summary>
    internal Exception? Refusal { get; set; }

    /// <summary>What the program does while Arm goes from thread to thread.</summary>
    internal Action? Meanwhile { get; set; }

    /// <summary>What the program does before Disarm has begun.</summary>
    internal Action? Leaving { get; set; }

    /// <summary>Thrown by Disarm: a guard that is gone.</summary>
    internal Exception? DisarmFailure { get; set; }

    /// <summary>Hits that the kernel counts and nobody ever delivers, in the slot that is asked for or disarmed next; below 0 where somebody
    /// has reset a counter.</summary>
    internal long Surplus { get; set; }

    /// <summary>What the kernel says of each slot's events besides their count.</summary>
    internal EventCount State { get; set; }

    internal int Occupied => armed.Count;

    /// <summary>Switched off by Suspend.</summary>
    internal HashSet<(int Process, int Slot)> Off { get; } = [];

    public bool CanSuspend { get; set; } = true;

    public int Arm(ProcessId process, IReadOnlyDictionary<int, HardwareSlot> slots)
    {
        lock (machine.Gate)
        {
            Calls.Add($"arm {process}: {string.Join(", ", slots.OrderBy(slot => slot.Key).Select(slot => $"{slot.Key}={slot.Value.Address}:{slot.Value.Length}"))}");
            if (Refusal is { } refusal)
            {
                Refusal = null;
                throw refusal;
            }

            Meanwhile?.Invoke();
            foreach ((int slot, HardwareSlot content) in slots)
            {
                if (armed.Keys.Any(key => key.Slot == slot && Scope == "cpu"))
                    throw new InvalidOperationException($"slot {slot} of the CPUs is in use");
                armed[(process.Value, slot)] = content;
                inherited.Remove((process.Value, slot));
            }

            return machine.Process(process.Value).ThreadCount;
        }
    }

    public IReadOnlyDictionary<int, EventCount> Disarm(ProcessId process, IReadOnlyCollection<int> slots)
    {
        lock (machine.Gate)
        {
            Calls.Add($"disarm {process}: {string.Join(", ", slots.Order())}");
            if (DisarmFailure is { } failure)
                throw failure;
            Leaving?.Invoke();
            Dictionary<int, EventCount> counted = [];
            foreach (int slot in slots)
            {
                if (!armed.Remove((process.Value, slot)) && !counts.ContainsKey((process.Value, slot)))
                    continue;
                counts.Remove((process.Value, slot), out long count);
                counted[slot] = State with { Hits = count + Surplus };
                Surplus = 0;
            }

            return counted;
        }
    }

    public IReadOnlyDictionary<int, EventCount> Count(ProcessId process, IReadOnlyCollection<int> slots)
    {
        lock (machine.Gate)
        {
            return slots.Where(slot => armed.ContainsKey((process.Value, slot)))
                .ToDictionary(slot => slot, slot => State with { Hits = counts.GetValueOrDefault((process.Value, slot)) + Surplus });
        }
    }

    public void Suspend(ProcessId process, IReadOnlyCollection<int> slots)
    {
        lock (machine.Gate)
        {
            Calls.Add($"suspend {process}: {string.Join(", ", slots.Order())}");
            Off.UnionWith(slots.Select(slot => (process.Value, slot)));
        }
    }

    public void Resume(ProcessId process, IReadOnlyCollection<int> slots)
    {
        lock (machine.Gate)
        {
            Calls.Add($"resume {process}: {string.Join(", ", slots.Order())}");
            Off.ExceptWith(slots.Select(slot => (process.Value, slot)));
        }
    }

    public void Reload(ProcessId process) => Calls.Add($"reload {process}");

    public void Dispose() => Calls.Add("dispose");

    /// <summary>Slots that trap a process's access, and counts them.</summary>
    internal List<(int Slot, HardwareSlot Content)> Trap(int process, ulong address, int length, Func<AccessMode, bool> mode)
    {
        List<(int, HardwareSlot)> hit = [];
        foreach (((int owner, int slot), HardwareSlot content) in armed.OrderBy(entry => entry.Key.Slot))
        {
            bool overlaps = address < content.Address.Value + (ulong)content.Length && content.Address.Value < address + (ulong)length;
            if (owner != process || !overlaps || !mode(content.Mode) || Off.Contains((owner, slot)))
                continue;
            (int, int) counting = (inherited.GetValueOrDefault((process, slot), process), slot);
            counts[counting] = counts.GetValueOrDefault(counting) + 1;
            hit.Add((slot, content));
        }

        return hit;
    }

    internal IEnumerable<(int Slot, HardwareSlot Content)> SlotsOf(int process) =>
        armed.Where(entry => entry.Key.Process == process).Select(entry => (entry.Key.Slot, entry.Value)).OrderBy(entry => entry.Slot);

    /// <summary>A register holds another address from now on.</summary>
    internal void Move(int process, int slot, Address address) =>
        armed[(process, slot)] = armed[(process, slot)] with { Address = address };

    /// <summary>A forked child has inherited its parent's events.</summary>
    internal void Inherit(int parent, int child)
    {
        foreach ((int slot, HardwareSlot content) in SlotsOf(parent).ToList())
        {
            armed[(child, slot)] = content;
            inherited[(child, slot)] = inherited.GetValueOrDefault((parent, slot), parent);
            if (Off.Contains((parent, slot)))
                Off.Add((child, slot));
        }
    }

    /// <summary>exec and exit take a process's events away (remove_on_exec); the counts stay until somebody asks.</summary>
    internal void Drop(int process)
    {
        foreach ((int slot, _) in SlotsOf(process).ToList())
        {
            armed.Remove((process, slot));
            counts.TryAdd((inherited.GetValueOrDefault((process, slot), process), slot), 0);
            inherited.Remove((process, slot));
        }
    }
}
