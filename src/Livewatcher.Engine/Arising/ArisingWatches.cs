// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using Livewatcher.Engine.Acting;
using Livewatcher.Engine.Accounting;
using Livewatcher.Engine.Arming;
using Livewatcher.Engine.Filtering;
using Livewatcher.Engine.Ordering;
using Livewatcher.Engine.Watching;
using Livewatcher.Model;

namespace Livewatcher.Engine.Arising;

/// <summary>Watches that arm themselves: gives each its debug registers, has the probes put in, and follows, in the order of time, what every
/// register is armed on. Belongs to the session's thread.</summary>
internal sealed class ArisingWatches(
    SessionPlatform platform, SessionOptions options, Ledger ledger, Armer armer, WriterCatalog catalog, Reactions reactions, Action<WatchEvent> publish)
{
    private readonly List<WatchRequest> requests = [.. options.Requests.Where(request => request.Arising is not null)];
    private readonly Delegation delegation = new(platform, reactions, publish);
    private readonly List<string> begun = [];

    /// <summary>The probes are in, and not taken out yet.</summary>
    private bool isOn;

    /// <summary>Watches are still to begin: their functions are in libraries that are not mapped yet.</summary>
    internal bool Wait => requests.Count > 0 && begun.Count == 0;

    /// <summary>What became of them.</summary>
    internal IReadOnlyList<ArisingTally> Tallies => [.. begun.Select((label, number) => platform.Arisings!.Read(number, label))];

    /// <summary>From here on they arm themselves.</summary>
    /// <exception cref="UserException">One of them cannot; none does.</exception>
    internal void Begin(WatchedProcess process)
    {
        if (!Wait)
            return;
        IArisings arisings = platform.Arisings ?? throw new InvalidOperationException("nobody arms watches by themselves here");
        List<ArisingPlan> plans = [.. requests.Select(request => Resolve(process, request))];
        List<(ArisingPlan Plan, IReadOnlyList<int> Slots)> shares = Share(process, plans);
        Reserve(process, shares);
        arisings.Begin(process.Process, shares);
        isOn = true;
        begun.AddRange(plans.Select(plan => plan.Watch.Label));
        DateTimeOffset now = platform.Clock.ToWallClock(platform.Clock.Now);
        foreach ((ArisingPlan plan, IReadOnlyList<int> slots) in shares)
        {
            publish(new NoteEvent(now, NoteLevel.Info, Describe(plan, slots.Count)));
            if (plan.Caution is { } caution)
                publish(new NoteEvent(now, NoteLevel.Warning, $"{plan.Watch.Label}: {caution}"));
            if (plan.Unseen is not { } unseen)
                continue;
            publish(new NoteEvent(now, NoteLevel.Warning, $"{plan.Watch.Label}: {unseen}"));
            ledger.AddGap($"{plan.Watch.Label}: {unseen}");
        }

        ledger.AddRemark("memory that arms itself is not audited: a change that no debug register sees is not noticed there");
    }

    /// <summary>Takes the probes out. To be called before the registers are freed.</summary>
    internal void End()
    {
        if (!isOn)
            return;
        isOn = false;
        platform.Arisings!.End();
    }

    /// <summary>What a register is armed on from this moment on.</summary>
    internal static void Follow(WatchedProcess process, SessionItem.Arisen notice)
    {
        RawHit at = notice.At;
        int index = process.Watches.FindIndex(watch => watch.Plan is not null && watch.Occupies(at.Slot));
        if (index < 0)
            return;
        ArmedWatch former = process.Watches[index];
        if (notice.IsFreed)
            return;
        HardwareSlot content = new(at.Address, former.Watch.Length, AccessMode.Write);
        CallStack? stack = null;
        process.Watches[index] = former.MoveTo(at.Slot, content, new Arisen(at.Old ?? 0, at.Thread), former.Plan!.Kind == ArisingKind.Frame ? null : () => stack ??= process.Symbols.Unwind(at));
        process.Slots[at.Slot] = content;
    }

    /// <summary>Says what is missing in the account.</summary>
    internal void Close()
    {
        foreach (ArisingTally tally in Tallies)
        {
            if (tally.Skipped > 0)
                ledger.AddGap($"{tally.Watch}: {tally.Skipped:N0} of {tally.Candidates:N0} were not armed, for no debug register was free (--keep says which are)");
            if (tally.Displaced > 0)
                ledger.AddGap($"{tally.Watch}: {tally.Displaced:N0} of {tally.Armed:N0} armed ones gave their debug register to another before their end (--keep says which do)");
            if (tally.Failed > 0)
                ledger.AddGap($"{tally.Watch}: {tally.Failed:N0} of {tally.Candidates:N0} could not be armed: unaligned, too small, unreadable, or the thread could not be stopped");
        }
    }

    private static ArisingPlan Resolve(WatchedProcess process, WatchRequest request)
    {
        ArisingResolution found = process.Symbols.ResolveArising(request);
        return found.Plan ?? throw new UserException($"cannot watch '{request.Expression}': {found.Reason}");
    }

    /// <summary>The registers that are left, each to one watch: what one has must not make another one's way.</summary>
    private static List<(ArisingPlan Plan, IReadOnlyList<int> Slots)> Share(WatchedProcess process, List<ArisingPlan> plans)
    {
        List<int> free = [.. Enumerable.Range(0, SlotPlanner.SlotCount).Where(slot => !process.Slots.ContainsKey(slot)).SkipLast(process.LoaderWatched ? 1 : 0)];
        if (free.Count < plans.Count)
        {
            throw new UserException($"too few debug registers: the processor has {SlotPlanner.SlotCount}, of which {free.Count} are free, and {plans.Count} watches that arm "
                + "themselves take one each at least; watch fewer objects");
        }

        return [.. plans.Select((plan, number) => (plan, (IReadOnlyList<int>)[.. free.Where((_, place) => place % plans.Count == number)]))];
    }

    /// <summary>Arms their registers on memory that nobody writes to: so they are theirs, in every thread, and can be moved without stopping any.</summary>
    private void Reserve(WatchedProcess process, List<(ArisingPlan Plan, IReadOnlyList<int> Slots)> shares)
    {
        ulong quiet = (process.Entry ?? throw new UserException($"cannot watch '{requests[0].Expression}': where the program begins is not known")).Value & ~7UL;
        Dictionary<int, HardwareSlot> slots = [];
        List<ArmedWatch> armed = [];
        foreach ((ArisingPlan plan, IReadOnlyList<int> own) in shares)
        {
            WriterFilter writers = new(plan.Watch, catalog);
            HardwareSlot content = new(new Address(quiet), plan.Watch.Length, AccessMode.Write);
            foreach (int slot in own)
            {
                slots[slot] = content;
                platform.Source.SetSlot(process.Id, slot, content, initial: 0, siblings: 0);
                armed.Add(new ArmedWatch(plan.Watch with { Address = content.Address }, [(slot, content)], new byte[plan.Watch.Length])
                {
                    ChangesOnly = plan.Watch.Request.Filter.ChangesOnly,
                    Writers = writers,
                    Reaction = reactions.Of(plan.Watch.Request),
                    Plan = plan,
                });
            }
        }

        delegation.Leave(process, armed);
        int threads;
        try
        {
            threads = platform.Arming.Arm(process.Id, slots);
        }
        catch (ArmingException e)
        {
            foreach (int slot in slots.Keys)
                platform.Source.ClearSlot(process.Id, slot);
            throw new UserException($"cannot reserve {slots.Count} debug registers for watches that arm themselves: {e.Message}; {platform.DescribeSlotHolders(process.Id) ?? "another user of hardware breakpoints holds them"}");
        }

        foreach ((int slot, HardwareSlot content) in slots)
        {
            process.Slots[slot] = content;
            process.Arising.Add(slot);
        }

        process.Watches.AddRange(armed);
        armer.Cover(threads);
    }

    private static string Describe(ArisingPlan plan, int registers)
    {
        string where = plan.Kind switch
        {
            ArisingKind.Frame => $"from the entry of {plan.Watch.Resolution![(plan.Watch.Resolution!.LastIndexOf(" of ", StringComparison.Ordinal) + 4)..]} on",
            ArisingKind.Object => plan.Watch.Resolution!,
            _ => "from the allocation on",
        };
        return $"{plan.Watch.Label} arms itself {where}: {plan.Places.Count:N0} {(plan.Places.Count == 1 ? "probe" : "probes")}, {registers} debug {(registers == 1 ? "register" : "registers")}";
    }
}
