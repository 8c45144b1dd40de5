// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using Livewatcher.Linux.Bpf;
using Livewatcher.Linux.Records;
using Livewatcher.Model;

namespace Livewatcher.Linux.Arising;

/// <summary>Watches that arm themselves by uprobes, a BPF program (bpf/arising.bpf.h) and the guard (native/guard/arming/arming.h). It takes scope task with the
/// guard: someone must hold the thread while the registers are loaded.</summary>
public sealed unsafe class UprobeArisings : IArisings, IDisposable
{
    /// <summary>Where in struct pt_regs (arch/x86/include/asm/ptrace.h) the registers are, by their DWARF numbers.</summary>
    private static readonly uint[] Registers = [10, 12, 11, 5, 13, 14, 4, 19, 9, 8, 7, 6, 3, 2, 1, 0];

    private readonly BpfHitSource source;
    private readonly WatchProgram program;
    private readonly List<SafeBpfLink> links = [];
    private ProcessId target;

    public UprobeArisings(BpfHitSource source)
    {
        this.source = source;
        program = source.Program;
    }

    public void Begin(ITargetProcess process, IReadOnlyList<(ArisingPlan Plan, IReadOnlyList<int> Slots)> watches)
    {
        target = process.Id;
        int places = 0;
        bool outlives = watches.Any(watch => watch.Plan.Rule is ArisingRule.Heap { AfterFree: true });
        try
        {
            // What is there already is not told twice: two watches of the heap share its probes.
            HashSet<Address> probed = [];
            foreach (((ArisingPlan plan, IReadOnlyList<int> slots), int number) in watches.Select((watch, number) => (watch, number)))
                program.Arisings[number] = RecordOf(process.Id, plan, slots);
            IReadOnlyList<Mapping> mappings = process.ReadMappings();
            foreach (((ArisingPlan plan, _), int number) in watches.Select((watch, number) => (watch, number)))
            {
                foreach (ProbePlace place in plan.Places)
                {
                    if (place.Kind is ProbeKind.Allocate or ProbeKind.Free or ProbeKind.Jump && !probed.Add(place.Address))
                        continue;
                    Put(process, mappings, place, number, outlives, ref places);
                }
            }
        }
        catch (BpfException e)
        {
            End();
            throw new UserException($"cannot watch '{watches[0].Plan.Watch.Label}': {e.Message}; it takes uprobes (CONFIG_UPROBE_EVENTS)");
        }
        catch
        {
            End();
            throw;
        }
    }

    public void End()
    {
        // No thread is stopped from here on; whoever stands there already is let go by the guard.
        for (int number = 0; program.Arisings != null && number < RecordLimits.LW_ARISINGS; number++)
            Volatile.Write(ref program.Arisings[number].Slots, 0);
        links.ForEach(link => link.Dispose());
        links.Clear();
    }

    public void Disown(int slot, ulong frame)
    {
        InstanceRecord* instance = program.Instances + slot;
        const uint Armed = (uint)InstanceState.LW_INSTANCE_ARMED, Busy = (uint)InstanceState.LW_INSTANCE_BUSY, None = (uint)InstanceState.LW_INSTANCE_NONE;
        if (Interlocked.CompareExchange(ref instance->State, Busy, Armed) != Armed)
            return;
        if (instance->Base != frame)
        {
            Volatile.Write(ref instance->State, Armed); // another one has its place by now
            return;
        }

        Interlocked.Increment(ref program.Arisings[instance->Watch % RecordLimits.LW_ARISINGS].Ended);
        source.ClearSlot(target, slot);
        Volatile.Write(ref instance->State, None);
    }

    public ArisingTally Read(int number, string label)
    {
        ArisingRecord record = program.Arisings[number];
        return new ArisingTally(
            label, (long)record.Candidates, (long)record.Armed, (long)record.Skipped, (long)record.Failed, (long)record.Displaced, (long)record.Ended);
    }

    public void Dispose() => End();

    private void Put(ITargetProcess process, IReadOnlyList<Mapping> mappings, ProbePlace place, int number, bool outlives, ref int places)
    {
        if (mappings.FirstOrDefault(mapping => mapping.Executable && mapping.Start <= place.Address && place.Address < mapping.End) is not { } home
            || process.OpenablePath(home) is not { } path)
        {
            throw new UserException($"no probe can be put at {place.Address}: it is not in a file that can be opened");
        }

        ulong offset = place.Address.Value - home.Start.Value + home.FileOffset;
        foreach ((PlaceKind kind, bool atReturn) in KindsOf(place.Kind, outlives))
        {
            if (places == RecordLimits.LW_PLACES)
                throw new UserException($"more than {RecordLimits.LW_PLACES} probes are too many: watch smaller functions");
            program.Places[places] = RecordOf(place, kind, number);
            links.Add(program.Probe(process.Id, path, offset, atReturn, places++));
        }
    }

    /// <param name="kind">What happens there.</param>
    /// <param name="outlives">Whether it matters which threads are inside of free().</param>
    private static (PlaceKind Kind, bool AtReturn)[] KindsOf(ProbeKind kind, bool outlives) => kind switch
    {
        ProbeKind.Enter => [(PlaceKind.LW_PLACE_ENTER, false)],
        ProbeKind.Leave => [(PlaceKind.LW_PLACE_LEAVE, false)],
        ProbeKind.Allocate => [(PlaceKind.LW_PLACE_ALLOCATED, true), (PlaceKind.LW_PLACE_ALLOCATE, false)],
        ProbeKind.Jump => [(PlaceKind.LW_PLACE_JUMP, false)],
        ProbeKind.Reach => [(PlaceKind.LW_PLACE_REACH, false)],
        ProbeKind.Returned => [(PlaceKind.LW_PLACE_REACH, true)],
        ProbeKind.Release => [(PlaceKind.LW_PLACE_RELEASE, false)],
        _ => outlives ? [(PlaceKind.LW_PLACE_FREED, true), (PlaceKind.LW_PLACE_FREE, false)] : [(PlaceKind.LW_PLACE_FREE, false)],
    };

    private static PlaceRecord RecordOf(ProbePlace place, PlaceKind kind, int number)
    {
        PlaceRecord record = new()
        {
            Kind = kind,
            Watch = (uint)number,
            Base = place.FromFramePointer ? 4u : 19u, // of struct pt_regs: rbp, rsp
            Allocator = (AllocatorKind)place.Allocator,
            Offset = place.Offset,
            Start = place.Way?.Register is { } register ? Registers[register] : RecordLimits.LW_NO_REGISTER,
            Pointers = (uint)(place.Way?.Offsets.Count ?? 0),
        };
        for (int i = 0; i < record.Pointers; i++)
            record.Offsets[i] = place.Way!.Offsets[i];
        return record;
    }

    private ArisingRecord RecordOf(ProcessId process, ArisingPlan plan, IReadOnlyList<int> slots)
    {
        ArisingRule.Heap? heap = plan.Rule as ArisingRule.Heap;
        ulong ranges = plan.Sites.Count == 0 ? 0 : program.Filters?.List(plan.Sites) ?? 0;
        if (plan.Sites.Count > 0 && ranges == 0)
            throw new UserException($"cannot watch '{plan.Watch.Label}': there is no room for the code of {heap?.Site}");
        return new ArisingRecord
        {
            Offset = plan.Offset,
            Size = (ulong)(heap?.Size ?? 0),
            Nth = (ulong)(heap?.Nth ?? 0),
            Ranges = ranges,
            Slots = slots.Aggregate(0u, (mask, slot) => mask | (1u << slot)),
            Length = (uint)plan.Watch.Length,
            Policy = (ArisingPolicyKind)plan.Rule.Policy,
            Flags = FlagsOf(plan.Rule),
            Tgid = (uint)process.Value,
        };
    }

    private static ArisingFlags FlagsOf(ArisingRule rule) => rule switch
    {
        ArisingRule.Heap { AfterFree: true } => ArisingFlags.LW_ARISING_HEAP | ArisingFlags.LW_ARISING_AFTER_FREE,
        ArisingRule.Heap => ArisingFlags.LW_ARISING_HEAP,
        ArisingRule.At { Until: ArisingRule.Ending.Return } => ArisingFlags.LW_ARISING_OBJECT | ArisingFlags.LW_ARISING_UNTIL_RETURN,
        ArisingRule.At { Until: ArisingRule.Ending.Free } => ArisingFlags.LW_ARISING_OBJECT | ArisingFlags.LW_ARISING_UNTIL_FREE,
        ArisingRule.At => ArisingFlags.LW_ARISING_OBJECT,
        _ => ArisingFlags.None,
    };
}
