// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using Livewatcher.Engine.Accounting;
using Livewatcher.Engine.Acting;
using Livewatcher.Engine.Arming;
using Livewatcher.Engine.Auditing;
using Livewatcher.Engine.Filtering;
using Livewatcher.Model;

namespace Livewatcher.Engine.Watching;

/// <summary>From requests to armed slots: resolve, split, place, seed, arm, tell. All or nothing for what is resolved together.</summary>
internal sealed class Armer(
    SessionPlatform platform, SessionOptions options, Ledger ledger, WatchedProcesses processes, WriterCatalog catalog, Reactions reactions,
    CrossCheck kernel, Action<WatchEvent> publish)
{
    /// <summary>Expressions that the user has been told to be waiting.</summary>
    private readonly HashSet<string> waiting = new(StringComparer.Ordinal);

    private readonly SlotLoader loader = new(platform, options, ledger, processes, catalog, reactions, publish);

    /// <summary>Hears that a watch's account is about to be closed before its process's.</summary>
    internal Action<WatchedProcess, ArmedWatch>? OnClosing { get; set; }

    /// <summary>When the first watch was covered everywhere; null before.</summary>
    internal DateTimeOffset? CoveredFrom => loader.CoveredFrom;

    /// <summary>When the registers began to be freed at the end; null before.</summary>
    internal DateTimeOffset? CoveredTo { get; private set; }

    /// <summary>Resolves all requests and arms those that resolve.</summary>
    /// <param name="process">The process.</param>
    /// <param name="mayWait">True where a name may come with a library later.</param>
    /// <exception cref="UserException">A request is impossible, or there are too few debug registers.</exception>
    internal void ArmAll(WatchedProcess process, bool mayWait)
    {
        List<string> refused = [];
        List<Watch> resolved = Resolve(process, [.. options.Requests.Where(request => request.Arising is null)], mayWait, refused);
        if (refused.Count > 0)
            throw new UserException(refused[0]);
        Arm(process, resolved);
    }

    /// <summary>Tries the pending requests again, after a library was mapped.</summary>
    /// <returns>Why some of them will never be armed; the others are, or stay pending.</returns>
    internal IReadOnlyList<string> ArmPending(WatchedProcess process)
    {
        List<WatchRequest> again = [.. process.Pending.Select(pending => pending.Request)];
        List<string> refused = [];
        process.Pending.Clear();
        try
        {
            Arm(process, Resolve(process, again, mayWait: true, refused));
        }
        catch (UserException e)
        {
            refused.Add(e.Message);
        }

        return refused;
    }

    /// <summary>Tells the user, once each, which names are still to come.</summary>
    internal void SayWhatWaits(WatchedProcess process)
    {
        foreach ((WatchRequest request, string reason) in process.Pending.Where(pending => waiting.Add(pending.Request.Expression)))
        {
            publish(new NoteEvent(
                platform.Clock.ToWallClock(platform.Clock.Now), NoteLevel.Info, $"'{request.Expression}' waits for a library that has it: {reason}"));
        }
    }

    /// <summary>A program that ends or executes another one within milliseconds takes its mappings with it, and with them the names of
    /// its libraries. They can be read when the loader has done its work: at the program's entry it stops once, where a register
    /// is free till then.</summary>
    internal void WatchEntry(WatchedProcess process)
    {
        if (platform.Tracer is not { } tracer || process.LoaderWatched || process.Retired || loader.Held(process).Count >= SlotPlanner.SlotCount
            || process.Entry is not { } entry)
        {
            return;
        }

        try
        {
            tracer.WatchLoader(process.Id, entry);
            process.EntryWatched = true;
        }
        catch (ArmingException)
        {
            // Somebody else has the register: names may be missing, no hit will.
        }
    }

    /// <summary>A program that is no more still occupies its registers: at scope cpu on every CPU, at scope task because an event that
    /// execve(2) has taken off its thread keeps its reservation as long as it is open. But for the slots that others are watched by:
    /// a child's are inherited from these.</summary>
    internal void FreeSlots(WatchedProcess old)
    {
        List<int> free = [.. old.Slots.Keys.Except(processes.All.Where(process => !process.Retired).SelectMany(process => process.Slots.Keys))];
        if (free.Count > 0)
            Disarm(old, free);
    }

    /// <summary>A watch's library is no more: its registers are freed.</summary>
    internal void Unload(WatchedProcess process, ArmedWatch watch)
    {
        watch.IsEnding = true;
        // A register that it shares is free when the last of those has ended who share it.
        List<int> own = [.. watch.Pieces.Select(piece => piece.Slot).Where(slot => process.Watches.TrueForAll(other => other.IsEnding || !other.Occupies(slot)))];
        process.Leaving.UnionWith(own); // what is written while thread after thread is disarmed is no escaped write
        foreach (int slot in own)
        {
            if (process.Audited.TryGetValue(slot, out AuditedSlot? audited))
                audited.Suspended = true; // the drain may be looking at it
        }

        processes.AuditAgain();
        Disarm(process, own);
    }

    /// <summary>All hits of such a watch are published: its account is closed, and where a tracer can tell of libraries, it is waited for.</summary>
    /// <param name="process">Whose.</param>
    /// <param name="watch">Which.</param>
    /// <param name="canWait">A tracer holds the process.</param>
    internal void Leave(WatchedProcess process, ArmedWatch watch, bool canWait)
    {
        if (process.Retired)
            return; // its account is closed already
        Close(process, watch);
        process.Unloaded.Add(watch.Watch.Request);
        if (!canWait)
            return;
        process.Pending.Add((watch.Watch.Request, "its library was unmapped"));
        process.Symbols.RefreshModules();
        try
        {
            SetLoaderBreak(process);
            foreach (string refusal in ArmPending(process)) // it may be back already
                ledger.AddGap(refusal);
        }
        catch (Exception e) when (e is UserException or ArmingException)
        {
            process.Pending.Clear();
            ledger.AddGap($"'{watch.Watch.Request.Expression}' was not waited for again: {e.Message}");
        }

        processes.AuditAgain();
    }

    /// <summary>A watch is disarmed, and all its hits are published: its account is closed.</summary>
    private void Close(WatchedProcess process, ArmedWatch watch)
    {
        OnClosing?.Invoke(process, watch);
        foreach (int slot in OwnSlots(process, watch).ToList())
        {
            if (platform.Source.ReadAccount(process.Id, slot) is { } account)
                ledger.AddAccount(account, process.Slots[slot].Mode);
            platform.Source.ClearSlot(process.Id, slot);
            process.Forget(slot);
        }

        reactions.Withdraw(process.Id, watch); // another watch may have the slot too
        process.Watches.Remove(watch);
    }

    private static IEnumerable<int> OwnSlots(WatchedProcess process, ArmedWatch watch) =>
        watch.Pieces.Select(piece => piece.Slot).Where(slot => process.Watches.TrueForAll(other => other == watch || !other.Occupies(slot)));

    /// <summary>Every thread is covered now, if it was not before.</summary>
    internal void Cover(int threads) => loader.Cover(threads);

    /// <summary>Whoever calls it says when what follows is done (<see cref="SessionStage.Ready"/>).</summary>
    internal void DisarmAll()
    {
        platform.OnStage?.Invoke(SessionStage.LettingGo);
        CoveredTo ??= platform.Clock.ToWallClock(platform.Clock.Now);
        foreach (WatchedProcess process in CoveredFrom is null ? [] : processes.All)
        {
            try
            {
                Disarm(process, [.. process.Slots.Keys]);
            }
            catch (UserException e)
            {
                ledger.AddGap(e.Message); // the guard is gone, and its registers with it
                ledger.KernelCountIsPartial = true;
                return;
            }
        }
    }

    private void Disarm(WatchedProcess process, IReadOnlyCollection<int> slots)
    {
        foreach ((int slot, EventCount count) in platform.Arming.Disarm(process.Id, slots))
            kernel.End(process, slot, count);
    }

    private static List<Watch> Resolve(WatchedProcess process, IReadOnlyList<WatchRequest> requests, bool mayWait, List<string> refused)
    {
        List<Watch> resolved = [];
        foreach (WatchRequest request in requests)
        {
            switch (process.Symbols.Resolve(request))
            {
                case WatchResolution.Resolved { Watch: var watch }:
                    resolved.Add(watch);
                    break;
                case WatchResolution.UnknownName { Reason: var reason } when mayWait:
                    process.Pending.Add((request, reason));
                    break;
                case WatchResolution.UnknownName { Reason: var reason }:
                    refused.Add($"cannot watch '{request.Expression}': {reason}");
                    break;
                case WatchResolution.Impossible { Reason: var reason }:
                    refused.Add($"cannot watch '{request.Expression}': {reason}");
                    break;
            }
        }

        return resolved;
    }

    private void Arm(WatchedProcess process, List<Watch> resolved)
    {
        if (resolved.Count > 0)
            ArmResolved(process, resolved);
        else
            SetLoaderBreak(process);
    }

    /// <summary>The loader's breakpoint is there as long as a name is pending, and not longer.</summary>
    private void SetLoaderBreak(WatchedProcess process)
    {
        if (process.Pending.Count > 0 == process.LoaderWatched || platform.Tracer is not { } tracer)
            return;
        if (process.LoaderWatched)
        {
            tracer.UnwatchLoader(process.Id);
            process.LoaderWatched = false;
            return;
        }

        // glibc and musl call it whenever their list of libraries changes, for debuggers' sake (<link.h>, r_brk).
        if (process.Symbols.Resolve(new WatchRequest("_dl_debug_state", AccessMode.Execute)) is not WatchResolution.Resolved loader)
            throw new UserException($"cannot watch '{process.Pending[0].Request.Expression}': no module has it, and this program has no dynamic loader to wait for");
        tracer.WatchLoader(process.Id, loader.Watch.Address);
        process.LoaderWatched = true;
    }

    private void ArmResolved(WatchedProcess process, List<Watch> watches)
    {
        List<WantedWatch> wanted = [.. watches.Select(WantedWatch.Of)];
        // Stopping at the loader takes a debug register of its own, as long as a name is still to come.
        SetLoaderBreak(process);
        int registers = SlotPlanner.SlotCount - (process.LoaderWatched ? 1 : 0);
        loader.Arm(process, wanted, registers);
    }
}
