// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using Livewatcher.Engine.Accounting;
using Livewatcher.Engine.Arming;
using Livewatcher.Engine.Flooding;
using Livewatcher.Engine.Ordering;
using Livewatcher.Model;

namespace Livewatcher.Engine.Watching;

/// <summary>What the owner of a flow decides.</summary>
internal interface IFlowOwner
{
    /// <summary>True where all that is watched was started or attached to together, and shares its watches.</summary>
    bool IsOneFamily { get; }

    /// <summary>A watch is hit more often than the flood limit allows, and the watching shall end.</summary>
    /// <returns>False where others are served too.</returns>
    bool EndForFlood(string why);

    /// <summary>Everything of the tracer but hits and deaths, which the flow takes care of.</summary>
    void OnTracerEvent(TracerEvent tracerEvent);

    /// <summary>The source has seen a watched process execute another program.</summary>
    void OnExeced(ProcessId process);

    /// <summary>A hit of a process that nobody has told of yet.</summary>
    /// <param name="process">Whose.</param>
    /// <param name="recovered">True for a hit of the guard's: it guards processes too that nobody watches.</param>
    /// <returns>Null: it is not to be reported.</returns>
    WatchedProcess? Adopt(ProcessId process, bool recovered);

    /// <summary>Between any two events, while the watching goes on.</summary>
    void OnBetween()
    {
    }

    /// <summary>Whether hits may be held for a moment, because nothing that is to be done depends on them.</summary>
    bool MayHold => false;

    /// <summary>A group of hits has been reported.</summary>
    void OnReported()
    {
    }

    /// <summary>A process's account is about to be closed.</summary>
    void OnRetiring(WatchedProcess process)
    {
    }

    /// <summary>A process's account is closed: it has ended, or runs another program.</summary>
    void OnRetired(WatchedProcess process)
    {
    }

    /// <summary>A watch that arms itself is armed on something else from here on.</summary>
    void OnArisen(WatchedProcess process, SessionItem.Arisen notice)
    {
    }

    /// <summary>It is a slot's turn from here on.</summary>
    void OnTurned(WatchedProcess process, SessionItem.Turned turned)
    {
    }

    /// <summary>Everything up to <see cref="EventFlow.DrainedTo"/>, less the ordering window, is published.</summary>
    void OnDrained()
    {
    }
}

/// <summary>What ring, audit and tracer bring, put into the order of time and published. Belongs to the session's thread.</summary>
internal sealed class EventFlow(
    SessionPlatform platform, Ledger ledger, WatchedProcesses processes, DrainLoop drain, FloodMeters meters, FloodBrake brake, Reporter reporter, IFlowOwner owner)
    : IFloodOwner
{
    /// <summary>Requests at a time, between two hits.</summary>
    private const int MostPosted = 16;

    private readonly HitOrderer orderer = new();
    private readonly BurstHold burst = new(platform.Clock);
    private readonly DropNotice drops = new(platform, processes, reporter);
    private readonly TallyClock tally = new(platform, processes, ledger);
    private FloodControl? flood;

    /// <summary>What waits to be published, roughly.</summary>
    internal int Backlog => drain.Backlog + orderer.Count;

    /// <summary>Where the flood limit bites.</summary>
    internal FloodControl Flood => flood ??= new FloodControl(platform, processes, brake, meters, ledger, this);

    bool IFloodOwner.IsOneFamily => owner.IsOneFamily;

    /// <summary>The time up to which everything has been handed over by the drain, and was published as far as that goes: what a burst holds is not in it.</summary>
    internal ulong DrainedTo { get; private set; }

    /// <summary>What is recorded and not yet named by then is left out, and counted.</summary>
    internal CancellationToken Hurry { get; set; }

    /// <summary>The tracer is let go already: it is asked no more.</summary>
    internal bool Finishing { get; set; }

    /// <summary>Takes what comes next, or waits for it.</summary>
    internal void Step(TimeSpan idle)
    {
        HearTracer();
        Flood.Look();
        drops.Look();
        tally.Look();
        owner.OnBetween();
        drain.DoPosted(MostPosted);
        SessionItem? item = drain.Take(idle);
        if (item is SessionItem.Drained drained)
        {
            if (burst.Holds(drained.Time, owner.MayHold))
                return;
            DrainedTo = drained.Time;
            Emit(DrainedTo);
            owner.OnDrained();
        }
        else if (item is not null)
        {
            Accept(item);
        }
    }

    /// <summary>When everything that has happened by now is published.</summary>
    public void Defer(Action act)
    {
        orderer.Add(new SessionItem.Due(platform.Clock.Now + 1, act)); // a hit of this very moment comes first
        drain.Hurry();
    }

    /// <summary>After the drain has stopped: all that is left.</summary>
    internal void Finish()
    {
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

        drain.DoPosted(int.MaxValue);
        Emit(ulong.MaxValue);
    }

    /// <summary>Closes a process's account.</summary>
    internal void Retire(ProcessId id)
    {
        if (processes.Find(id) is not { Retired: false } process)
            return;
        Flood.Settle(process);
        drops.Forget(process);
        owner.OnRetiring(process);
        foreach (SessionItem.Escaped escaped in processes.Retire(id))
            reporter.ReportEscape(process, escaped);
        owner.OnRetired(process);
    }

    /// <summary>Closes every account that is still open, also of processes of which no notice has arrived.</summary>
    internal void RetireAll()
    {
        foreach (ProcessId id in processes.All.Select(process => process.Id).ToList())
            Retire(id);
        foreach ((SlotAccount account, AccessMode mode) in platform.Source.LeftAccounts)
            ledger.AddAccount(account, mode);
    }

    internal void OnTracerEvent(TracerEvent tracerEvent)
    {
        switch (tracerEvent)
        {
            case TracerEvent.Recovered recovered:
                ledger.Recovered++;
                orderer.Add(new SessionItem.RecoveredItem(recovered));
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
                ledger.AddGap("the guard ended before its time: watching stopped there");
                owner.OnTracerEvent(tracerEvent);
                break;
            default:
                owner.OnTracerEvent(tracerEvent);
                break;
        }
    }

    void IFloodOwner.Warn(string text) => reporter.Note(NoteLevel.Warning, text);

    bool IFloodOwner.EndForFlood(string why) => owner.EndForFlood(why);

    private void HearTracer()
    {
        while (platform.Tracer?.Take(TimeSpan.Zero) is { } tracerEvent)
        {
            OnTracerEvent(tracerEvent);
            drain.Hurry(); // what it has put among the hits is published once that time is drained
        }
    }

    private void Accept(SessionItem item)
    {
        if (item is SessionItem.RawHitItem { Hit: var hit })
        {
            ledger.Received++;
            burst.Add(hit);
        }

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
                    group.EndReport();
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
                    Flood.TakeBrakes(); // a child of a paused parent is paused
                    processes.Fork(forked.Parent, forked.Child);
                    break;
                case SessionItem.Turned turned when processes.Find(turned.Process) is { } process:
                    owner.OnTurned(process, turned);
                    break;
                case SessionItem.Arisen arisen when processes.Find(arisen.At.Process) is { } process:
                    owner.OnArisen(process, arisen);
                    break;
                case SessionItem.Execed execed:
                    owner.OnExeced(execed.Process);
                    break;
                case SessionItem.Exited exited:
                    Retire(exited.Process);
                    break;
            }

            // The tracer may hold threads, and programs wait for answers: naming a long burst must not keep them waiting.
            if (!Finishing)
            {
                HearTracer();
                Flood.Look();
                drops.Look();
                tally.Look();
                owner.OnBetween();
                drain.DoPosted(MostPosted);
            }
        }
    }

    private void OnGroup(AccessGroup group)
    {
        if ((processes.Find(group.First.Process) ?? owner.Adopt(group.First.Process, recovered: false)) is not { } process)
            return;
        if (Hurry.IsCancellationRequested)
        {
            ledger.Withheld += group.Count;
            ledger.AddGap("interrupted twice: what was recorded and not yet named is not shown");
            return;
        }

        if (group.First.AfterLoss)
            processes.ForgetValues();
        reporter.Report(process, group);
        owner.OnReported();
    }

    private void OnEscaped(SessionItem.Escaped escaped)
    {
        // What another program has in its memory is nobody's write; what a recovered hit has written is no escape.
        if (processes.Find(escaped.Process) is { Retired: false, Replaced: false } process && !process.IsExplained(escaped.Slot, escaped.Since))
        {
            reporter.ReportEscape(process, escaped);
            platform.Arming.Reload(process.Id);
            if (process.Paused.Count > 0)
                platform.Arming.Suspend(process.Id, process.Paused); // they have been reloaded along with it
        }
    }

    /// <summary>In its place among the other hits: a child's first one may come before the notice of the child.</summary>
    private void OnRecovered(TracerEvent.Recovered recovered)
    {
        if ((processes.Find(recovered.Hit.Process) ?? owner.Adopt(recovered.Hit.Process, recovered: true)) is not { } process)
            return;
        AccessGroup group = RecoveredAccess.Group(process, recovered, platform.Source.TracksValues);
        if (!platform.Source.TracksValues)
        {
            foreach (int slot in group.Values.Keys)
                process.RecoveredAt[slot] = recovered.Hit.Time;
        }

        OnGroup(group);
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
}
