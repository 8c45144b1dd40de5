// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using Livewatcher.Engine.Accounting;
using Livewatcher.Engine.Arming;
using Livewatcher.Engine.Auditing;
using Livewatcher.Engine.Watching;
using Livewatcher.Model;

namespace Livewatcher.Engine.Flooding;

/// <summary>Sees where the flood limit bites, says so, keeps account of each stretch, and pauses or ends the watching where that is
/// the chosen answer. Belongs to the session's thread.</summary>
/// <param name="platform">The platform.</param>
/// <param name="processes">Who is watched.</param>
/// <param name="brake">Switches off what is flooded, on the drain's thread.</param>
/// <param name="meters">How much of its allowance each watch has used.</param>
/// <param name="ledger">Takes the stretches.</param>
/// <param name="owner">Of the session.</param>
internal sealed class FloodControl(
    SessionPlatform platform, WatchedProcesses processes, FloodBrake brake, FloodMeters meters, Ledger ledger, IFloodOwner owner)
{
    private const ulong Interval = 50_000_000;

    /// <summary>A stretch has ended when so long nothing more was skipped.</summary>
    private const ulong Quiet = 1_000_000_000;

    private const ulong ShortestPause = 1_000_000_000;

    private readonly Dictionary<(WatchedProcess Process, ArmedWatch Watch), Stretch> stretches = [];
    private readonly List<Pause> pauses = [];
    private readonly HashSet<string> told = [];
    private ulong nextLook;
    private int version = -1;

    private FloodLimit? Limit => platform.Flood;

    private bool Disarms => Limit!.Answer != FloodAnswer.Sample && platform.Arming.CanSuspend;

    /// <summary>Between any two hits; most times there is nothing to do.</summary>
    internal void Look()
    {
        if (Limit is null)
            return;
        TakeBrakes();
        ulong now = platform.Clock.Now;
        if (now < nextLook)
            return;
        nextLook = now + Interval;
        foreach (Pause due in pauses.Where(pause => pause.Until <= now).ToList())
            Resume(due, now);
        foreach (WatchedProcess process in processes.All.Where(process => !process.Retired && !process.Replaced).ToList())
        {
            // Two watches of one register are one flood.
            foreach (ArmedWatch watch in process.Watches.DistinctBy(watch => watch.Pieces[0].Slot).Where(watch => IsOn(process, watch)).ToList())
                Look(process, watch, now);
        }
    }

    /// <summary>Takes note of what was switched off meanwhile, and tells the brake what is armed now.</summary>
    internal void TakeBrakes()
    {
        if (Limit is null || !Disarms)
            return;
        foreach (BrakedWatch pulled in brake.Take())
        {
            List<WatchedProcess> family = [.. pulled.Family.Select(processes.Find).OfType<WatchedProcess>().Where(one => pulled.Slots.All(one.IsOn))];
            WatchedProcess? first = family.Find(one => !one.Retired);
            if (first?.Watches.Find(watch => watch.Pieces[0].Slot == pulled.Slots[0]) is { } watch)
                Begin(first, watch, pulled);
        }

        if (version != processes.Version && brake.TryWatch(Armed()))
            version = processes.Version;
    }

    /// <summary>A process's account is about to be closed.</summary>
    internal void Settle(WatchedProcess process)
    {
        foreach (ArmedWatch watch in process.Watches.DistinctBy(watch => watch.Pieces[0].Slot))
            Settle(process, watch);
    }

    /// <summary>A watch's account is about to be closed.</summary>
    internal void Settle(WatchedProcess process, ArmedWatch watch)
    {
        if (Limit is null)
            return;
        ulong now = platform.Clock.Now;
        foreach ((int slot, _) in watch.Pieces)
            meters.Forget(process.Id, slot);
        if (!stretches.Remove((process, watch), out Stretch? stretch))
            stretch = new Stretch(now);
        stretch.Take(Skipped(process, watch), now);
        End(process, watch, stretch);
        foreach (Pause pause in pauses.Where(pause => IsLastOf(pause, process, watch)).ToList())
            Close(pause, now);
    }

    /// <summary>Nobody is left for whom it would have to end by itself.</summary>
    private bool IsLastOf(Pause pause, WatchedProcess process, ArmedWatch watch)
    {
        List<WatchedProcess> family = [.. Family(pause.Process, pause.Watch)];
        return pause.Watch.Pieces[0].Slot == watch.Pieces[0].Slot && family.Contains(process) && family.TrueForAll(one => one == process || one.Retired);
    }

    private static bool IsOn(WatchedProcess process, ArmedWatch watch) => watch.Pieces.All(piece => process.IsOn(piece.Slot));

    /// <summary>Each watch once, with everybody that has it.</summary>
    private List<BrakedWatch> Armed()
    {
        List<BrakedWatch> all = [];
        HashSet<(ProcessId Process, int Slot)> taken = [];
        foreach (WatchedProcess process in processes.All.Where(process => !process.Retired && !process.Replaced))
        {
            foreach (ArmedWatch watch in process.Watches.Where(watch => IsOn(process, watch) && !taken.Contains((process.Id, watch.Pieces[0].Slot))))
            {
                int[] slots = [.. watch.Pieces.Select(piece => piece.Slot)];
                List<WatchedProcess> family = [.. Family(process, watch)];
                taken.UnionWith(family.Select(one => (one.Id, slots[0])));
                all.Add(new BrakedWatch(
                    slots, [.. family.Select(one => one.Id)], [.. family.SelectMany(one => slots.Select(one.Audited.GetValueOrDefault)).OfType<AuditedSlot>()], platform.Clock.Now));
            }
        }

        return all;
    }

    private void Look(WatchedProcess process, ArmedWatch watch, ulong now)
    {
        if (!stretches.TryGetValue((process, watch), out Stretch? stretch))
            stretches[(process, watch)] = stretch = new Stretch(now);
        bool skips = stretch.Take(Skipped(process, watch), now);
        if (skips && Limit!.Answer == FloodAnswer.Stop && !Disarms)
            owner.EndForFlood(Ending(process, watch));
        if (skips && !Disarms)
            Tell(process, watch); // otherwise when it is off
        else if (now >= stretch.Last + Quiet)
            End(process, watch, stretch);
    }

    private ulong Skipped(WatchedProcess process, ArmedWatch watch) =>
        watch.Pieces.Aggregate(0ul, (sum, piece) => sum + (platform.Source.ReadAccount(process.Id, piece.Slot)?.Skipped ?? 0));

    private void Tell(WatchedProcess process, ArmedWatch watch)
    {
        string label = LabelOf(process, watch);
        if (!told.Add(label))
            return;
        string so = Limit!.Answer switch
        {
            FloodAnswer.Stop when owner.IsOneFamily => "the watching ends (--flood stop)",
            FloodAnswer.Stop when Disarms => "it is off until the program sets it again (--flood stop)",
            FloodAnswer.Pause when Disarms => "it is off for a while, and again whenever that happens (--flood pause)",
            FloodAnswer.Sample => "of its hits only some are recorded, the others are counted (--flood sample)",
            _ => $"of its hits only some are recorded, the others are counted, for backend {platform.Source.Name} cannot switch a watch off for a while",
        };
        owner.Warn($"{label} (process {process.Id}) is hit more often than {Words(Limit)} allow: {so}");
    }

    private string Ending(WatchedProcess process, ArmedWatch watch) => $"--flood stop: {LabelOf(process, watch)} was hit more often than {Words(Limit!)} allow";

    /// <summary>It is off by now.</summary>
    private void Begin(WatchedProcess process, ArmedWatch watch, BrakedWatch pulled)
    {
        int[] slots = [.. pulled.Slots];
        foreach (WatchedProcess one in Family(process, watch))
        {
            one.Paused.UnionWith(slots);
            EndAllOf(one, slots);
        }

        bool stops = Limit!.Answer == FloodAnswer.Stop;
        pauses.Add(new Pause(process, watch, pulled.PulledAt, stops ? ulong.MaxValue : Math.Max(pulled.Used, pulled.PulledAt + ShortestPause)));
        processes.AuditAgain();
        if (stops)
            owner.EndForFlood(Ending(process, watch));
        Tell(process, watch);
    }

    /// <summary>What has been written meanwhile is nobody's hit, and no escape: the pause accounts for it.</summary>
    private void Resume(Pause pause, ulong now)
    {
        List<WatchedProcess> family = [.. Family(pause.Process, pause.Watch)];
        int[] slots = [.. pause.Watch.Pieces.Select(piece => piece.Slot)];
        foreach (WatchedProcess one in family.Where(one => !one.Retired))
            Unsettle(one, slots);
        SwitchOn(family, slots);
        foreach (WatchedProcess one in family.Where(one => !one.Retired))
        {
            Seed(one, slots);
            EndAllOf(one, slots); // what is skipped from here on began here
        }

        processes.AuditAgain();
        Close(pause, now);
    }

    private void SwitchOn(List<WatchedProcess> family, int[] slots)
    {
        try
        {
            family.ForEach(one => platform.Arming.Resume(one.Id, slots));
        }
        catch (UserException e)
        {
            ledger.AddGap(e.Message); // the guard is gone, and its registers with it
        }
    }

    private void Unsettle(WatchedProcess process, int[] slots)
    {
        foreach (int slot in slots)
            platform.Source.SetStale(process.Id, slot, stale: true);
        // In its place behind the hits of before the pause.
        owner.Defer(() =>
        {
            foreach (ArmedWatch watch in process.Watches.Where(watch => watch.Watch.Mode != AccessMode.Execute))
                Array.ForEach(slots, watch.ForgetOwn);
        });
    }

    /// <summary>What memory holds now is what the next hit finds there, unless one was quicker than we.</summary>
    private void Seed(WatchedProcess process, int[] slots)
    {
        foreach (int slot in slots)
        {
            HardwareSlot content = process.Slots[slot];
            SlotAccount account = platform.Source.ReadAccount(process.Id, slot) ?? default;
            bool read = Auditor.TryReadValue(process.Process.Memory, content, out ulong value);
            if (read && content.Mode != AccessMode.Execute && Seeding.TryTake(platform.Source, process.Id, slot, account, value))
                platform.Source.SetStale(process.Id, slot, stale: false);

            process.Audited.Remove(slot);
            // What cannot be read has ended, and what it held at its end nobody has watched.
            if (read || content.Mode == AccessMode.Execute)
                process.Paused.Remove(slot);
        }
    }

    private void Close(Pause pause, ulong now)
    {
        pauses.Remove(pause);
        ledger.AddStretch(new SkippedStretch(
            LabelOf(pause.Process, pause.Watch), pause.Process.Id, platform.Clock.ToWallClock(pause.From), platform.Clock.ToWallClock(now), Hits: 0, Paused: true));
    }

    /// <summary>Events are inherited, so a register that is switched off is so for all that have it.</summary>
    private IEnumerable<WatchedProcess> Family(WatchedProcess process, ArmedWatch watch) => owner.IsOneFamily
        ? processes.All.Where(one => watch.Pieces.All(piece => one.Slots.TryGetValue(piece.Slot, out HardwareSlot content) && content == piece.Content))
        : [process];

    private void EndAllOf(WatchedProcess process, int[] slots)
    {
        foreach (((WatchedProcess owner, ArmedWatch watch), Stretch stretch) in stretches.Where(pair => pair.Key.Process == process && slots.Contains(pair.Key.Watch.Pieces[0].Slot)))
        {
            stretch.Take(Skipped(owner, watch), platform.Clock.Now);
            End(owner, watch, stretch);
        }
    }

    private void End(WatchedProcess process, ArmedWatch watch, Stretch stretch)
    {
        if (stretch.Hits > 0)
        {
            ledger.AddStretch(new SkippedStretch(
                LabelOf(process, watch), process.Id, platform.Clock.ToWallClock(stretch.From), platform.Clock.ToWallClock(stretch.Last), (long)stretch.Hits, Paused: false));
        }

        stretch.Hits = 0;
    }

    /// <summary>What one of several watches in one register is hit, all of them are.</summary>
    private static string LabelOf(WatchedProcess process, ArmedWatch watch) => process.LabelOf(watch.Pieces[0].Slot) ?? watch.Watch.Label;

    private static string Words(FloodLimit limit) => string.Join(" and ", ((string?[])[
        limit.HitsPerSecond is { } rate ? $"--max-rate {rate}" : null,
        limit.CpuPercent is { } percent ? FormattableString.Invariant($"--max-cpu {percent}") : null]).Where(word => word is not null));

    /// <summary>A watch that is switched off.</summary>
    private sealed record Pause(WatchedProcess Process, ArmedWatch Watch, ulong From, ulong Until);

    /// <summary>One watch of one process, and what of it was skipped since it was last all right.</summary>
    private sealed class Stretch(ulong now)
    {
        private ulong seen;
        private ulong looked = now;

        internal ulong Hits { get; set; }

        internal ulong From { get; private set; } = now;

        internal ulong Last { get; private set; } = now;

        /// <summary>True where something was skipped since the last look.</summary>
        internal bool Take(ulong skipped, ulong at)
        {
            ulong more = skipped - seen;
            if (more > 0)
                (From, Last) = (Hits == 0 ? looked : From, at);
            Hits += more;
            seen = skipped;
            looked = at;
            return more > 0;
        }
    }
}

/// <summary>What the session decides where a watch is flooded.</summary>
internal interface IFloodOwner
{
    /// <summary>True where all that is watched was started or attached to together, and shares its watches.</summary>
    bool IsOneFamily { get; }

    void Warn(string text);

    /// <summary>Does something when all that has happened by now is published.</summary>
    void Defer(Action act);

    /// <summary>The watching shall end.</summary>
    /// <returns>False where others are served too: then the watch is switched off for good.</returns>
    bool EndForFlood(string why);
}
