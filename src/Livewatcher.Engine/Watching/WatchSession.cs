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
    private readonly IEventSink sink;
    private readonly Ledger ledger = new();
    private readonly WriterTable writers = new();
    private readonly HitOrderer orderer = new();
    private readonly Auditor auditor;
    private readonly DrainLoop drain;
    private readonly Armer armer;
    private readonly HitNamer namer;
    private readonly Dictionary<ProcessId, WatchedProcess> processes = [];
    private readonly Dictionary<(ProcessId, int), AuditedSlot> audited = [];
    private readonly List<(ulong Due, Action Act)> deferred = [];
    private ProcessId root;
    private int? rootStatus;
    private bool rootExited;
    private bool tracerHolds;
    private ulong drainedTo;
    private string? ending;
    private ulong nextLifeCheck;

    public WatchSession(SessionPlatform platform, SessionOptions options, IEventSink sink)
    {
        this.platform = platform;
        this.options = options;
        this.sink = sink;
        auditor = new Auditor(platform.Source);
        drain = new DrainLoop(platform.Source, auditor, platform.Clock);
        armer = new Armer(platform, options, ledger, sink.Publish);
        namer = new HitNamer(platform, ledger);
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
        ulong? deadline = options.For is { } time ? platform.Clock.Now + (ulong)time.TotalMicroseconds * 1000 : null;
        while (ending is null)
        {
            Step(Idle);
            if (stop.IsCancellationRequested)
                ending ??= "interrupted";
            else if (deadline is { } due && platform.Clock.Now >= due)
                ending ??= $"--for {options.For!.Value.TotalSeconds:0.###}s is over";
            else if (processes.Values.All(process => process.Retired))
                ending ??= DescribeEnd();
        }

        Finish(ending);
        return new SessionOutcome(rootStatus, !rootExited && platform.IsAlive(root));
    }

    /// <summary>After the watching: waits for the end of a target that livewatcher has started.</summary>
    public int? AwaitExit(CancellationToken stop)
    {
        while (!rootExited && !stop.IsCancellationRequested && platform.Tracer is { } tracer)
        {
            if (tracer.Take(TimeSpan.FromMilliseconds(100)) is { } tracerEvent)
            {
                OnTracerEvent(tracerEvent);
                if (tracerEvent is TracerEvent.TracerGone)
                    break;
            }
        }

        return rootStatus;
    }

    public void Dispose()
    {
        drain.Dispose();
        foreach (ITargetSymbols symbols in processes.Values.Select(process => process.Symbols).Distinct())
            symbols.Dispose();
    }

    private void Begin()
    {
        try
        {
            WatchedProcess process = Open(root);
            ledger.Processes = 1;
            armer.ArmAll(process, mayWait: options.Started && tracerHolds);
            AuditAgain();
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
            platform.Tracer?.Release(root);
        LetGoUnlessNeeded();
    }

    private WatchedProcess Open(ProcessId id)
    {
        ITargetProcess process = platform.OpenProcess(id);
        WatchedProcess watched = new(process, platform.OpenSymbols(process));
        processes[id] = watched;
        watched.Symbols.RefreshModules();
        WarnAboutSymbols(watched);
        if (!platform.Source.AddProcess(id))
            throw new UserException($"cannot watch process {id}: too many processes are watched already");
        return watched;
    }

    /// <summary>Without the guard, the tracer stays only as long as a library is to come or an exec is to be followed.</summary>
    private void LetGoUnlessNeeded()
    {
        if (!tracerHolds || platform.GuardOn || options.FollowExec || armer.Pending.Count > 0)
            return;
        platform.Tracer!.Detach();
        tracerHolds = false;
    }

    private void Step(TimeSpan idle)
    {
        while (platform.Tracer?.Take(TimeSpan.Zero) is { } tracerEvent)
            OnTracerEvent(tracerEvent);
        SessionItem? item = drain.Take(idle);
        if (item is SessionItem.Drained drained)
        {
            drainedTo = drained.Time;
            Emit(drainedTo);
            RunDue(drainedTo);
            CheckLife();
        }
        else if (item is not null)
        {
            Accept(item);
        }
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
                case SessionItem.Escaped escaped:
                    OnEscaped(escaped);
                    break;
                case SessionItem.Forked forked:
                    OnForked(forked.Parent, forked.Child);
                    break;
                case SessionItem.Execed execed when !tracerHolds:
                    Retire(execed.Process);
                    Note(NoteLevel.Warning, $"process {execed.Process} has executed another program: its watches have ended");
                    break;
                case SessionItem.Exited exited:
                    Retire(exited.Process);
                    break;
            }
        }
    }

    private void OnGroup(AccessGroup group)
    {
        if (ending is not null && options.MaxHits is { } limit && ledger.Reported >= limit)
            return;
        WatchedProcess process = processes.GetValueOrDefault(group.First.Process) ?? OnForked(root, group.First.Process);
        foreach (Hit hit in namer.Name(process, group))
            Report(hit);
    }

    private void Report(Hit hit)
    {
        ledger.Reported++;
        writers.Add(hit);
        sink.Publish(hit);
        if (options.MaxHits is { } limit && ledger.Reported >= limit)
            ending ??= $"--max-hits {limit} reached";
    }

    private void OnEscaped(SessionItem.Escaped escaped)
    {
        if (!processes.TryGetValue(escaped.Process, out WatchedProcess? process))
            return;
        ledger.Escaped++;
        foreach (Hit hit in namer.NameEscape(process, escaped))
            sink.Publish(hit);
        if (!process.Retired)
            platform.Arming.Reload(process.Id);
    }

    private WatchedProcess OnForked(ProcessId parent, ProcessId child)
    {
        if (processes.TryGetValue(child, out WatchedProcess? known) && !known.Retired)
            return known;
        WatchedProcess from = processes.GetValueOrDefault(parent) ?? processes[root];
        WatchedProcess copy = from.Fork(platform.OpenProcess(child));
        processes[child] = copy;
        ledger.Processes++;
        AuditAgain();
        return copy;
    }

    private void OnTracerEvent(TracerEvent tracerEvent)
    {
        switch (tracerEvent)
        {
            case TracerEvent.Recovered recovered:
                OnRecovered(recovered);
                break;
            case TracerEvent.Executed executed:
                Defer(() => OnExecuted(executed.Process));
                break;
            case TracerEvent.LibrariesChanged changed:
                OnLibrariesChanged(changed.Process);
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
                ledger.AddGap("the guard ended before its time: watching stopped there");
                ending ??= "the guard process was killed";
                break;
        }
    }

    private void OnRecovered(TracerEvent.Recovered recovered)
    {
        ledger.Recovered++;
        RawHit hit = recovered.Hit;
        if (!processes.TryGetValue(hit.Process, out WatchedProcess? process))
            return;
        orderer.Add(new SessionItem.RecoveredItem(hit, TouchedValues(process, recovered)));
    }

    /// <summary>The processor did not say which register was hit; the instruction's operand does, or the value that changed.</summary>
    private static Dictionary<int, (ulong? Old, ulong? New)> TouchedValues(WatchedProcess process, TracerEvent.Recovered recovered)
    {
        if (recovered.Hit.Slot >= 0)
            return new Dictionary<int, (ulong? Old, ulong? New)> { [recovered.Hit.Slot] = (null, null) };
        IReadOnlyList<HardwareSlot> slots = process.SlotList;
        List<int> touched = [.. process.Symbols.TouchedSlots(recovered.Hit, slots).Where(recovered.Values.ContainsKey)];
        if (touched.Count == 0)
            touched = [.. recovered.Values.Where(value => value.Value.Old != value.Value.New).Select(value => value.Key)];
        if (touched.Count == 0)
            touched = [.. recovered.Values.Keys.Take(1)];
        return touched.ToDictionary(slot => slot, slot => ((ulong?)recovered.Values[slot].Old, (ulong?)recovered.Values[slot].New));
    }

    private void OnLibrariesChanged(ProcessId id)
    {
        if (processes.TryGetValue(id, out WatchedProcess? process) && process.Symbols.RefreshModules())
        {
            WarnAboutSymbols(process);
            try
            {
                armer.ArmPending(process);
                AuditAgain();
            }
            catch (UserException e)
            {
                Note(NoteLevel.Warning, e.Message);
                ledger.AddGap(e.Message);
            }
        }

        platform.Tracer!.Release(id);
        LetGoUnlessNeeded();
    }

    /// <summary>All hits of the old program are through; the process is held, its new program not yet running.</summary>
    private void OnExecuted(ProcessId id)
    {
        if (processes.TryGetValue(id, out WatchedProcess? old) && !old.Retired)
        {
            Retire(id);
            if (options.FollowExec)
            {
                FollowExec(id);
            }
            else
            {
                Note(NoteLevel.Warning, $"process {id} has executed another program: its watches have ended (--follow-exec resolves them anew)");
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
            AuditAgain();
            Note(NoteLevel.Info, $"process {id} has executed another program: its watches are resolved anew");
        }
        catch (UserException e)
        {
            Retire(id);
            Note(NoteLevel.Warning, $"process {id} has executed another program: {e.Message}");
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

        WatchedProcess copy = OnForked(parent, child);
        foreach ((int slot, HardwareSlot content) in copy.Slots)
        {
            Auditor.TryReadValue(copy.Process.Memory, content, out ulong value);
            platform.Source.SetSlot(child, slot, content, value, siblings: 0);
        }
    }

    /// <summary>The last chance to learn what is mapped where, for the hits that are not named yet.</summary>
    private void OnExiting(TracerEvent.Exiting exiting)
    {
        if (processes.TryGetValue(exiting.Process, out WatchedProcess? process))
        {
            process.LastLook = exiting.Values;
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

    /// <summary>Closes a process's account: nothing of it can come any more.</summary>
    private void Retire(ProcessId id)
    {
        if (!processes.TryGetValue(id, out WatchedProcess? process) || process.Retired)
            return;
        process.Retired = true;
        AuditAgain();
        foreach (int slot in process.Slots.Keys)
        {
            if (platform.Source.ReadAccount(id, slot) is not { } account)
                continue;
            ledger.AddAccount(account, process.Slots[slot].Mode);
            if (process.LastLook?.TryGetValue(slot, out ulong held) == true && platform.Source.TracksValues && held != account.LastValue)
            {
                AuditedSlot? known = audited.GetValueOrDefault((id, slot));
                OnEscaped(new SessionItem.Escaped(platform.Clock.Now, known?.AgreedAt ?? platform.Clock.Now, id, slot, account.LastValue, held));
            }
        }

        platform.Source.RemoveProcess(id);
        if (processes.Count > 1024)
            Forget();
    }

    /// <summary>Retired children whose late hits can no longer come.</summary>
    private void Forget()
    {
        foreach (ProcessId id in processes.Where(entry => entry.Value.Retired && entry.Key != root).Select(entry => entry.Key).ToList())
        {
            processes.Remove(id);
            for (int slot = 0; slot < SlotPlanner.SlotCount; slot++)
                audited.Remove((id, slot));
        }
    }

    private void AuditAgain()
    {
        List<AuditedSlot> all = [];
        foreach (WatchedProcess process in processes.Values.Where(process => !process.Retired))
        {
            foreach ((int slot, HardwareSlot content) in process.Slots.Where(slot => slot.Value.Mode != AccessMode.Execute))
            {
                if (!audited.TryGetValue((process.Id, slot), out AuditedSlot? known) || known.Content != content)
                {
                    Auditor.TryReadValue(process.Process.Memory, content, out ulong value);
                    audited[(process.Id, slot)] = known =
                        new AuditedSlot(process.Id, process.Process.Memory, slot, content, value, platform.Clock.Now);
                }

                all.Add(known);
            }
        }

        auditor.Watch(all);
    }

    private void Defer(Action act) => deferred.Add((platform.Clock.Now + HitOrderer.Window, act));

    private void RunDue(ulong upTo)
    {
        for (int i = 0; i < deferred.Count;)
        {
            (ulong due, Action act) = deferred[i];
            if (due > upTo)
            {
                i++;
                continue;
            }

            deferred.RemoveAt(i);
            act();
        }
    }

    /// <summary>Where nobody tells us of the target's end, ask.</summary>
    private void CheckLife()
    {
        if (tracerHolds || rootExited || platform.Clock.Now < nextLifeCheck)
            return;
        nextLifeCheck = platform.Clock.Now + 100_000_000;
        if (platform.IsAlive(root))
            return;
        rootExited = true;
        Defer(() => Retire(root));
    }

    private void WarnAboutSymbols(WatchedProcess process)
    {
        foreach (string warning in process.Symbols.TakeWarnings())
            Note(NoteLevel.Warning, warning);
    }

    private void Note(NoteLevel level, string text) => sink.Publish(new NoteEvent(platform.Clock.ToWallClock(platform.Clock.Now), level, text));

    private string DescribeEnd()
    {
        if (rootStatus is not { } status)
            return rootExited ? "the target has exited" : "no watched process is left";
        int signal = status & 0x7f;
        return signal != 0 ? $"the target was killed by signal {signal}" : $"the target has exited with status {(status >> 8) & 0xff}";
    }

    private void Finish(string why)
    {
        long? kernelCount = Disarm();
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
        foreach (ProcessId id in processes.Keys.ToList())
            Retire(id);
        foreach (WatchRequest request in armer.Pending)
            ledger.AddGap($"'{request.Expression}' was never armed: no module had that name ({armer.PendingReason})");
        foreach (WriterRow row in writers.Rank())
            sink.Publish(row);
        sink.Publish(Coverage(why, kernelCount));
    }

    private long? Disarm()
    {
        if (armer.CoveredFrom is null)
            return null;
        long sum = 0;
        foreach (WatchedProcess process in processes.Values)
        {
            foreach ((int slot, long count) in platform.Arming.Disarm(process.Id, [.. process.Slots.Keys]))
                sum += process.Slots[slot].Mode == AccessMode.Access ? 0 : count;
        }

        return sum;
    }

    private CoverageEvent Coverage(string why, long? kernelCount)
    {
        if (!platform.Source.SeesKernel)
            ledger.AddGap("the kernel's own accesses (read(2) into watched memory) are hidden from this user: kernel.perf_event_paranoid");
        foreach (string gap in platform.Arming.Gaps)
            ledger.AddGap(gap);
        if (armer.CoveredFrom is null)
            ledger.AddGap("nothing was armed");
        CoverageEvent template = new(
            armer.CoveredFrom, platform.Clock.ToWallClock(platform.Clock.Now), why, platform.Source.Name, platform.Arming.Scope,
            platform.GuardOn, new HitCounts(), 0, 0, options.CpuCount, 0, [], []);
        return ledger.Close(template, platform.Source.Session, kernelCount, orderer.Merged);
    }
}
