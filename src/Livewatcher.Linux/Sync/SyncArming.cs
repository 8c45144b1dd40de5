// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using Livewatcher.Linux.Arming;
using Livewatcher.Linux.Bpf;
using Livewatcher.Linux.ProcFs;
using Livewatcher.Model;

namespace Livewatcher.Linux.Sync;

/// <summary>Scope task for programs that have liblivewatcher: each watch by the method that is chosen at that moment (docs/sync.md).</summary>
/// <param name="direct">Method direct.</param>
/// <param name="source">Where hits go.</param>
/// <param name="library">The programs' end.</param>
/// <param name="choice">The method that is chosen.</param>
/// <param name="guarded">The guard traces the programs, so that nobody else can hold their threads.</param>
public sealed class SyncArming(IArming direct, BpfHitSource source, ISelfArming library, Func<SyncMethod> choice, bool guarded) : IArming
{
    private readonly ScanToProgram delivery = new(source, followFork: false);
    private readonly Dictionary<ProcessId, SyncTarget> targets = [];
    private readonly Dictionary<(ProcessId Process, int Slot), (List<ScannedEvent> Events, EventCount Counted)> armed = [];
    private readonly List<string> gaps = [];
    private ScanArmingEvents? kernel;

    public string Scope => direct.Scope;

    public IReadOnlyList<string> Gaps => [.. direct.Gaps, .. gaps];

    public SyncTally Tally { get; private set; }

    public string? WhyNot(SyncMethod method) => method == SyncMethod.LockRq && guarded
        ? "it holds threads by ptrace(2), and so does the guard; start with --sync lockrq or --guard off"
        : null;

    public int Arm(ProcessId process, IReadOnlyDictionary<int, HardwareSlot> slots)
    {
        SyncMethod chosen = choice();
        if (chosen == SyncMethod.Direct)
        {
            int threads = direct.Arm(process, slots);
            Tally = Tally with { Directly = Tally.Directly + threads };
            return threads;
        }

        List<int> done = [];
        int covered = 0;
        try
        {
            foreach (ScanPosition position in delivery.Sequence(slots))
            {
                covered = Arm(process, position, chosen);
                done.Add(position.Slot);
            }
        }
        catch (ArmingException)
        {
            Disarm(process, done);
            throw;
        }

        return covered;
    }

    public IReadOnlyDictionary<int, EventCount> Disarm(ProcessId process, IReadOnlyCollection<int> slots)
    {
        List<int> others = [.. slots.Where(slot => !armed.ContainsKey((process, slot)))];
        Dictionary<int, EventCount> counts = others.Count == 0 ? [] : new(direct.Disarm(process, others));
        foreach (int slot in slots.Except(others).ToList())
        {
            armed.Remove((process, slot), out var ending);
            counts[slot] = ending.Counted + PerfEvent.End([.. ending.Events.Select(one => one.Event)]);
        }

        return counts;
    }

    public IReadOnlyDictionary<int, EventCount> Count(ProcessId process, IReadOnlyCollection<int> slots)
    {
        List<int> others = [.. slots.Where(slot => !armed.ContainsKey((process, slot)))];
        Dictionary<int, EventCount> counts = others.Count == 0 ? [] : new(direct.Count(process, others));
        foreach (int slot in slots.Except(others))
            counts[slot] = armed[(process, slot)].Counted + PerfEvent.Sum(EventsOf(process, [slot]));
        return counts;
    }

    public bool CanSuspend => direct.CanSuspend;

    public void Suspend(ProcessId process, IReadOnlyCollection<int> slots)
    {
        foreach (PerfEvent one in EventsOf(process, slots))
            _ = one.Disable();
        if (slots.Any(slot => !armed.ContainsKey((process, slot))))
            direct.Suspend(process, slots);
    }

    public void Resume(ProcessId process, IReadOnlyCollection<int> slots)
    {
        List<PerfEvent> events = [.. EventsOf(process, slots)];
        if (events.Count > 0)
            ScanArmingSwitch.Repeat(process, () => events.ForEach(one => _ = one.Enable()));
        if (slots.Any(slot => !armed.ContainsKey((process, slot))))
            direct.Resume(process, slots);
    }

    public void Reload(ProcessId process)
    {
        foreach (ScannedEvent one in armed.Where(pair => pair.Key.Process == process).SelectMany(pair => pair.Value.Events))
            one.Event.Reload();
        direct.Reload(process);
    }

    public void Dispose()
    {
        foreach ((ProcessId process, int slot) in armed.Keys.ToList())
            Disarm(process, [slot]);
        kernel?.Dispose();
        direct.Dispose();
    }

    private IEnumerable<PerfEvent> EventsOf(ProcessId process, IReadOnlyCollection<int> slots) =>
        slots.Where(slot => armed.ContainsKey((process, slot))).SelectMany(slot => armed[(process, slot)].Events).Select(one => one.Event);

    /// <summary>The same as long as the process lives, and with it the signal, whose handler is the library's by then.</summary>
    private SyncTarget TargetOf(ProcessId process)
    {
        if (targets.TryGetValue(process, out SyncTarget? known))
            return known;
        foreach (ProcessId gone in targets.Keys.Where(id => !ProcessTable.IsAlive(id)).ToList())
            targets.Remove(gone);
        return targets[process] = new SyncTarget(process, library, delivery, source.Program.SlotPrograms);
    }

    private int Arm(ProcessId process, ScanPosition position, SyncMethod chosen)
    {
        SyncTarget target = TargetOf(process);
        try
        {
            kernel ??= ScanArmingEvents.Load();
            using SyncPass pass = SyncPass.Run(target, position, chosen, kernel);
            if (pass.Gap is { } gap)
                gaps.Add(gap);
            SyncTally more = pass.Tally;
            Tally = new SyncTally(Tally.BySignal + more.BySignal, Tally.AtTrap + more.AtTrap, Tally.Held + more.Held, Tally.Directly + more.Directly);
            armed[(process, position.Slot)] = (pass.Keep(), pass.CountedByClosed);
            return pass.Threads;
        }
        catch (BpfException e)
        {
            throw new UserException($"sync {SyncMethods.NameOf(chosen)}: {e.Message}; sync direct does without");
        }
    }
}
