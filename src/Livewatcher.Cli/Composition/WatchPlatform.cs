// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using Livewatcher.Cli.Acting;
using Livewatcher.Cli.Options;
using Livewatcher.Engine.Choosing;
using Livewatcher.Engine.Serving;
using Livewatcher.Engine.Watching;
using Livewatcher.Linux.Acting;
using Livewatcher.Linux.Arising;
using Livewatcher.Linux.Arming;
using Livewatcher.Linux.Bpf;
using Livewatcher.Linux.Guard;
using Livewatcher.Linux.Interop;
using Livewatcher.Linux.Perf;
using Livewatcher.Linux.Probing;
using Livewatcher.Linux.Ptrace;
using Livewatcher.Linux.ProcFs;
using Livewatcher.Linux.Scheduling;
using Livewatcher.Linux.Sync;
using Livewatcher.Model;
using Livewatcher.Symbols;

namespace Livewatcher.Cli.Composition;

/// <summary>Puts the parts of one watching together as the choice says, and takes them apart again. The only place where
/// Engine meets Linux and Symbols.</summary>
internal sealed class WatchPlatform : IDisposable
{
    /// <summary>A hit of backend ptrace is a stop and two switches to the guard and back: an estimate, for the flood limit.</summary>
    private const long StopNanoseconds = 10_000;

    private readonly IHitSource source;
    private readonly FloodLimit? flood;
    private readonly HashSet<ProcessId> guarded = [];
    private readonly ProcessLives lives = new();
    private readonly HitCommands commands = new();
    private GuardTracer? tracer;
    private bool guardedByLibraries;
    private IArming? arming;
    private UprobeArisings? arisings;
    private EarlySymbols? early;

    private WatchPlatform(IHitSource source, BackendChoice choice, FloodLimit? flood)
    {
        this.source = source;
        this.flood = flood;
        Choice = choice;
        Notes.AddRange(choice.Notes);
    }

    internal BackendChoice Choice { get; private set; }

    internal List<string> Notes { get; } = [];

    /// <summary>Loads the backend. Nothing touches a target yet.</summary>
    /// <exception cref="UserException">Debug registers do not trap here, neither backend works, or not the one that was asked
    /// for.</exception>
    internal static WatchPlatform Prepare(WatchSettings settings)
    {
        if (settings.Backend == "ptrace")
        {
            if (settings.HasArisings)
                BackendChoice.Decide(new Capability(null, Hypervisor.IsPresent()), "ptrace", settings.Scope, settings.Guard, arises: true);
            return new WatchPlatform(
                PtraceSource(settings.IsTried), BackendChoice.Decide(new Capability(null, Hypervisor.IsPresent()), "ptrace", settings.Scope, settings.Guard, settings.HasArisings),
                settings.Flood.ToLimit(StopNanoseconds));
        }

        long trap = DebugRegisters.UnknownCost;
        if (settings.IsTried && !DebugRegisters.Trap(out trap))
            throw DeadRegisters();
        FloodLimit? limit = settings.Flood.ToLimit(trap);

        BpfHitSource? bpf = null;
        string? refusal = null;
        if (settings.Backend != "perf")
        {
            try
            {
                bpf = BpfHitSource.Open(new WatchProgramSettings(settings.StackBytes, settings.FollowFork, settings.RingBytes, limit, settings.HasFilters, settings.HasOrders, settings.HasArisings));
            }
            catch (BpfException e)
            {
                refusal = e.Message;
            }
            catch (DllNotFoundException)
            {
                refusal = "libbpf.so.1 is not installed (apt-get install libbpf1)";
            }
        }

        Capability capability = new(refusal, Hypervisor.IsPresent());
        BackendChoice choice = BackendChoice.Decide(capability, settings.Backend, settings.Scope, settings.Guard, settings.HasArisings);
        if (bpf is not null)
            return new WatchPlatform(bpf, choice, limit);
        try
        {
            return new WatchPlatform(PerfSource(settings), choice, limit);
        }
        catch (PerfException e) when (settings.Backend == "auto" && CanPoke())
        {
            choice = BackendChoice.Decide(capability with { PerfRefusal = e.Message }, settings.Backend, settings.Scope, settings.Guard, settings.HasArisings);
            return new WatchPlatform(PtraceSource(settings.IsTried), choice, settings.Flood.ToLimit(StopNanoseconds));
        }
        catch (PerfException e)
        {
            throw new UserException($"cannot watch: {e.Message}; it takes root, or CAP_PERFMON, or kernel.perf_event_paranoid of at most 2; "
                + "--backend ptrace goes without perf events");
        }
    }

    /// <summary>Starts a program, held at its exec.</summary>
    internal ProcessId Launch(LaunchRequest launch, WatchSettings settings)
    {
        (tracer, ProcessId started) = GuardStart.For(source, settings.FollowFork, settings.StackBytes, launch);
        arming = ChooseArming(settings);
        return started;
    }

    /// <summary>Gets hold of a running process, by the guard where the choice asks for one.</summary>
    /// <param name="life">Which.</param>
    /// <param name="settings">How.</param>
    /// <param name="symbols">Its names, which are being read.</param>
    /// <exception cref="UserException">It may not be watched.</exception>
    internal void Attach(ProcessLife life, WatchSettings settings, EarlySymbols symbols)
    {
        ProcessId target = life.Process;
        lives.Add(life);
        early = symbols;
        early.ThreadPointer = ThreadPointer;
        Reading = early.Progress;
        if (Choice.Guard || settings.FollowExec)
        {
            (tracer, _) = GuardStart.For(source, settings.FollowFork, settings.StackBytes, launch: null);
            try
            {
                tracer.Attach(target);
            }
            catch (TraceRefusedException e) when (Choice.Backend == "ptrace" && ProcessTable.TracerOf(target) is { } tracing)
            {
                throw new UserException($"cannot trace process {target}: {ProcessTable.NameOf(tracing) ?? "another program"} (pid {tracing}) traces it, and "
                    + $"a process has one tracer ({Errno.Describe(e.Errno)})");
            }
            catch (TraceRefusedException e) when (ProcessTable.TracerOf(target) is { } other)
            {
                string name = ProcessTable.NameOf(other) ?? "another program";
                GoOnWithoutGuard($"{name} (pid {other}) already traces process {target}, so there is no guard: in a virtual machine a stray "
                    + $"SIGTRAP may reach {name} or the target ({Errno.Describe(e.Errno)})");
            }
            catch (TraceRefusedException e) when (e.IsGone)
            {
                throw new UserException($"process {target} has ended");
            }
            catch (TraceRefusedException e)
            {
                throw new UserException($"cannot trace process {target}: {e.Message}; it takes the same user or CAP_SYS_PTRACE "
                    + $"(kernel.yama.ptrace_scope may forbid it){(Choice.Backend == "ptrace" ? "" : ", or --guard off")}");
            }

            if (life.IsOver)
            {
                tracer?.Detach(); // it may be holding another process of that number
                throw new UserException($"process {target} has ended");
            }
        }

        if (settings.HasArisings && !Choice.Guard)
            throw new UserException($"cannot watch process {target}: watches that arm themselves take the guard; {Notes[^1]}");
        arming = ChooseArming(settings);
    }

    /// <summary>Makes ready for processes that come by themselves, each to be taken into the guard's hands where there is a guard.</summary>
    internal ListenPlatform ForListening(ListenRequest request, ISelfArming library)
    {
        WatchSettings settings = request.Watching;
        guardedByLibraries = settings.Guard == BackendChoice.ByLibraries && Hypervisor.IsPresent();
        IArming? scan = source switch
        {
            BpfHitSource bpf => ScanArming.For(bpf, followFork: false),
            PerfHitSource perf => ScanArming.For(perf, followFork: false),
            _ => null, // only a tracer can poke
        };
        if (Choice.Guard)
        {
            (tracer, _) = GuardStart.For(source, followFork: false, settings.StackBytes, launch: null);
            GuardArming held = new(tracer);
            arming = scan is null ? held : new EachByItsGuard(held, scan, guarded.Contains);
        }
        else
        {
            arming = scan;
        }

        if (source is BpfHitSource to)
            arming = new SyncArming(arming!, to, library, () => request.Settings.Sync, Choice.Guard);
        if (request.ByPtrace && Choice.Backend != "ptrace")
            Notes.Add($"--dr-source ptrace: it shows what ptrace(2) has set in each thread; what backend {Choice.Backend} arms are perf events, which ptrace(2) does not see");
        return new ListenPlatform(
            ForSession(settings), Guard, ProcessTable.NameOf, request.ByPtrace ? ReadRegisters : null, OnlineCpus.Read().Count);
    }

    internal SessionPlatform ForSession(WatchSettings settings) => new(
        source,
        arming ?? throw new InvalidOperationException("no target yet"),
        tracer,
        Choice.Guard,
        process => early?.Of(lives.Of(process)) ?? new TargetProcess(lives.Of(process), ThreadPointer),
        process => early?.Take(process) ?? new TargetSymbols(process, new SymbolOptions(settings.Servers) { Progress = Reading }),
        lives.IsAlive,
        DescribeSlotHolders,
        new MonotonicClock(),
        flood,
        settings.AuditInterval)
    {
        Signals = new TargetSignals(lives),
        Commands = commands,
        KeepUp = OwnNiceness.KeepUp,
        Cores = settings.Gdb is { } gdb ? new CoreDumper(gdb, () => tracer, lives) : null,
        Arisings = settings.HasArisings ? arisings ??= new UprobeArisings((BpfHitSource)source) : null,
    };

    public void Dispose()
    {
        arisings?.Dispose();
        arming?.Dispose();
        tracer?.Dispose();
        source.Dispose();
        lives.Dispose();
        commands.Dispose();
    }

    /// <exception cref="PerfException">Not even perf events are allowed.</exception>
    private static PerfHitSource PerfSource(WatchSettings settings) =>
        PerfHitSource.Open(new PerfSettings { StackBytes = settings.StackBytes, FollowFork = settings.FollowFork });

    /// <summary>How much of an arming under way is done, from 0 to 1; null where nobody knows.</summary>
    public double? ArmedPart => tracer?.ArmedPart;

    /// <summary>Of the debug information of a target.</summary>
    public ReadingProgress Reading { get; private set; } = new();

    private static bool CanPoke() => DebugRegisters.TrapByPtrace(out Refusal? refusal) && refusal is null;

    /// <exception cref="UserException">ptrace(2) may not write debug registers, or they do not trap.</exception>
    private static PtraceHitSource PtraceSource(bool isTried)
    {
        if (!isTried)
            return PtraceHitSource.Open();
        if (!DebugRegisters.TrapByPtrace(out Refusal? refusal))
            throw DeadRegisters();
        return refusal is null ? PtraceHitSource.Open() : throw new UserException($"--backend ptrace: {refusal}");
    }

    private static UserException DeadRegisters() =>
        new("cannot watch: this machine's debug registers do not trap; the kernel arms them, but of the writes to a "
            + "watched word of livewatcher's own it saw none. Some hypervisors do not pass them on; \"livewatcher doctor\" has the details");

    private IArming ChooseArming(WatchSettings settings)
    {
        if (Choice.Scope == "cpu")
            return new CpuArming((BpfHitSource)source);
        if (Choice.Guard)
            return new GuardArming(tracer!);
        return source is BpfHitSource bpf
            ? ScanArming.For(bpf, settings.FollowFork)
            : ScanArming.For((PerfHitSource)source, settings.FollowFork);
    }

    private IReadOnlyList<(ThreadId Thread, IReadOnlyList<ulong> Registers)> ReadRegisters(ProcessId process) =>
        DebugRegisterReader.Read(process, guarded.Contains(process) ? tracer : null);

    private GuardOutcome Guard(ProcessId process)
    {
        if (!Choice.Guard)
            return new GuardOutcome(Held: false, guardedByLibraries, null);
        try
        {
            tracer!.Attach(process);
            guarded.Add(process);
            return new GuardOutcome(Held: true, WantsHandler: false, null);
        }
        catch (Exception e) when (e is TraceRefusedException or UserException)
        {
            guarded.Remove(process);
            string who = ProcessTable.TracerOf(process) is { } other ? $"{ProcessTable.NameOf(other)} (pid {other}) already traces it" : e.Message;
            string so = Choice.Backend == "ptrace" ? "it cannot be armed" : "its own library swallows stray SIGTRAPs";
            return new GuardOutcome(Held: false, WantsHandler: true, $"no guard for process {process}: {who}; {so}");
        }
    }

    private void GoOnWithoutGuard(string why)
    {
        tracer!.Detach(); // or it would wait two seconds for our end
        tracer.Dispose();
        tracer = null;
        Choice = Choice with { Guard = false };
        Notes.Add(why);
    }

    /// <summary>Reading a thread pointer takes a tracer; where there is none, one comes and goes.</summary>
    private Address? ThreadPointer(ThreadId thread)
    {
        if (tracer is not null)
            return tracer.ReadThreadPointer(thread);
        if (ProcessTable.ProcessOf(new ProcessId(thread.Value)) is not { } process)
            return null;
        (GuardTracer brief, _) = GuardStart.For(source, followFork: false, stackBytes: 0, launch: null);
        using (brief)
        {
            try
            {
                brief.Attach(process);
                return brief.ReadThreadPointer(thread);
            }
            catch (TraceRefusedException)
            {
                return null;
            }
            finally
            {
                brief.Detach();
            }
        }
    }

    private static string? DescribeSlotHolders(ProcessId target)
    {
        List<string> holders = [];
        if (ProcessTable.TracerOf(target) is { } other && ProcessTable.NameOf(other) is { } name && name != "lw-guard")
            holders.Add($"its tracer {name} (pid {other}) may hold some");
        if (ProcessTable.PerfUsers() is { Count: > 0 } users)
            holders.Add($"perf events are open in {string.Join(", ", users)}");
        return holders.Count == 0 ? null : string.Join("; ", holders);
    }
}
