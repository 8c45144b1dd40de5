// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using Livewatcher.Engine.Accounting;
using Livewatcher.Engine.Acting;
using Livewatcher.Engine.Arising;
using Livewatcher.Engine.Arming;
using Livewatcher.Engine.Auditing;
using Livewatcher.Engine.Filtering;
using Livewatcher.Engine.Flooding;
using Livewatcher.Engine.Ordering;
using Livewatcher.Engine.Rotating;
using Livewatcher.Model;

namespace Livewatcher.Engine.Watching;

/// <summary>One watching from arming to the coverage statement. Owns the drain loop; runs on the caller's thread; publishes
/// every event from there, in order.</summary>
public sealed class WatchSession : IFlowOwner, IDisposable
{
    private static readonly TimeSpan Idle = TimeSpan.FromMilliseconds(50);

    private readonly SessionPlatform platform;
    private readonly SessionOptions options;
    private readonly Ledger ledger = new();
    private readonly Auditor auditor;
    private readonly DrainLoop drain;
    private readonly CrossCheck kernel;
    private readonly Armer armer;
    private readonly Reporter reporter;
    private readonly LibraryWatch libraries;
    private readonly ArisingWatches arisings;
    private readonly Turns? turns;
    private readonly Rotation rotation;
    private readonly WatchedProcesses processes;
    private readonly EventFlow flow;
    private readonly WriterCatalog catalog;
    private readonly Reactions reactions;
    private readonly HitActor actor;
    private readonly CoreReports cores;
    private ulong? learnUntil;
    private readonly UnloadedLibraries unloaded;
    private readonly Acceptance acceptance;
    private ProcessId root;
    private int? rootStatus;
    private bool rootExited;
    private bool tracerHolds;
    private bool tracerGone;
    private string? ending;
    private CancellationToken stop;
    private ulong? deadline;
    private bool disarmed;
    private ulong nextLifeCheck;

    public WatchSession(SessionPlatform platform, SessionOptions options, IEventSink sink)
    {
        platform = platform with { Arming = new SerializedArming(platform.Arming) };
        turns = options.Turn is { } turn ? new Turns(platform, turn) : null;
        platform = turns?.Platform ?? platform;
        this.platform = platform;
        this.options = options;
        auditor = new Auditor(platform.Source, platform.Clock, platform.AuditInterval);
        processes = new WatchedProcesses(platform, ledger, auditor);
        FloodMeters meters = new(platform.Source, platform.Flood);
        FloodBrake brake = new(platform, meters);
        drain = new DrainLoop(platform.Source, auditor, meters, brake, platform.Clock, processes.DescribeDescriptor, platform.KeepUp);
        catalog = new WriterCatalog(options.Known);
        kernel = new CrossCheck(platform, ledger, drain.AwaitPass);
        reactions = new Reactions(platform.Source, catalog, options.Requests);
        actor = new HitActor(platform);
        armer = new Armer(platform, options, ledger, processes, catalog, reactions, kernel, sink.Publish);
        reporter = new Reporter(platform, options, ledger, sink, actor);
        arisings = new ArisingWatches(platform, options, ledger, armer, catalog, reactions, sink.Publish);
        libraries = new LibraryWatch(platform, ledger, processes, armer, reporter, arisings);
        flow = new EventFlow(platform, ledger, processes, drain, meters, brake, reporter, this);
        rotation = new Rotation(turns, options.Turn ?? default, platform, ledger, processes, reporter);
        armer.OnClosing = rotation.Take;
        platform.Tracer?.Arrived = drain.Wake;
        cores = new CoreReports(actor, reporter, () => flow.Step(Idle), () => flow.Hurry.IsCancellationRequested);
        unloaded = new UnloadedLibraries(platform, ledger, processes, armer, reporter, flow, () => tracerHolds);
        acceptance = new Acceptance(platform, processes);
    }

    /// <summary>The writers that were learned, or where nothing was to be learned those that were reported.</summary>
    public IReadOnlyCollection<KnownWriter> Writers => options.Learn is null ? catalog.Seen : catalog.Learned;

    /// <summary>Asks that the writer of a reported hit be not reported any more. From any thread; it is done between hits.</summary>
    /// <param name="hit">One of this session's.</param>
    /// <param name="done">Told on the session's thread: false where nobody can be named, or the process is gone.</param>
    public void Accept(Hit hit, Action<bool> done) => drain.Post(() => done(acceptance.Accept(hit)));

    /// <summary>Asks for the account so far. From any thread; it is told on the session's, between hits.</summary>
    public void Observe(Action<RunProgress> told) => drain.Post(() => told(new RunProgress(
        ledger.SoFar(processes.OpenAccounts, platform.Source.Session), ledger.Processes, ledger.GapsSoFar) { ArmedNow = rotation.ArmedNow }));

    /// <summary>Arms, watches until something ends it, and closes the account.</summary>
    /// <param name="target">Held at its exec where options.Started; running otherwise.</param>
    /// <param name="stop">Ends the watching (Ctrl-C).</param>
    /// <param name="hurry">Leaves out what is not named by then (Ctrl-C again).</param>
    /// <exception cref="UserException">It could not begin; nothing is left behind.</exception>
    public SessionOutcome Run(ProcessId target, CancellationToken stop, CancellationToken hurry = default)
    {
        root = target;
        this.stop = stop;
        flow.Hurry = hurry;
        tracerHolds = platform.Tracer is not null;
        catalog.LearnUntil(options.Learn is null ? 0 : ulong.MaxValue); // as long as it is being armed
        Begin();
        if (options.Learn is { } lesson)
        {
            learnUntil = platform.Clock.Now + (ulong)Math.Min(lesson.TotalNanoseconds, 1e18);
            catalog.LearnUntil(learnUntil.Value);
        }

        deadline = options.For is { } time ? platform.Clock.Now + (ulong)Math.Min(time.TotalNanoseconds, 1e18) : null;
        using CancellationTokenRegistration waking = stop.Register(drain.Wake);
        while (ending is null)
        {
            flow.Step(deadline is { } end ? TimeSpan.FromMilliseconds(Math.Clamp((end - (double)platform.Clock.Now) / 1e6, 0, Idle.TotalMilliseconds)) : Idle);
            NoticeEnd();
            if (!processes.AnyLeft)
                ending ??= Reporter.DescribeEnd(rootStatus, rootExited);
        }

        ResolveDoubts();
        cores.AwaitEnd();
        Finish(ending);
        return new SessionOutcome(rootStatus, !rootExited && platform.IsAlive(root)) { HandOver = actor.HandOver };
    }

    /// <summary>After the watching: waits for the end of a target that livewatcher has started.</summary>
    public int? AwaitExit(CancellationToken stop)
    {
        TimeSpan pause = TimeSpan.FromMilliseconds(100);
        while (rootStatus is null && !stop.IsCancellationRequested && platform.Tracer is { } tracer)
        {
            // Whoever has killed the tracer has left us no one to ask for the status; the end itself can be seen.
            if (tracerGone && (!platform.IsAlive(root) || stop.WaitHandle.WaitOne(pause)))
                break;
            if (!tracerGone && tracer.Take(pause) is { } tracerEvent)
                flow.OnTracerEvent(tracerEvent);
        }

        return rootStatus;
    }

    public void Dispose()
    {
        turns?.Dispose();
        drain.Dispose();
        processes.Dispose();
    }

    private void Begin()
    {
        try
        {
            reactions.Check(root);
            platform.OnStage?.Invoke(SessionStage.ReadingSymbols);
            WatchedProcess process = Open(root);
            ledger.Processes = 1;
            armer.ArmAll(process, mayWait: options.Started && tracerHolds);
            if (!options.Started)
                arisings.Begin(process);
            processes.AuditAgain();
            drain.Start();
        }
        catch
        {
            platform.OnStage?.Invoke(SessionStage.Ready);
            if (options.Started)
                platform.Tracer?.Abandon(root);
            platform.Tracer?.Detach();
            throw;
        }

        if (options.Started)
        {
            armer.WatchEntry(processes.Find(root)!);
            CheckArising(processes.Find(root)!);
            platform.Tracer?.Release(root);
        }

        LetGoUnlessNeeded();
    }

    /// <summary>They begin where the program's libraries are mapped, and somebody must stop it there.</summary>
    private void CheckArising(WatchedProcess process)
    {
        if (!arisings.Wait || process.EntryWatched || process.LoaderWatched)
            return;
        platform.Tracer?.Abandon(root);
        platform.Tracer?.Detach();
        throw new UserException("too few debug registers: watches that arm themselves take one each at least, and none is free; watch fewer objects");
    }

    private void NoticeEnd()
    {
        if (stop.IsCancellationRequested)
            ending ??= "interrupted";
        else if (deadline is { } due && platform.Clock.Now >= due)
            ending ??= $"--for {options.For!.Value.TotalSeconds:0.###}s is over";
    }

    private void Disarm()
    {
        disarmed = true;
        arisings.End();
        turns?.End();
        processes.EndAudit(); // what is written while register after register is freed is no escaped write
        armer.DisarmAll();
    }

    private WatchedProcess Open(ProcessId id)
    {
        WatchedProcess process = processes.Open(id);
        reporter.WarnAboutSymbols(process);
        return process;
    }

    /// <summary>Without the guard, the tracer stays only as long as a library is to come or an exec is to be followed.</summary>
    private void LetGoUnlessNeeded()
    {
        if (!tracerHolds || platform.GuardOn || options.FollowExec || processes.All.Any(process => !process.Retired && (process.EntryWatched || process.Pending.Count > 0)))
            return;
        platform.Tracer!.Detach();
        tracerHolds = false;
    }

    WatchedProcess? IFlowOwner.Adopt(ProcessId process, bool recovered) =>
        recovered && !options.FollowFork ? null : processes.Fork(null, process);

    bool IFlowOwner.IsOneFamily => true;

    bool IFlowOwner.EndForFlood(string why)
    {
        ending ??= why;
        return true;
    }

    void IFlowOwner.OnReported()
    {
        if (reporter.HasEnough)
            ending ??= $"--max-hits {options.MaxHits} reached";
        if (actor.HandOver is { } to)
            ending ??= $"process {to.Process} is handed over to gdb";
        NoticeEnd();
        if (ending is null || disarmed || !Reporter.IsLong(flow.Backlog))
            return;
        Disarm(); // the registers are free before what was recorded is named
        platform.OnStage?.Invoke(SessionStage.Ready);
        reporter.TellBacklog(flow.Backlog);
    }

    bool IFlowOwner.MayHold => ending is null && platform.Source.TracksValues && options.OnlyShows;

    void IFlowOwner.OnBetween() => rotation.Look();

    void IFlowOwner.OnRetiring(WatchedProcess process) => rotation.Take(process);

    void IFlowOwner.OnTurned(WatchedProcess process, SessionItem.Turned turned) => rotation.Begin(process, turned);

    void IFlowOwner.OnArisen(WatchedProcess process, SessionItem.Arisen notice) => ArisingWatches.Follow(process, notice);

    void IFlowOwner.OnDrained()
    {
        if (flow.DrainedTo >= learnUntil)
            EndLesson("from now on only other writers are reported");
        cores.Report();
        CheckLife();
    }

    private void EndLesson(string then)
    {
        if (learnUntil is null)
            return;
        learnUntil = null;
        reporter.Note(NoteLevel.Info, $"learned {catalog.Learned.Count:N0} writers in {options.Learn!.Value.TotalSeconds:0.###} s; {then}");
    }

    void IFlowOwner.OnExeced(ProcessId process)
    {
        if (tracerHolds)
        {
            processes.Replaced(process); // the tracer's own notice of it brings the rest
            return;
        }

        if (processes.Find(process) is not { Retired: false })
            return; // told already
        flow.Retire(process);
        reporter.Note(NoteLevel.Warning, $"process {process} has executed another program: its watches have ended");
    }

    void IFlowOwner.OnTracerEvent(TracerEvent tracerEvent)
    {
        switch (tracerEvent)
        {
            case TracerEvent.Executed executed:
                if (!platform.Source.TracksValues)
                    processes.Replaced(executed.Process); // no notice of it comes with the hits
                flow.Defer(() => OnExecuted(executed.Process));
                break;
            case TracerEvent.LibrariesChanged changed:
                libraries.OnChanged(changed.Process, isStarted: changed.Process == root && options.Started);
                LetGoUnlessNeeded();
                break;
            case TracerEvent.Forked forked when !platform.Source.TracksValues:
                FollowByHand(forked.Parent, forked.Child);
                break;
            case TracerEvent.Exited exited:
                OnExited(exited);
                break;
            case TracerEvent.TracerGone:
                tracerHolds = false;
                tracerGone = true;
                ending ??= "the guard process was killed";
                break;
        }
    }

    /// <summary>All hits of the old program are through; the process is held, its new program not yet running.</summary>
    private void OnExecuted(ProcessId id)
    {
        arisings.End();
        if (processes.Find(id) is { Retired: false } old)
        {
            flow.Retire(id);
            if (options.Turn is not null || (options.FollowExec && !flow.Finishing))
                armer.FreeSlots(old); // a turn may have begun since
            if (options.FollowExec && !flow.Finishing)
            {
                FollowExec(id);
            }
            else
            {
                reporter.Note(NoteLevel.Warning, $"process {id} has executed another program: its watches have ended (--follow-exec resolves them anew)");
            }
        }

        platform.Tracer!.Release(id);
    }

    private void FollowExec(ProcessId id)
    {
        try
        {
            WatchedProcess process = Open(id);
            armer.ArmAll(process, mayWait: true);
            armer.WatchEntry(process);
            processes.AuditAgain();
            reporter.Note(NoteLevel.Info, $"process {id} has executed another program: its watches are resolved anew");
        }
        catch (UserException e)
        {
            flow.Retire(id);
            reporter.Note(NoteLevel.Warning, $"process {id} has executed another program: {e.Message}");
        }
    }

    /// <summary>A source without a kernel side that follows forks: the child has inherited its events already.</summary>
    private void FollowByHand(ProcessId parent, ProcessId child)
    {
        if (!platform.Source.AddChild(parent, child))
        {
            ledger.AddGap($"child {child} could not be followed: too many processes");
            return;
        }

        WatchedProcess copy = processes.Fork(parent, child);
        foreach ((int slot, HardwareSlot content) in copy.Slots)
        {
            Auditor.TryReadValue(copy.Process.Memory, content, out ulong value);
            platform.Source.SetSlot(child, slot, content, value, siblings: 0);
        }
    }

    private void OnExited(TracerEvent.Exited exited)
    {
        if (exited.Process == root)
        {
            rootStatus = exited.Status;
            rootExited = true;
        }

        flow.Defer(() => flow.Retire(exited.Process));
    }

    /// <summary>Where nobody tells us of a target's end, ask. Children tell it themselves, unless that notice was lost.</summary>
    private void CheckLife()
    {
        if (platform.Clock.Now < nextLifeCheck)
            return;
        nextLifeCheck = platform.Clock.Now + 100_000_000;
        platform.Arming.Mend();
        if (ending is null)
            unloaded.Look();
        if (!tracerHolds && !platform.Source.TracksValues)
            LookForExec();
        rootExited |= !tracerHolds && !platform.IsAlive(root);
        if (!rootExited)
            return;
        foreach (ProcessId id in processes.All.Where(process => !process.Retired && !platform.IsAlive(process.Id)).Select(process => process.Id).ToList())
            flow.Defer(() => flow.Retire(id));
    }

    /// <summary>Records of backend perf do not tell: the events have gone with the old program (remove_on_exec).</summary>
    private void LookForExec()
    {
        foreach (ProcessId id in processes.All.Where(process => !process.Retired && !process.Replaced && process.RunsAnotherProgram() is true).Select(process => process.Id).ToList())
        {
            processes.Replaced(id); // what its memory holds now is nobody's write
            flow.Defer(() => ((IFlowOwner)this).OnExeced(id));
        }
    }

    /// <summary>A change just before the end may be a hit on its way, or an escaped write: only time tells.</summary>
    private void ResolveDoubts()
    {
        ulong asked = platform.Clock.Now;
        auditor.Conclude();
        drain.Hurry();
        while (!tracerGone && processes.AnyLeft && (flow.DrainedTo < asked || auditor.Doubts) && platform.Clock.Now < asked + (2 * Auditor.Patience))
            flow.Step(Idle);
    }

    private void Finish(string why)
    {
        flow.Finishing = true;
        actor.IsOver = true;
        bool isTold = disarmed;
        Disarm();
        if (tracerHolds)
            platform.Tracer!.Detach();
        platform.OnStage?.Invoke(SessionStage.Ready);
        drain.Stop();
        if (!isTold)
            reporter.TellBacklog(flow.Backlog);
        flow.Flood.TakeBrakes();
        flow.Finish();
        flow.RetireAll();
        foreach ((WatchRequest request, string reason) in processes.All.SelectMany(process => process.Pending.Where(pending => !process.Unloaded.Contains(pending.Request))))
            ledger.AddGap($"'{request.Expression}' was never armed: no module had that name ({reason})");
        if (options.Started && !rootExited && platform.IsAlive(root))
            reporter.Note(NoteLevel.Info, $"process {root} runs on, unwatched");
        EndLesson("the watching has ended before that time was over");
        arisings.Close();
        reporter.Close(why, armer.CoveredFrom, armer.CoveredTo, kernel, reactions.Tallies, arisings.Tallies, rotation.Close(armer.CoveredFrom, armer.CoveredTo));
    }
}
