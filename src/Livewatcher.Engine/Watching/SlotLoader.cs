// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using Livewatcher.Engine.Accounting;
using Livewatcher.Engine.Acting;
using Livewatcher.Engine.Arming;
using Livewatcher.Engine.Auditing;
using Livewatcher.Engine.Filtering;
using Livewatcher.Model;

namespace Livewatcher.Engine.Watching;

/// <summary>Puts watches into debug registers: place, seed, arm, tell. All or nothing for what is armed together.</summary>
internal sealed class SlotLoader(
    SessionPlatform platform, SessionOptions options, Ledger ledger, WatchedProcesses processes, WriterCatalog catalog, Reactions reactions, Action<WatchEvent> publish)
{
    private readonly Delegation delegation = new(platform, reactions, publish);

    /// <summary>When the first watch was covered everywhere; null before.</summary>
    internal DateTimeOffset? CoveredFrom { get; private set; }

    /// <summary>Every thread is covered now, if it was not before.</summary>
    internal void Cover(int threads) => Cover(threads, platform.Clock.ToWallClock(platform.Clock.Now));

    /// <summary>Arms watches together.</summary>
    /// <param name="process">Whose.</param>
    /// <param name="wanted">At least one.</param>
    /// <param name="registers">Debug registers that it may have at most.</param>
    /// <exception cref="UserException">There is none, or the kernel refuses.</exception>
    internal void Arm(WatchedProcess process, List<WantedWatch> wanted, int registers)
    {
        Dictionary<int, HardwareSlot> held = Held(process);
        SlotPlan plan = Plan(held, wanted, registers)
            ?? throw new UserException(RefusalWords.TooMany(process, wanted, canTakeTurns: options.Turn is null && !IsTooWide(wanted, registers)));
        Lazy<IReadOnlyList<Mapping>> mappings = new(process.Process.ReadMappings);
        Dictionary<int, HardwareSlot> fresh = [];
        List<ArmedWatch> armed = [];
        int next = 0;
        foreach (WantedWatch one in wanted)
        {
            List<(int Slot, HardwareSlot Content)> own = [];
            foreach (HardwareSlot _ in one.Pieces)
            {
                (int slot, HardwareSlot content) = (plan.Places[next], plan.Contents[next]);
                next++;
                if (!own.Exists(piece => piece.Slot == slot))
                    own.Add((slot, content));
                if (!process.Slots.ContainsKey(slot))
                    fresh[slot] = content;
            }

            armed.Add(new ArmedWatch(one.Watch, own, ReadInitial(process, one.Watch))
            {
                ChangesOnly = one.Watch.Request.Filter.ChangesOnly,
                Writers = new WriterFilter(one.Watch, catalog),
                Reaction = reactions.Of(one.Watch.Request),
                Home = LibraryHome.OfVariable(process, mappings, one.Watch.Address),
            });
        }

        Seed(process, fresh, armed);
        delegation.Leave(process, armed);
        int threads = Arm(process, fresh.Where(slot => !held.ContainsKey(slot.Key)).ToDictionary(), wanted);
        foreach ((int slot, HardwareSlot content) in fresh)
            process.Slots[slot] = content;
        foreach ((int slot, HardwareSlot content) in fresh.Where(slot => slot.Value.Mode != AccessMode.Execute))
            Seeding.Renew(platform.Source, process, slot, content, armed);
        process.Watches.AddRange(armed);
        Tell(process, armed, threads);
    }

    /// <summary>Slots that are taken: at scope cpu a register is everybody's, and so is what it holds.</summary>
    internal Dictionary<int, HardwareSlot> Held(WatchedProcess process)
    {
        Dictionary<int, HardwareSlot> held = new(process.Slots);
        foreach (WatchedProcess other in processes.All.Where(other => !other.Retired && platform.Arming.Scope == "cpu"))
        {
            foreach ((int slot, HardwareSlot content) in other.Slots)
                held[slot] = content;
        }

        return held;
    }

    /// <summary>Taking turns is for what does not fit even where neighbours are put together.</summary>
    private SlotPlan? Plan(Dictionary<int, HardwareSlot> held, List<WantedWatch> wanted, int registers)
    {
        if (SlotMerger.Plan(held, wanted, registers) is { } plan)
            return plan;
        List<HardwareSlot> pieces = [.. wanted.SelectMany(one => one.Pieces)];
        return options.Turn is not null && !IsTooWide(wanted, registers) && SlotPlanner.Place(held, pieces, SlotPlanner.MostSlots) is { } places
            ? new SlotPlan(pieces, places)
            : null;
    }

    /// <summary>A watch's turn is a turn of all its pieces.</summary>
    private static bool IsTooWide(List<WantedWatch> wanted, int registers) => wanted.Exists(one => one.Pieces.Count > registers);

    private void Seed(WatchedProcess process, Dictionary<int, HardwareSlot> slots, List<ArmedWatch> armed)
    {
        foreach ((int slot, HardwareSlot content) in slots)
        {
            ulong initial = 0;
            if (content.Mode != AccessMode.Execute)
                Auditor.TryReadValue(process.Process.Memory, content, out initial);
            uint siblings = armed.Where(watch => watch.Occupies(slot)).SelectMany(watch => watch.Pieces)
                .Where(piece => piece.Slot != slot).Aggregate(0u, (mask, piece) => mask | (1u << piece.Slot));
            platform.Source.SetSlot(process.Id, slot, content, initial, siblings);
        }
    }

    private int Arm(WatchedProcess process, Dictionary<int, HardwareSlot> slots, List<WantedWatch> wanted)
    {
        if (slots.Count == 0)
        {
            platform.OnStage?.Invoke(SessionStage.Ready);
            return process.Process.ReadThreads().Count;
        }

        try
        {
            platform.OnStage?.Invoke(SessionStage.Arming);
            int threads = platform.Arming.Arm(process.Id, slots);
            platform.OnStage?.Invoke(SessionStage.Ready);
            if (platform.IsAlive(process.Id))
                return threads;
            platform.Arming.Disarm(process.Id, [.. slots.Keys]); // what is armed may be another process that has got its number
            throw ArmingException.Ended(slots.Keys.First());
        }
        catch (ArmingException e)
        {
            foreach (int slot in slots.Keys)
                platform.Source.ClearSlot(process.Id, slot);
            string why = RefusalWords.Explain(e, process.Id, wanted, () => platform.DescribeSlotHolders(process.Id));
            if (CoveredFrom is not null)
                ledger.AddGap(why); // the run goes on without it
            throw new UserException(why);
        }
    }

    private static byte[] ReadInitial(WatchedProcess process, Watch watch)
    {
        if (watch.Mode == AccessMode.Execute)
            return [];
        byte[] bytes = new byte[watch.Length];
        if (!process.Process.Memory.TryRead(watch.Address, bytes))
            throw new UserException($"cannot watch '{watch.Label}': {watch.Address} is not mapped in process {process.Id}");
        return bytes;
    }

    private void Tell(WatchedProcess process, List<ArmedWatch> armed, int threads)
    {
        DateTimeOffset now = platform.Clock.ToWallClock(platform.Clock.Now);
        Cover(threads, now);
        foreach (ArmedWatch watch in armed)
        {
            Value? initial = watch.Watch.Mode == AccessMode.Execute ? null : watch.Watch.Format.Format(watch.Image, process.Symbols.NameOf);
            publish(new ArmedEvent(
                now, watch.Watch, process.Id, [.. watch.Pieces.Select(piece => piece.Content)], initial,
                platform.Source.Name, platform.Arming.Scope, platform.GuardOn, threads, options.CpuCount));
        }

        foreach ((int slot, HardwareSlot content) in process.Slots)
        {
            List<ArmedWatch> owners = armed.FindAll(watch => watch.Occupies(slot));
            if (!owners.Exists(watch => watch.IsWidenedIn(slot)))
                continue;
            List<string> labels = [.. owners.Select(watch => watch.Watch.Label)];
            ledger.SharingOf(content, labels);
            publish(new NoteEvent(now, NoteLevel.Info, SharingWords(content, labels)));
        }
    }

    private static string SharingWords(HardwareSlot content, List<string> labels) =>
        $"{SharingTally.Join(labels)} {(labels.Count == 1 ? "has" : "share")} one debug register of {content.Length} bytes at {content.Address}, for there are more watched pieces than registers: "
        + (labels.Count == 1 ? "a hit of the bytes beside it is told apart" : "whose hit it is is told")
        + " by the instruction's operand, or else by the bytes that change";

    private void Cover(int threads, DateTimeOffset now)
    {
        if (CoveredFrom is null)
            ledger.Threads += threads;
        CoveredFrom ??= now;
    }
}
