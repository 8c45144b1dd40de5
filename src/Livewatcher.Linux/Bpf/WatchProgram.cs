// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using System.Reflection;
using System.Runtime.InteropServices;
using Livewatcher.Linux.Interop;
using Livewatcher.Linux.Records;
using Livewatcher.Model;

namespace Livewatcher.Linux.Bpf;

/// <summary>How the BPF side shall work; constants of the loaded program.</summary>
/// <param name="StackBytes">0 to 16384.</param>
/// <param name="FollowFork">Children are watched from their first instruction.</param>
/// <param name="RingBytes">Power of two, multiple of the page size.</param>
/// <param name="Flood">Null: no limit.</param>
/// <param name="Filters">Slots may be given conditions, and code whose hits are filtered.</param>
/// <param name="Orders">Slots may be given signals to send.</param>
/// <param name="Arisings">Watches may arm themselves.</param>
public sealed record WatchProgramSettings(
    int StackBytes = RecordLimits.LW_STACK_MAX, bool FollowFork = false, int RingBytes = 16 << 20, FloodLimit? Flood = null, bool Filters = false,
    bool Orders = false, bool Arisings = false);

/// <summary>bpf/watch.bpf.c, loaded: its four slot programs, its life-cycle programs, its maps.
/// Not thread-safe but for the slot states, which are shared with the kernel by nature.</summary>
internal sealed unsafe class WatchProgram : IDisposable
{
    private readonly SafeBpfObject bpfObject;
    private readonly List<SafeBpfLink> links = [];
    private readonly int targets;
    private readonly int freeProcesses;
    private readonly SharedMapping slotMapping;
    private readonly SharedMapping sessionMapping;
    private readonly SharedMapping stackTopMapping;
    private readonly SharedMapping? conditionMapping;
    private readonly SharedMapping? rangeMapping;
    private readonly SharedMapping? orderMapping;
    private readonly SharedMapping? arisingMapping;
    private readonly SharedMapping? instanceMapping;
    private readonly SharedMapping? placeMapping;

    /// <summary>Indices from here on have never been given out, and are not in the queue either: each costs a system call, and only a forked child takes its
    /// index from there itself.</summary>
    private uint unused;

    private WatchProgram(SafeBpfObject bpfObject, WatchProgramSettings settings)
    {
        this.bpfObject = bpfObject;
        Settings = settings;
        targets = MapDescriptor("targets");
        freeProcesses = MapDescriptor("free_processes");
        slotMapping = Map("slots", sizeof(SlotState) * RecordLimits.LW_SLOTS * RecordLimits.LW_PROCESSES);
        sessionMapping = Map("session", Environment.SystemPageSize);
        stackTopMapping = Map("stack_tops", sizeof(ulong) * RecordLimits.LW_STACK_TOPS);
        StackTops = new SharedStackTops((ulong*)stackTopMapping.Pointer);
        if (settings.Filters)
        {
            conditionMapping = Map("conditions", sizeof(ConditionRecord) * RecordLimits.LW_CONDITIONS);
            rangeMapping = Map("ranges", sizeof(RangeRecord) * RecordLimits.LW_RANGES);
            Filters = new SharedFilters((ConditionRecord*)conditionMapping.Pointer, (RangeRecord*)rangeMapping.Pointer);
        }

        if (settings.Orders)
        {
            orderMapping = Map("orders", sizeof(OrderRecord) * RecordLimits.LW_ORDERS);
            Orders = new SharedOrders((OrderRecord*)orderMapping.Pointer);
        }

        if (settings.Arisings)
        {
            arisingMapping = Map("arisings", sizeof(ArisingRecord) * RecordLimits.LW_ARISINGS);
            instanceMapping = Map("instances", sizeof(InstanceRecord) * RecordLimits.LW_SLOTS);
            placeMapping = Map("places", sizeof(PlaceRecord) * RecordLimits.LW_PLACES);
        }

        Ring = new RingReader(MapDescriptor("ring"), settings.RingBytes);
        for (int slot = 0; slot < RecordLimits.LW_SLOTS; slot++)
            SlotPrograms.Add(LibBpf.ProgramDescriptor(LibBpf.FindProgram(bpfObject.Pointer, $"slot{slot}")));
        if (settings.FollowFork)
        {
            for (; unused < RecordLimits.LW_PROCESSES; unused++)
                GiveBack(unused);
        }

        AttachLifeCycle();
    }

    internal WatchProgramSettings Settings { get; }

    internal RingReader Ring { get; }

    /// <summary>Program descriptors by slot.</summary>
    internal List<int> SlotPrograms { get; } = [];

    internal int TargetsDescriptor => targets;

    internal SlotState* SlotStates => (SlotState*)slotMapping.Pointer;

    internal SharedStackTops StackTops { get; }

    /// <summary>Null where none were asked for.</summary>
    internal SharedFilters? Filters { get; }

    /// <summary>Null where none were asked for.</summary>
    internal SharedOrders? Orders { get; }

    /// <summary>Null where no watch may arm itself.</summary>
    internal ArisingRecord* Arisings => arisingMapping is null ? null : (ArisingRecord*)arisingMapping.Pointer;

    /// <summary>By slot; null likewise.</summary>
    internal InstanceRecord* Instances => instanceMapping is null ? null : (InstanceRecord*)instanceMapping.Pointer;

    internal PlaceRecord* Places => placeMapping is null ? null : (PlaceRecord*)placeMapping.Pointer;

    internal ref SessionState Session => ref *(SessionState*)sessionMapping.Pointer;

    /// <exception cref="BpfException">The kernel refuses.</exception>
    internal static WatchProgram Load(WatchProgramSettings settings)
    {
        LibBpf.Quiet();
        using Stream resource = Assembly.GetExecutingAssembly().GetManifestResourceStream("watch.bpf.o")
            ?? throw new InvalidOperationException("watch.bpf.o is not embedded: the build is broken");
        byte[] image = new byte[resource.Length];
        resource.ReadExactly(image);

        nint pointer;
        fixed (byte* bytes = image)
        fixed (byte* name = "watch"u8)
        {
            LibBpf.OpenOptions options = new() { Size = (nuint)sizeof(LibBpf.OpenOptions), ObjectName = name };
            pointer = LibBpf.OpenMemory(bytes, (nuint)image.Length, &options);
        }

        if (pointer == 0)
            throw new BpfException("opening the BPF object", Marshal.GetLastPInvokeError());
        SafeBpfObject opened = new(pointer);
        try
        {
            WriteSettings(pointer, settings);
            if (settings.Arisings && LibBpf.SetAutoload(LibBpf.FindProgram(pointer, "at_place"), 1) != 0)
                throw new BpfException("choosing the BPF program at_place", Marshal.GetLastPInvokeError());
            int error = LibBpf.Load(pointer);
            if (error != 0)
                throw new BpfException("loading the BPF program (bpf(2))", -error);
            return new WatchProgram(opened, settings);
        }
        catch
        {
            opened.Dispose();
            throw;
        }
    }

    /// <summary>Takes a process in; its slots are empty. Null where all process indices are taken.</summary>
    internal int? AddProcess(ProcessId process)
    {
        // BPF_MAP_TYPE_QUEUE pops by "lookup and delete" only; a fresh index for the processes that we name ourselves
        // comes from the front of the same queue, so that the fork program and we never hand out one index twice.
        if (!TryPop(out uint index))
            return null;
        for (int slot = 0; slot < RecordLimits.LW_SLOTS; slot++)
            SlotStates[(index * RecordLimits.LW_SLOTS) + slot] = default;
        int tgid = process.Value;
        WatchTarget target = new() { Process = index };
        if (LibBpf.Update(targets, &tgid, &target, 0) != 0)
            throw new BpfException("adding a process to the BPF map", Marshal.GetLastPInvokeError());
        return (int)index;
    }

    /// <summary>The index of a watched process; null where the kernel side does not watch it.</summary>
    internal int? FindProcess(ProcessId process)
    {
        WatchTarget target;
        int tgid = process.Value;
        return LibBpf.Lookup(targets, &tgid, &target) == 0 ? (int)target.Process : null;
    }

    internal void RemoveProcess(ProcessId process)
    {
        int tgid = process.Value;
        LibBpf.Delete(targets, &tgid);
    }

    /// <summary>Gives an index back, after its counts have been read.</summary>
    internal void Recycle(int index)
    {
        uint value = (uint)index;
        for (int slot = 0; slot < RecordLimits.LW_SLOTS; slot++)
            SlotStates[(value * RecordLimits.LW_SLOTS) + slot] = default;
        GiveBack(value);
    }

    /// <summary>Lets the program run whenever the process comes to an instruction.</summary>
    /// <param name="process">Whose threads.</param>
    /// <param name="path">The file that the instruction is in.</param>
    /// <param name="offset">Where in the file; of a return the function's first instruction.</param>
    /// <param name="atReturn">At the function's return to its caller.</param>
    /// <param name="place">Its index among <see cref="Places"/>.</param>
    /// <exception cref="BpfException">The kernel refuses.</exception>
    internal SafeBpfLink Probe(ProcessId process, string path, ulong offset, bool atReturn, int place)
    {
        LibBpf.UprobeOptions options = new() { Size = (nuint)sizeof(LibBpf.UprobeOptions), Cookie = (ulong)place, ReturnProbe = atReturn ? (byte)1 : (byte)0 };
        nint link = LibBpf.AttachUprobe(LibBpf.FindProgram(bpfObject.Pointer, "at_place"), process.Value, path, (nuint)offset, &options);
        return link != 0 ? new SafeBpfLink(link) : throw new BpfException($"a uprobe at {path}+0x{offset:x} (perf_event_open(2))", Marshal.GetLastPInvokeError());
    }

    public void Dispose()
    {
        foreach (SafeBpfLink link in links)
            link.Dispose();
        Ring.Dispose();
        slotMapping.Dispose();
        sessionMapping.Dispose();
        stackTopMapping.Dispose();
        conditionMapping?.Dispose();
        rangeMapping?.Dispose();
        orderMapping?.Dispose();
        arisingMapping?.Dispose();
        instanceMapping?.Dispose();
        placeMapping?.Dispose();
        bpfObject.Dispose();
    }

    private static void WriteSettings(nint bpfObject, WatchProgramSettings settings)
    {
        nint ring = LibBpf.FindMap(bpfObject, "ring");
        if (ring == 0 || LibBpf.SetMaxEntries(ring, (uint)settings.RingBytes) != 0)
            throw new BpfException("sizing the BPF ring", Marshal.GetLastPInvokeError());
        nint constants = LibBpf.FindMap(bpfObject, "watch.rodata");
        nuint size = 0;
        byte* memory = constants == 0 ? null : (byte*)LibBpf.InitialValue(constants, &size);
        if (memory == null || size < (nuint)sizeof(ProgramConstants))
            throw new InvalidOperationException("watch.bpf.o has no settings: the build is broken");
        *(ProgramConstants*)memory = new ProgramConstants
        {
            WakeBytes = (ulong)settings.RingBytes / 4,
            StackBytes = (uint)settings.StackBytes,
            FollowFork = settings.FollowFork ? 1u : 0u,
            FloodBurst = settings.Flood is null ? 0 : (ulong)FloodLimit.Burst.TotalNanoseconds,
            FloodHit = (ulong)(settings.Flood?.LeastNanoseconds ?? 0),
            FloodTrap = (uint)Math.Clamp(settings.Flood?.TrapNanoseconds ?? 0, 0, 1_000_000),
            FloodFactor = (uint)Math.Min((settings.Flood?.Factor ?? 0) * 1024, 1e7),
            FloodAll = settings.Flood?.ChargesAll == true ? 1u : 0u,
            Conditions = settings.Filters ? 1u : 0u,
            Orders = settings.Orders ? 1u : 0u,
            Arisings = settings.Arisings ? 1u : 0u,
        };
    }

    private bool TryPop(out uint index)
    {
        uint value;
        bool popped = BpfSystemCall.LookupAndDelete(freeProcesses, &value);
        if (!popped && unused < RecordLimits.LW_PROCESSES)
        {
            index = unused++;
            return true;
        }

        index = value;
        return popped;
    }

    private void GiveBack(uint index) => LibBpf.Update(freeProcesses, null, &index, 0);

    private void AttachLifeCycle()
    {
        foreach (string name in (ReadOnlySpan<string>)["on_fork", "on_exec"])
        {
            nint link = LibBpf.Attach(LibBpf.FindProgram(bpfObject.Pointer, name));
            if (link == 0)
                throw new BpfException($"attaching the BPF program {name}", Marshal.GetLastPInvokeError());
            links.Add(new SafeBpfLink(link));
        }
    }

    private int MapDescriptor(string name) => LibBpf.MapDescriptor(LibBpf.FindMap(bpfObject.Pointer, name));

    private SharedMapping Map(string name, int bytes) =>
        SharedMapping.TryCreate(MapDescriptor(name), (nuint)bytes, writable: true)
        ?? throw new BpfException($"mapping the BPF map {name}", Marshal.GetLastPInvokeError());

    /// <summary>struct lw_settings.</summary>
    [StructLayout(LayoutKind.Sequential)]
    internal struct ProgramConstants
    {
        public ulong WakeBytes;
        public uint StackBytes;
        public uint FollowFork;
        public ulong FloodBurst;
        public ulong FloodHit;
        public uint FloodTrap;
        public uint FloodFactor;
        public uint FloodAll;
        public uint Conditions;
        public uint Orders;
        public uint Arisings;
    }
}
