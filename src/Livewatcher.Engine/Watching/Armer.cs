// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using Livewatcher.Engine.Accounting;
using Livewatcher.Engine.Acting;
using Livewatcher.Engine.Arming;
using Livewatcher.Engine.Auditing;
using Livewatcher.Engine.Filtering;
using Livewatcher.Engine.Rotating;
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
        List<int> own = [.. OwnSlots(process, watch)];
        process.Turns?.Find(watch)?.End(platform.Clock.Now);
        LetGo(process, own);
    }

    /// <summary>Frees registers. What is written while thread after thread is disarmed is no escaped write.</summary>
    internal void LetGo(WatchedProcess process, IReadOnlyCollection<int> slots)
    {
        process.Leaving.UnionWith(slots);
        foreach (int slot in slots)
        {
            if (process.Audited.TryGetValue(slot, out AuditedSlot? audited))
                audited.Suspended = true; // the drain may be looking at it
        }

        processes.AuditAgain();
        Disarm(process, slots);
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
    internal void Close(WatchedProcess process, ArmedWatch watch)
    {
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

    internal void DisarmAll()
    {
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
        List<WantedWatch> wanted = [.. watches.Select(watch => new WantedWatch(watch, SlotPlanner.Split(watch.Address, watch.Length, watch.Mode)))];
        // Stopping at the loader takes a debug register of its own, as long as a name is still to come.
        SetLoaderBreak(process);
        int available = SlotPlanner.SlotCount - (process.LoaderWatched ? 1 : 0);
        if (process.Turns is null && SlotPlanner.Place(loader.Held(process), [.. wanted.SelectMany(one => one.Pieces)], available) is not null)
        {
            loader.Arm(process, wanted);
            return;
        }

        if (options.Turn is not { } turn || wanted.Exists(one => one.Pieces.Count > available))
            throw new UserException(RefusalWords.TooMany(process, wanted, canTakeTurns: options.Turn is null));
        TakeTurns(process, wanted, turn);
    }

    /// <summary>They are too many: from now on they take turns, those that are armed already among them. What finds room begins at once.</summary>
    private void TakeTurns(WatchedProcess process, List<WantedWatch> wanted, TimeSpan turn)
    {
        bool begins = process.Turns is null;
        TurnTable table = process.Turns ?? processes.LetTakeTurns(process);
        List<TurnEntry> added = [.. wanted.Select(one => table.Add(one.Watch, one.Pieces, SlotLoader.ReadInitial(process, one.Watch)))];
        foreach (TurnEntry entry in Fitting(process, table.Choose(Available(process))))
            entry.Known = null; // its watching begins now
        foreach (string refusal in ArmTurn(process, table.Choose(Available(process))))
            ledger.AddGap(refusal);
        table.Due = begins ? platform.Clock.Now + (ulong)turn.TotalNanoseconds : table.Due;
        publish(new NoteEvent(
            platform.Clock.ToWallClock(platform.Clock.Now), NoteLevel.Warning,
            $"{string.Join(", ", (begins ? table.Entries : added).Select(entry => entry.Watch.Label))} take turns of {turn.TotalSeconds:0.###} s, for they are more than debug registers "
            + "(--rotate): each is armed for a part of the time only"));
    }

    /// <summary>Debug registers that a process's own watches can have.</summary>
    internal int Available(WatchedProcess process) =>
        SlotPlanner.SlotCount - (process.LoaderWatched || process.EntryWatched ? 1 : 0) - (loader.Held(process).Count - process.Slots.Count);

    /// <summary>Arms of those whose turn it is the ones that are not armed yet, as far as there is room.</summary>
    /// <returns>Why some of them were not.</returns>
    /// <exception cref="UserException">It is the first turn of all, and one of them could not be armed.</exception>
    internal IReadOnlyList<string> ArmTurn(WatchedProcess process, IReadOnlyList<TurnEntry> turn)
    {
        List<TurnEntry> fitting = Fitting(process, turn);
        process.Turns!.Give(fitting);
        if (fitting.Count == 0 || TryArm(process, fitting) is null)
            return [];
        // One of them has no memory any more, or somebody else has taken a register.
        return [.. fitting.Select(entry => TryArm(process, [entry])).OfType<string>()];
    }

    private string? TryArm(WatchedProcess process, List<TurnEntry> entries)
    {
        try
        {
            loader.Arm(process, [.. entries.Select(entry => entry.Wanted)]);
            return null;
        }
        catch (UserException e) when (CoveredFrom is not null)
        {
            return e.Message;
        }
    }

    private List<TurnEntry> Fitting(WatchedProcess process, IReadOnlyList<TurnEntry> turn)
    {
        List<TurnEntry> fitting = [];
        Dictionary<int, HardwareSlot> held = loader.Held(process);
        int most = held.Count - process.Slots.Count + Available(process);
        foreach (TurnEntry entry in turn.Where(entry => entry is { Current: null, HasEnded: false }))
        {
            if (SlotPlanner.Place(held, [.. fitting.Append(entry).SelectMany(one => one.Wanted.Pieces)], most) is not null)
                fitting.Add(entry);
        }

        return fitting;
    }
}
