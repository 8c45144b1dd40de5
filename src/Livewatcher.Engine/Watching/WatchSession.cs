// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using Livewatcher.Engine.Accounting;
using Livewatcher.Engine.Arming;
using Livewatcher.Engine.Auditing;
using Livewatcher.Engine.Ordering;
using Livewatcher.Model;

namespace Livewatcher.Engine.Watching;

/// <summary>One watching from arming to the coverage statement. Owns the drain loop; runs on the caller's thread; publishes
/// every event from there, in order.</summary>
public sealed class WatchSession : IDisposable
{
    private static readonly TimeSpan Idle = TimeSpan.FromMilliseconds(5);

    private readonly SessionPlatform platform;
    private readonly SessionOptions options;
    private readonly Ledger ledger = new();
    private readonly HitOrderer orderer = new();
    private readonly Auditor auditor;
    private readonly DrainLoop drain;
    private readonly Armer armer;
    private readonly Reporter reporter;
    private readonly LibraryWatch libraries;
    private readonly WatchedProcesses processes;
    private ProcessId root;
    private int? rootStatus;
    private bool rootExited;
    private bool tracerHolds;
    private bool tracerGone;
    private bool finishing;
    private ulong drainedTo;
    private string? ending;
    private ulong nextLifeCheck;

    public WatchSession(SessionPlatform platform, SessionOptions options, IEventSink sink)
    {
        this.platform = platform;
        this.options = options;
        auditor = new Auditor(platform.Source);
        processes = new WatchedProcesses(platform, ledger, auditor);
        drain = new DrainLoop(platform.Source, auditor, platform.Clock, processes.DescribeDescriptor);
        armer = new Armer(platform, options, ledger, processes, sink.Publish);
        reporter = new Reporter(platform, options, ledger, sink);
        libraries = new LibraryWatch(platform, ledger, processes, armer, reporter);
    }

    /// <summary>Arms, watches until something ends it, and closes the account.</summary>
    /// <param name="target">Held at its exec where options.Started; running otherwise.</param>
    /// <param name="stop">Ends the watching (Ctrl-C).</param>
    /// <exception cref="UserException">It could not begin; nothing is left behind.</exception>
    public SessionOutcome Run(ProcessId target, CancellationToken stop)
    {
        root = target;
        tracerHolds = platform.Tracer is not null;
        Begin();
        ulong? deadline = options.For is { } time ? platform.Clock.Now + (ulong)Math.Min(time.TotalNanoseconds, 1e18) : null;
        while (ending is null)
        {
            Step(Idle);
            if (stop.IsCancellationRequested)
                ending ??= "interrupted";
            else if (deadline is { } due && platform.Clock.Now >= due)
                ending ??= $"--for {options.For!.Value.TotalSeconds:0.###}s is over";
            else if (!processes.AnyLeft)
                ending ??= Reporter.DescribeEnd(rootStatus, rootExited);
        }

        ResolveDoubts();
        Finish(ending);
        return new SessionOutcome(rootStatus, !rootExited && platform.IsAlive(root));
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
                OnTracerEvent(tracerEvent);
        }

        return rootStatus;
    }

    public void Dispose()
    {
        drain.Dispose();
        processes.Dispose();
    }

    private void Begin()
    {
        try
        {
            WatchedProcess process = Open(root);
            ledger.Processes = 1;
            armer.ArmAll(process, mayWait: options.Started && tracerHolds);
            processes.AuditAgain();
            drain.Start();
        }
        catch
        {
            if (options.Started)
                platform.Tracer?.Abandon(root);
            platform.Tracer?.Detach();
            throw;
        }

        if (options.Started)
        {
            armer.WatchEntry(processes.Find(root)!);
            platform.Tracer?.Release(root);
        }

        LetGoUnlessNeeded();
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

    private void Step(TimeSpan idle)
    {
        HearTracer();
        SessionItem? item = drain.Take(idle);
        if (item is SessionItem.Drained drained)
        {
            drainedTo = drained.Time;
            Emit(drainedTo);
            CheckLife();
        }
        else if (item is not null)
        {
            Accept(item);
        }
    }

    private void HearTracer()
    {
        while (platform.Tracer?.Take(TimeSpan.Zero) is { } tracerEvent)
            OnTracerEvent(tracerEvent);
    }

    private void Accept(SessionItem item)
    {
        if (item is SessionItem.RawHitItem)
            ledger.Received++;
        orderer.Add(item);
    }

    private void Emit(ulong upTo)
    {
        foreach (object next in orderer.Release(upTo))
        {
            switch (next)
            {
                case AccessGroup group:
                    OnGroup(group);
                    break;
                case SessionItem.RecoveredItem recovered:
                    OnRecovered(recovered.Recovered);
                    break;
                case SessionItem.AtRest rest when processes.Find(rest.Process) is { } process:
                    HitNamer.Rest(process, rest);
                    break;
                case SessionItem.Due due:
                    due.Act();
                    break;
                case SessionItem.Escaped escaped:
                    OnEscaped(escaped);
                    break;
                case SessionItem.Forked forked:
                    processes.Fork(forked.Parent, forked.Child);
                    break;
                case SessionItem.Execed execed when tracerHolds:
                    processes.Replaced(execed.Process); // the tracer's own notice of it brings the rest
                    break;
                case SessionItem.Execed execed:
                    Retire(execed.Process);
                    reporter.Note(NoteLevel.Warning, $"process {execed.Process} has executed another program: its watches have ended");
                    break;
                case SessionItem.Exited exited:
                    Retire(exited.Process);
                    break;
            }

            // The tracer may hold threads; naming a long burst must not keep them waiting.
            if (!finishing)
                HearTracer();
        }
    }

    private void OnGroup(AccessGroup group)
    {
        ProcessId id = group.First.Process;
        reporter.Report(processes.Find(id) ?? processes.Fork(null, id), group);
        if (reporter.HasEnough)
            ending ??= $"--max-hits {options.MaxHits} reached";
    }

    private void OnEscaped(SessionItem.Escaped escaped)
    {
        // What another program has in its memory is nobody's write; what a recovered hit has written is no escape.
        if (processes.Find(escaped.Process) is { Retired: false, Replaced: false } process && !process.IsExplained(escaped.Slot, escaped.Since))
        {
            reporter.ReportEscape(process, escaped);
            platform.Arming.Reload(process.Id);
        }
    }

    private void OnTracerEvent(TracerEvent tracerEvent)
    {
        switch (tracerEvent)
        {
            case TracerEvent.Recovered recovered:
                ledger.Recovered++;
                orderer.Add(new SessionItem.RecoveredItem(recovered));
                break;
            case TracerEvent.Executed executed:
                if (!platform.Source.TracksValues)
                    processes.Replaced(executed.Process); // no notice of it comes with the hits
                Defer(() => OnExecuted(executed.Process));
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
            case TracerEvent.Exiting exiting:
                OnExiting(exiting);
                break;
            case TracerEvent.ThreadNotArmed missed:
                ledger.AddGap($"thread {missed.Thread} of process {missed.Process} could not be armed: {missed.Reason}");
                break;
            case TracerEvent.DetailLost:
                ledger.AddGap("recovered hits came faster than they could be read: some are missing");
                break;
            case TracerEvent.TracerGone:
                tracerHolds = false;
                tracerGone = true;
                ledger.AddGap("the guard ended before its time: watching stopped there");
                ending ??= "the guard process was killed";
                break;
        }
    }

    /// <summary>In its place among the other hits: a child's first one may come before the notice of the child.</summary>
    private void OnRecovered(TracerEvent.Recovered recovered)
    {
        ProcessId id = recovered.Hit.Process;
        if ((processes.Find(id) ?? (options.FollowFork ? processes.Fork(null, id) : null)) is not { } process)
            return;
        AccessGroup group = RecoveredAccess.Group(process, recovered, platform.Source.TracksValues);
        if (!platform.Source.TracksValues)
        {
            foreach (int slot in group.Values.Keys)
                process.RecoveredAt[slot] = recovered.Hit.Time;
        }

        OnGroup(group);
    }

    /// <summary>All hits of the old program are through; the process is held, its new program not yet running.</summary>
    private void OnExecuted(ProcessId id)
    {
        if (processes.Find(id) is { Retired: false } old)
        {
            Retire(id);
            if (options.FollowExec && !finishing)
            {
                armer.FreeCpuSlots(old);
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
            Retire(id);
            reporter.Note(NoteLevel.Warning, $"process {id} has executed another program: {e.Message}");
        }
    }

    /// <summary>A source without a kernel side that follows forks: the child has inherited its events already.</summary>
    private void FollowByHand(ProcessId parent, ProcessId child)
    {
        if (!platform.Source.AddProcess(child))
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

    /// <summary>The last chance to learn what is mapped where, for the hits that are not named yet.</summary>
    private void OnExiting(TracerEvent.Exiting exiting)
    {
        if (processes.Find(exiting.Process) is { } process)
        {
            process.LastLook = platform.Source.TracksValues ? exiting.Values : WatchedProcesses.Look(process);
            process.Process.Remember();
            if (!process.Followed)
                process.Symbols.RefreshModules();
        }

        platform.Tracer!.Release(exiting.Process);
    }

    private void OnExited(TracerEvent.Exited exited)
    {
        if (exited.Process == root)
        {
            rootStatus = exited.Status;
            rootExited = true;
        }

        Defer(() => Retire(exited.Process));
    }

    private void Retire(ProcessId id)
    {
        foreach (SessionItem.Escaped escaped in processes.Retire(id))
            reporter.ReportEscape(processes.Find(id)!, escaped);
    }

    /// <summary>When everything that has happened by now is published.</summary>
    private void Defer(Action act) => orderer.Add(new SessionItem.Due(platform.Clock.Now, act));

    /// <summary>Where nobody tells us of a target's end, ask. Children tell it themselves, unless that notice was lost.</summary>
    private void CheckLife()
    {
        if (platform.Clock.Now < nextLifeCheck)
            return;
        nextLifeCheck = platform.Clock.Now + 100_000_000;
        rootExited |= !tracerHolds && !platform.IsAlive(root);
        if (!rootExited)
            return;
        foreach (ProcessId id in processes.All.Where(process => !process.Retired && !platform.IsAlive(process.Id)).Select(process => process.Id).ToList())
            Defer(() => Retire(id));
    }

    /// <summary>A change just before the end may be a hit on its way, or an escaped write: only time tells.</summary>
    private void ResolveDoubts()
    {
        ulong asked = platform.Clock.Now;
        while (!tracerGone && processes.AnyLeft && (drainedTo < asked || auditor.Doubts) && platform.Clock.Now < asked + (2 * Auditor.Patience))
            Step(Idle);
    }

    private void Finish(string why)
    {
        finishing = true;
        armer.DisarmAll();
        if (tracerHolds)
            platform.Tracer!.Detach();
        drain.Stop();
        while (platform.Tracer?.Take(TimeSpan.Zero) is { } tracerEvent && tracerEvent is not TracerEvent.TracerGone)
        {
            if (tracerEvent is not TracerEvent.LibrariesChanged)
                OnTracerEvent(tracerEvent);
        }

        while (drain.Take(TimeSpan.Zero) is { } item)
        {
            if (item is not SessionItem.Drained)
                Accept(item);
        }

        Emit(ulong.MaxValue);
        foreach (ProcessId id in processes.All.Select(process => process.Id).ToList())
            Retire(id);
        foreach ((WatchRequest request, string reason) in processes.All.SelectMany(process => process.Pending))
            ledger.AddGap($"'{request.Expression}' was never armed: no module had that name ({reason})");
        if (options.Started && !rootExited && platform.IsAlive(root))
            reporter.Note(NoteLevel.Info, $"process {root} runs on, unwatched");
        reporter.Close(why, armer.CoveredFrom, armer.KernelCount);
    }
}
