// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using System.Buffers.Binary;
using Livewatcher.Model;

namespace Livewatcher.Engine.Tests.Fakes;

/// <summary>A machine of the test's own making: processes, memory, debug registers, a source, a tracer, and a time line of
/// what the programs do. Keeps the count that the session's figures are compared with.</summary>
internal sealed class FakeMachine
{
    internal const int Root = 100;

    private readonly Dictionary<int, FakeProcess> processes = [];
    private readonly Dictionary<(string Program, string Name), Watch> watches = [];
    private readonly Dictionary<(string Program, string Name), string> impossible = [];
    private readonly Dictionary<(ulong Rip, int Slot), ulong> stored = [];
    private readonly PriorityQueue<Action, (double At, long Order)> timeLine = new();
    private readonly Queue<string> warnings = new();
    private volatile bool stands;
    private long order;

    /// <summary>Hits were dropped since the last that was recorded, and their values with them.</summary>
    private bool lost;

    internal FakeMachine()
    {
        Source = new FakeSource(this);
        Arming = new FakeArming(this);
        Tracer = new FakeTracer(this);
        processes[Root] = new FakeProcess(Root, new FakeMemory());
    }

    internal Lock Gate { get; } = new();

    internal FakeClock Clock { get; } = new();

    internal FakeSource Source { get; }

    internal FakeArming Arming { get; }

    internal FakeTracer Tracer { get; }

    internal RecordingSink Sink { get; } = new();

    internal FakeProcess Main => processes[Root];

    /// <summary>Every symbols object that was opened.</summary>
    internal List<FakeSymbols> Opened { get; } = [];

    internal bool LibrariesCame { get; set; }

    /// <summary>False: the program has all its libraries and calls no dlopen(3).</summary>
    internal bool LibrariesMayCome { get; set; } = true;

    internal string? StackCut { get; set; }

    /// <summary>What Unwind finds; null: one frame, named after the instruction's address.</summary>
    internal Func<RawHit, IReadOnlyList<Frame>>? Frames { get; set; }

    /// <summary>What stands at an address, for NameOf.</summary>
    internal Dictionary<ulong, string> Names { get; } = [];

    /// <summary>What TouchedSlots answers.</summary>
    internal Func<RawHit, IReadOnlyList<int>> Touched { get; set; } = _ => [];

    /// <summary>Whether the instruction bears out a hit's own slot.</summary>
    internal Func<RawHit, bool> Proven { get; set; } = _ => true;

    /// <summary>By the operand that <see cref="StoreAct.Says"/> has left in the registers.</summary>
    internal static bool? HasTouched(RawHit hit, HardwareSlot part) => hit.Registers.Rax == 0 ? null
        : hit.Registers.Rdi < part.Address.Value + (ulong)part.Length && part.Address.Value < hit.Registers.Rdi + hit.Registers.Rax;

    /// <summary>Whether the instruction at hand cannot have made the hit.</summary>
    internal Func<RawHit, bool> Excluded { get; set; } = _ => false;

    /// <summary>Whether the instruction at hand is certain to store nothing.</summary>
    internal bool OnlyReads { get; set; }

    /// <summary>Resolves watches that arm themselves.</summary>
    internal Func<WatchRequest, ArisingResolution> ResolveArising { get; set; } = _ => new ArisingResolution(null, "there is no such function");

    /// <summary>Whether a hit's stack has a frame.</summary>
    internal Func<RawHit, Address, bool?> HasFrame { get; set; } = (_, _) => true;

    /// <summary>A watched address that the processor names along with any other.</summary>
    internal ulong? NamesAlso { get; set; }

    /// <summary>Thrown by OpenSymbols.</summary>
    internal UserException? SymbolsFailure { get; set; }

    /// <summary>Stores that hit a register, whether or not anybody was told.</summary>
    internal int Writes { get; private set; }

    internal FakeProcess Process(int id)
    {
        lock (Gate)
            return processes[id];
    }

    /// <summary>Another process, with memory of its own.</summary>
    internal FakeProcess Add(int id, int threads = 1)
    {
        FakeProcess process = new(id, new FakeMemory()) { ThreadCount = threads };
        lock (Gate)
            processes[id] = process;
        return process;
    }

    internal bool IsAlive(ProcessId id)
    {
        lock (Gate)
            return processes.TryGetValue(id.Value, out FakeProcess? process) && process.Alive;
    }

    internal ITargetProcess OpenProcess(ProcessId id) => Process(id.Value);

    internal ITargetSymbols OpenSymbols(ITargetProcess process)
    {
        if (SymbolsFailure is { } failure)
            throw failure;
        FakeSymbols symbols = new(this, Process(process.Id.Value));
        lock (Gate)
            Opened.Add(symbols);
        return symbols;
    }

    /// <summary>Gives a program a variable, or a place in its code.</summary>
    internal Watch Define(string name, ulong address, int length, AccessMode mode = AccessMode.Write, string program = "first", Condition? condition = null)
    {
        Watch watch = new(new WatchRequest(name, mode), new Address(address), length, NumberFormat.Instance, null, null) { Condition = condition };
        lock (Gate)
            watches[(program, name)] = watch;
        return watch;
    }

    internal void DefineImpossible(string name, string reason, string program = "first") => impossible[(program, name)] = reason;

    internal void Warn(string warning) => warnings.Enqueue(warning);

    internal IReadOnlyList<string> TakeWarnings()
    {
        List<string> taken = [.. warnings];
        warnings.Clear();
        return taken;
    }

    internal WatchResolution Resolve(FakeProcess process, WatchRequest request)
    {
        lock (Gate)
        {
            if (impossible.TryGetValue((process.Program, request.Expression), out string? reason))
                return new WatchResolution.Impossible(reason);
            Watch? watch = watches.GetValueOrDefault((process.Program, request.Expression)) ?? PlainWatch.Of(request);
            return watch is not null
                ? new WatchResolution.Resolved(watch with { Request = request })
                : new WatchResolution.UnknownName($"no variable {request.Expression}");
        }
    }

    /// <summary>What the registers tell of a store, for a source without values.</summary>
    internal void Tell(ulong rip, int slot, ulong value) => stored[(rip, slot)] = value;

    internal ulong? Stored(RawHit hit, HardwareSlot slot, ulong? old)
    {
        int number = Arming.SlotsOf(hit.Process.Value).Where(entry => entry.Content.Address <= slot.Address && slot.Address.Value < entry.Content.Address.Value + (ulong)entry.Content.Length).Select(entry => entry.Slot).DefaultIfEmpty(-1).First();
        return stored.TryGetValue((hit.Registers.Rip, number), out ulong value) ? value : null;
    }

    /// <summary>At this time, in milliseconds since the start, on the drain thread.</summary>
    internal void At(double milliseconds, Action act)
    {
        lock (Gate)
            timeLine.Enqueue(act, (milliseconds, order++));
    }

    /// <summary>So many milliseconds from now.</summary>
    internal void In(double milliseconds, Action act) => At(Clock.Milliseconds + milliseconds, act);

    /// <summary>The program is held by its tracer, at its start or in its loader: the time line goes on once it is let go,
    /// however long its session takes until then.</summary>
    internal bool Stands
    {
        get => stands;
        set => stands = value;
    }

    internal void RunTimeLine()
    {
        while (true)
        {
            lock (Gate)
            {
                if (Stands || !timeLine.TryPeek(out _, out (double At, long Order) next) || next.At > Clock.Milliseconds)
                    return;
                timeLine.Dequeue()();
            }
        }
    }

    /// <summary>One store instruction of a thread.</summary>
    internal void Store(StoreAct act)
    {
        if (Waits(act.Process, () => Store(act)))
            return;
        lock (Gate)
        {
            FakeProcess process = processes[act.Process];
            Span<byte> bytes = stackalloc byte[16];
            bytes.Clear();
            BinaryPrimitives.WriteUInt64LittleEndian(bytes, act.Value);
            BinaryPrimitives.WriteUInt64LittleEndian(bytes[8..], act.HighValue);
            process.Space.Write(act.Address, bytes[..act.Length]);
            if (act.Lost)
                return;
            List<(int Slot, HardwareSlot Content)> trapped = Arming.Trap(act.Process, act.Address, act.Length, mode => mode != AccessMode.Execute);
            Writes += trapped.Count > 0 ? 1 : 0;
            if (NamesAlso is { } also)
                trapped = [.. trapped, .. Arming.Trap(act.Process, also, 1, mode => mode != AccessMode.Execute)];
            foreach ((int slot, HardwareSlot content) in trapped)
                Record(act, slot, content, process.Space.Read(content));
        }
    }

    /// <summary>The processor names a register that nothing has touched.</summary>
    internal void NameAgain(StoreAct act)
    {
        lock (Gate)
        {
            foreach ((int slot, HardwareSlot content) in Arming.Trap(act.Process, act.Address, act.Length, mode => mode != AccessMode.Execute))
                Record(act, slot, content, processes[act.Process].Space.Read(content));
        }
    }

    /// <summary>An instruction at a watched place of code.</summary>
    internal void Execute(StoreAct act)
    {
        lock (Gate)
        {
            foreach ((int slot, HardwareSlot content) in Arming.Trap(act.Process, act.Rip, 1, mode => mode == AccessMode.Execute))
                Record(act, slot, content, null);
        }
    }

    /// <summary>A store whose #DB has lost its cause: the guard tells of it, and leaves the last value behind it.</summary>
    internal void StoreRecovered(StoreAct act)
    {
        Store(act with { Lost = true });
        lock (Gate)
        {
            FakeProcess process = processes[act.Process];
            Dictionary<int, (ulong Old, ulong New)> values = [];
            foreach ((int slot, HardwareSlot content) in Arming.SlotsOf(act.Process).Where(slot => slot.Content.Mode != AccessMode.Execute))
            {
                ulong now = process.Space.Read(content);
                FakeSource.Account? account = Source.AccountOf(act.Process, slot);
                values[slot] = (Source.TracksValues && account is not null ? account.Last : now, now);
                if (Source.TracksValues && account is not null)
                    account.Last = now;
            }

            RawHit hit = Raw(act, -1, default, null, null, recovered: true);
            Tracer.Tell(new TracerEvent.Recovered(hit, values));
        }
    }

    /// <summary>A child with a copy of the memory and the parent's events; told by the kernel side, by the tracer, or by nobody.</summary>
    /// <param name="parent">Who forks.</param>
    /// <param name="child">The child.</param>
    /// <param name="told">Whether anybody tells of it.</param>
    /// <param name="between">What another thread of the parent does between the copy of the memory and that of the accounts.</param>
    internal void Fork(int parent, int child, bool told = true, Action? between = null)
    {
        lock (Gate)
        {
            processes[child] = new FakeProcess(child, processes[parent].Space.Copy()) { Program = processes[parent].Program };
            between?.Invoke();
            Arming.Inherit(parent, child);
            ulong time = Clock.Tick();
            if (Source.TracksValues)
                Source.Inherit(parent, child);
            if (Source.TracksValues && told)
                Source.Put(receiver => receiver.OnForked(time, new ProcessId(parent), new ProcessId(child)));
            else if (told)
                Tracer.Tell(new TracerEvent.Forked(new ProcessId(parent), new ProcessId(child)));
        }
    }

    /// <summary>The process runs another program from here on.</summary>
    /// <param name="id">Who.</param>
    /// <param name="program">Its new name.</param>
    /// <param name="traced">Held by the tracer, until it is released.</param>
    /// <param name="then">What the new program does once it runs.</param>
    internal void Exec(int id, string program, bool traced, Action? then = null)
    {
        if (Waits(id, () => Exec(id, program, traced, then)))
            return;
        lock (Gate)
        {
            FakeProcess process = processes[id];
            process.Space = new FakeMemory();
            process.Program = program;
            Arming.Drop(id);
            ulong time = Clock.Tick();
            if (Source.TracksValues && Source.IsTarget(id))
            {
                Source.DropTarget(id);
                Source.Put(receiver => receiver.OnExec(time, new ProcessId(id)));
            }

            if (traced)
            {
                Tracer.OnRelease[id] = () => then?.Invoke();
                Tracer.Tell(new TracerEvent.Executed(new ProcessId(id)));
            }
            else
            {
                then?.Invoke();
            }
        }
    }

    /// <summary>The process ends, as wait(2) puts it.</summary>
    /// <param name="id">Who.</param>
    /// <param name="status">wait(2)'s.</param>
    /// <param name="traced">The tracer holds it for a last look and then tells of its end.</param>
    internal void Exit(int id, int status, bool traced)
    {
        if (Waits(id, () => Exit(id, status, traced)))
            return;
        lock (Gate)
        {
            if (!traced)
            {
                End(id);
                return;
            }

            Dictionary<int, ulong> unexplained = [];
            foreach ((int slot, HardwareSlot content) in Arming.SlotsOf(id).Where(slot => slot.Content.Mode != AccessMode.Execute))
            {
                ulong now = processes[id].Space.Read(content);
                if (Source.TracksValues && Source.AccountOf(id, slot) is { } account && account.Last != now)
                    unexplained[slot] = now;
            }

            Tracer.OnRelease[id] = () =>
            {
                lock (Gate)
                {
                    End(id);
                    Tracer.Tell(new TracerEvent.Exited(new ProcessId(id), status));
                }
            };
            Tracer.Tell(new TracerEvent.Exiting(new ProcessId(id), unexplained));
        }
    }

    internal RawHit Raw(StoreAct act, int slot, Address address, ulong? old, ulong? now, bool recovered = false, OrderResult? order = null) => new()
    {
        Time = Clock.Tick(),
        Process = new ProcessId(act.Process),
        Thread = new ThreadId(act.Thread),
        ThreadName = act.ThreadName,
        Cpu = 0,
        Slot = slot,
        Address = address,
        Origin = act.Kernel is null ? HitOrigin.User : HitOrigin.Kernel,
        Recovered = recovered,
        Registers = default(UserRegisters) with { Rip = act.Rip, Rax = act.Rax, Rdi = act.Rdi, OrigRax = act.OrigRax, Rsp = 0x7ffe0000 },
        Kernel = act.Kernel,
        Old = old,
        New = now,
        Order = order,
    };

    /// <summary>Who is held by the tracer does nothing until it is released.</summary>
    private bool Waits(int process, Action act)
    {
        if (!Tracer.OnRelease.ContainsKey(process))
            return false;
        In(3, act);
        return true;
    }

    private void Record(StoreAct act, int slot, HardwareSlot content, ulong? value)
    {
        if (!Source.IsTarget(act.Process) || Source.AccountOf(act.Process, slot) is not { } account)
            return;
        ulong? old = value is null || account.Stale ? null : account.Last;
        account.Stale = false;
        account.Counted++;
        if (account.Handling.HasFlag(SlotHandling.ChangesOnly) && value is not null && value == old)
        {
            account.Filtered++;
            return;
        }

        if (value is { } now)
            account.Last = Source.TracksValues ? now : account.Last;
        if (Source.RingRoom-- <= 0)
        {
            account.Dropped++;
            lost = !Source.TracksValues;
            return;
        }

        account.Recorded++;
        RawHit hit = Raw(act, slot, content.Address, Source.TracksValues ? old : null, Source.TracksValues ? value : null, order: account.Order?.Obey());
        hit.AfterLoss = lost;
        lost = false;
        Source.Put(receiver => receiver.OnHit(hit));
    }

    private void End(int id)
    {
        processes[id].Alive = false;
        Arming.Drop(id);
        if (!Source.TracksValues || !Source.IsTarget(id))
            return;
        Source.DropTarget(id);
        ulong time = Clock.Tick();
        Source.Put(receiver => receiver.OnExit(time, new ProcessId(id)));
    }
}
