// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using System.Collections.Concurrent;
using System.Numerics;
using System.Runtime.CompilerServices;
using Livewatcher.Linux.Interop;
using Livewatcher.Linux.Records;
using Livewatcher.Model;

namespace Livewatcher.Linux.Bpf;

/// <summary>Hits from the BPF program's ring, accounts from its shared slot states.</summary>
public sealed unsafe class BpfHitSource : IHitSource
{
    private readonly WatchProgram program;
    private readonly ConcurrentDictionary<ProcessId, int> indices = new();
    private readonly ThreadNames names = new();
    private readonly ProcessEnds ends;
    private readonly MonotonicClock clock = new();

    private BpfHitSource(WatchProgram program)
    {
        this.program = program;
        ends = new ProcessEnds(program.Ring);
    }

    public string Name => "bpf";

    public bool TracksValues => true;

    public bool SeesKernel => true;

    public SessionCounts Session
    {
        get
        {
            SessionState state = program.Session;
            return new SessionCounts(state.Foreign, state.Untracked, state.Threads, state.LostNotices, 0);
        }
    }

    internal WatchProgram Program => program;

    /// <exception cref="BpfException">The kernel refuses; another backend may serve.</exception>
    public static BpfHitSource Open(WatchProgramSettings settings) => new(WatchProgram.Load(settings));

    public bool AddProcess(ProcessId process)
    {
        Volatile.Write(ref program.Session.Sole, 0);
        if (program.AddProcess(process) is not { } index)
            return false;
        indices[process] = index;
        ends.Expect(process);
        TellSole();
        return true;
    }

    public void RemoveProcess(ProcessId process)
    {
        ends.Forget(process);
        program.RemoveProcess(process);
        if (indices.TryRemove(process, out int index))
            program.Recycle(index);
        TellSole();
    }

    public void SetSlot(ProcessId process, int slot, HardwareSlot content, ulong initial, uint siblings) =>
        SlotStateAccess.Set(
            State(process, slot), content, initial, siblings,
            (uint)((indices.GetValueOrDefault(process) * RecordLimits.LW_SLOTS) + BitOperations.TrailingZeroCount(siblings | (1u << slot))));

    public SlotHandling Handlings => SlotHandling.ChangesOnly | SlotHandling.Signal;

    public void SetHandling(ProcessId process, int slot, SlotHandling handling)
    {
        SlotState* state = State(process, slot);
        if (state != null)
            Volatile.Write(ref state->Flags, (uint)handling);
    }

    public void ClearSlot(ProcessId process, int slot) =>
        SlotStateAccess.Clear(State(process, slot));

    public void SetStackTop(ThreadId thread, Address? top)
    {
        Volatile.Write(ref program.Session.Tops, 1);
        program.StackTops.Set(thread, top);
    }

    public bool SetCondition(ProcessId process, int slot, Condition? condition) => program.Filters?.Set(State(process, slot), condition) == true;

    public bool MayDecide(Condition condition) => program.Filters?.HasRoom(condition) == true;

    public bool MayObey(int number) => program.Orders is not null && SharedOrders.IsValid(number);

    public long? ConditionCount(ProcessId process, int slot) => program.Filters?.Count(State(process, slot));

    public void FilterCode(ProcessId process, int slot, IReadOnlyList<(Address Start, Address End)> code) =>
        program.Filters?.Filter(State(process, slot), code);

    public bool SetOrder(ProcessId process, int slot, int number, SignalOrder? order) => program.Orders?.Set(State(process, slot), number, order) == true;

    public bool? TakeTurn(int number) => program.Orders?.TakeTurn(number);

    public OrderAccount ReadOrder(int number) => program.Orders?.Read(number) ?? default;

    public bool LimitsFloods => true;

    public ulong AllowanceUsed(ProcessId process, int slot)
    {
        SlotState* state = State(process, slot);
        // Children share the first one's.
        return state == null ? 0 : Volatile.Read(ref program.SlotStates[state->Meter % (RecordLimits.LW_SLOTS * RecordLimits.LW_PROCESSES)].Used);
    }

    public void Skip(ProcessId process, int slot) => SlotStateAccess.Skip(State(process, slot));

    public void SetStale(ProcessId process, int slot, bool stale) => SlotStateAccess.SetStale(State(process, slot), stale);

    public SlotAccount? ReadAccount(ProcessId process, int slot) =>
        SlotStateAccess.ReadAccount(State(process, slot));

    public IEnumerable<(SlotAccount Account, AccessMode Mode)> LeftAccounts => Enumerable.Range(0, RecordLimits.LW_PROCESSES * RecordLimits.LW_SLOTS)
        .Select(index => (Account: SlotStateAccess.ReadAccount(program.SlotStates + index)!.Value, Mode: (AccessMode)program.SlotStates[index].Mode))
        .Where(left => left.Account.Counted > 0);

    public bool CorrectLastValue(ProcessId process, int slot, ulong expected, ulong value) =>
        SlotStateAccess.CorrectLastValue(State(process, slot), expected, value);

    public void Wait(TimeSpan atMost) => ends.Hear(program.Ring.Wait((int)atMost.TotalMilliseconds));

    public bool WakesAtFirst => true;

    public void WaitForFirst(TimeSpan atMost) => ends.Hear(program.Ring.WaitForFirst((int)atMost.TotalMilliseconds, ref program.Session.Asleep));

    public void Rouse() => program.Ring.Rouse();

    public bool DrainedAll => program.Ring.DrainedAll;

    public int Drain(IHitReceiver receiver)
    {
        int ended = ends.Count;
        int drained = program.Ring.Drain(new Sorter(this, receiver));
        if (ended == 0 || !DrainedAll)
            return drained;
        for (int i = 0; i < ended; i++)
            receiver.OnExit(clock.Now, ends.Take());
        return drained + ended;
    }

    public bool Settle()
    {
        ProcessorBarrier.Wait();
        return true;
    }

    public void Dispose()
    {
        ends.Dispose();
        program.Dispose();
    }

    /// <summary>Children that are followed come without our doing.</summary>
    private void TellSole() =>
        Volatile.Write(ref program.Session.Sole, !program.Settings.FollowFork && indices.Count == 1 ? (ulong)indices.Keys.Single().Value : 0);

    private SlotState* State(ProcessId process, int slot) =>
        indices.TryGetValue(process, out int index) ? program.SlotStates + (index * RecordLimits.LW_SLOTS) + slot : null;

    /// <summary>Tells hits from notices.</summary>
    private sealed class Sorter(BpfHitSource source, IHitReceiver receiver) : IRingConsumer
    {
        public void Consume(ReadOnlySpan<byte> bytes)
        {
            if (!RecordDecoder.TryReadHeader(bytes, out WatchRecord record))
                return;
            ProcessId process = new((int)record.Tgid);
            switch (record.Kind)
            {
                case RecordKind.LW_RECORD_HIT:
                    receiver.OnHit(RecordDecoder.ToHit(record, bytes[Unsafe.SizeOf<WatchRecord>()..], source.names));
                    break;
                case RecordKind.LW_RECORD_ARISEN or RecordKind.LW_RECORD_FREED:
                    receiver.OnArisen(
                        RecordDecoder.ToHit(record, bytes[Unsafe.SizeOf<WatchRecord>()..], source.names), isFreed: record.Kind == RecordKind.LW_RECORD_FREED);
                    break;
                case RecordKind.LW_RECORD_FORK:
                    if (source.program.FindProcess(process) is { } index)
                        source.indices[process] = index;
                    receiver.OnForked(record.Time, new ProcessId((int)record.Address), process);
                    source.ends.Expect(process);
                    break;
                case RecordKind.LW_RECORD_EXEC:
                    source.indices[process] = (int)record.Address;
                    receiver.OnExec(record.Time, process);
                    break;
            }
        }
    }
}
