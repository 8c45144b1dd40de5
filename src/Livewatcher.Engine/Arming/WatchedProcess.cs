// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using Livewatcher.Engine.Auditing;
using Livewatcher.Engine.Filtering;
using Livewatcher.Model;

namespace Livewatcher.Engine.Arming;

/// <summary>One process under watch, with its names and its slots.</summary>
internal sealed class WatchedProcess
{
    /// <summary>The auxiliary vector of the program that is watched.</summary>
    private readonly IReadOnlyDictionary<ulong, ulong> program;

    internal WatchedProcess(ITargetProcess process, ITargetSymbols symbols)
        : this(process, symbols, process.ReadAuxiliaryVector())
    {
    }

    private WatchedProcess(ITargetProcess process, ITargetSymbols symbols, IReadOnlyDictionary<ulong, ulong> program)
    {
        Process = process;
        Symbols = symbols;
        ConditionMemory = new RememberedMemory(process.Memory);
        this.program = program;
    }

    internal ProcessId Id => Process.Id;

    internal ITargetProcess Process { get; }

    internal ITargetSymbols Symbols { get; }

    /// <summary>What conditions read of it.</summary>
    internal RememberedMemory ConditionMemory { get; }

    internal Dictionary<int, HardwareSlot> Slots { get; } = [];

    /// <summary>Slots that are disarmed, and whose last hits may still be on their way.</summary>
    internal HashSet<int> Leaving { get; } = [];

    /// <summary>Slots whose kernel's count is taken: they are disarmed for good.</summary>
    internal HashSet<int> Counted { get; } = [];

    /// <summary>Slots that are switched off for a while.</summary>
    internal HashSet<int> Paused { get; } = [];

    /// <summary>Slots of watches that arm themselves: what they hold comes and goes, and is not audited.</summary>
    internal HashSet<int> Arising { get; } = [];

    /// <summary>Slots that are armed now.</summary>
    internal IReadOnlyDictionary<int, HardwareSlot> Armed => Leaving.Count == 0 ? Slots : Slots.Where(slot => !Leaving.Contains(slot.Key)).ToDictionary();

    /// <summary>Whether a slot is armed and not switched off.</summary>
    internal bool IsOn(int slot) => Slots.ContainsKey(slot) && !Leaving.Contains(slot) && !Paused.Contains(slot);

    internal List<ArmedWatch> Watches { get; } = [];

    /// <summary>A register is wider than what is watched there.</summary>
    internal bool HasWidened => Watches.Exists(watch => watch.IsWidened);

    /// <summary>The watches of a slot, for messages about it: of one watch, or of all that have been put into one register.</summary>
    internal string? LabelOf(int slot)
    {
        List<ArmedWatch> owners = [.. Watches.Where(watch => watch.Occupies(slot))];
        return owners.Exists(watch => watch.IsWidenedIn(slot)) ? SharingTally.Join([.. owners.Select(watch => watch.Watch.Label)]) : owners.FirstOrDefault()?.Watch.Label;
    }

    /// <summary>Requests whose names none of its modules has yet, each with the reason.</summary>
    internal List<(WatchRequest Request, string Reason)> Pending { get; } = [];

    /// <summary>Requests whose library was unmapped: they were armed once.</summary>
    internal HashSet<WatchRequest> Unloaded { get; } = [];

    /// <summary>The loader stops whenever its list of libraries changes.</summary>
    internal bool LoaderWatched { get; set; }

    /// <summary>It stops once, at its entry, when its libraries are mapped.</summary>
    internal bool EntryWatched { get; set; }

    internal Dictionary<int, AuditedSlot> Audited { get; } = [];

    /// <summary>A forked child, which has its names from the process that forked it.</summary>
    internal bool Followed { get; private init; }

    /// <summary>No longer watched: it has ended or has executed another program. Late hits still find their names here.</summary>
    internal bool Retired { get; set; }

    /// <summary>It has executed another program, which is still held or not yet told of here.</summary>
    internal bool Replaced { get; set; }

    /// <summary>Where its program begins; null where that is not known.</summary>
    internal Address? Entry => program.TryGetValue(AuxiliaryVector.Entry, out ulong entry) ? new Address(entry) : null;

    /// <summary>By looking: for where nobody tells.</summary>
    internal bool? RunsAnotherProgram() => AuxiliaryVector.HasReplaced(program, Process.ReadAuxiliaryVector());

    /// <summary>What its slots held when its last thread ended, where no hit until then explained it.</summary>
    internal IReadOnlyDictionary<int, ulong>? LastLook { get; set; }

    /// <summary>Changes that a spurious hit has seen before the hit of their store came.</summary>
    internal Dictionary<int, (ulong Old, ulong New)> TakenEarly { get; } = [];

    /// <summary>When a recovered hit has last touched a slot, for sources that book such a hit nowhere.</summary>
    internal Dictionary<int, ulong> RecoveredAt { get; } = [];

    internal IReadOnlyList<HardwareSlot> SlotList => [.. Enumerable.Range(0, Math.Max(SlotPlanner.SlotCount, Slots.Keys.DefaultIfEmpty().Max() + 1))
        .Select(slot => Slots.TryGetValue(slot, out HardwareSlot content) ? content : default)];

    /// <summary>Nothing of a slot is left: it is disarmed, its hits are published and its account is closed.</summary>
    internal void Forget(int slot)
    {
        Slots.Remove(slot);
        Audited.Remove(slot);
        Leaving.Remove(slot);
        Counted.Remove(slot);
        Paused.Remove(slot);
        TakenEarly.Remove(slot);
    }

    /// <summary>Whether a recovered hit accounts for a change since then.</summary>
    internal bool IsExplained(int slot, ulong since) => RecoveredAt.TryGetValue(slot, out ulong at) && at > since;

    /// <summary>A forked child: same program, same layout, memory copied.</summary>
    internal WatchedProcess Fork(ITargetProcess child)
    {
        WatchedProcess copy = new(child, Symbols, program) { Followed = true };
        foreach ((int slot, HardwareSlot content) in Slots)
            copy.Slots[slot] = content;
        copy.Paused.UnionWith(Paused);
        copy.Watches.AddRange(Watches.Select(watch => watch.Copy()));
        return copy;
    }
}
