// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using System.Globalization;
using Livewatcher.Engine.Accounting;
using Livewatcher.Engine.Arming;
using Livewatcher.Engine.Ordering;
using Livewatcher.Engine.Watching;
using Livewatcher.Model;

namespace Livewatcher.Engine.Rotating;

/// <summary>What the session says of watches that take turns. Belongs to its thread.</summary>
/// <param name="turns">Null where nobody takes turns.</param>
/// <param name="length">Of a turn.</param>
/// <param name="platform">As the session sees it.</param>
/// <param name="ledger">Takes the gaps.</param>
/// <param name="processes">Who is watched.</param>
/// <param name="reporter">Tells the user.</param>
internal sealed class Rotation(Turns? turns, TimeSpan length, SessionPlatform platform, Ledger ledger, WatchedProcesses processes, Reporter reporter)
{
    /// <summary>Of changes that came between two turns so many are told for each watch; a field that is written all the time has one each time.</summary>
    private const int MostTold = 5;

    private readonly Dictionary<string, TurnTally> tallies = [];
    private readonly Dictionary<ArmedWatch, ulong> lastChange = [];
    private readonly List<string> announced = [];

    /// <summary>Watches at the last look.</summary>
    private int watches;

    /// <summary>Labels of those whose turn it is; null where nobody takes turns.</summary>
    internal IReadOnlyList<string>? ArmedNow => turns is not { HaveBegun: true } ? null
        : [.. processes.All.SelectMany(process => process.Watches.Where(watch => platform.Source.TurnOf(process.Id, watch.Pieces[0].Slot) > 0)).Select(watch => watch.Watch.Label).Distinct()];

    /// <summary>Between any two events: says once of each watch that it takes turns.</summary>
    internal void Look()
    {
        if (turns is not { HaveBegun: true } || watches == processes.All.Sum(process => process.Watches.Count))
            return;
        List<string> fresh = [.. processes.All.SelectMany(process => process.Watches).Select(watch => watch.Watch.Label).Except(announced)];
        watches = processes.All.Sum(process => process.Watches.Count);
        announced.AddRange(fresh);
        if (fresh.Count > 0)
        {
            reporter.Note(
                NoteLevel.Warning, $"{string.Join(", ", fresh)} take turns of {length.TotalSeconds:0.###} s, for there are more watches than debug registers (--rotate): "
                + "each is armed for a part of the time only");
        }
    }

    /// <summary>A slot is armed again. What its memory holds is nobody's doing that was armed.</summary>
    internal void Begin(WatchedProcess process, SessionItem.Turned turned)
    {
        foreach (ArmedWatch watch in process.Watches.Where(watch => watch.Occupies(turned.Slot)))
        {
            bool isKnown = watch.Knows(turned.Slot);
            byte[] was = [.. watch.Image];
            watch.Apply(turned.Slot, turned.Value);
            Value? now = watch.Image.SequenceEqual(was) ? null : watch.Watch.Format.Format(watch.Image, process.Symbols.NameOf);
            if (!turned.IsCertain)
                watch.Forget(turned.Slot); // a thread that is not armed yet may be about to write
            // A watch of several slots changes once.
            if (!isKnown || now is null || lastChange.GetValueOrDefault(watch) == turned.Number)
                continue;
            lastChange[watch] = turned.Number;
            TurnTally tally = TallyOf(watch);
            tallies[watch.Watch.Label] = tally = tally with { ChangedUnarmed = tally.ChangedUnarmed + 1 };
            if (tally.ChangedUnarmed > MostTold)
                continue;
            Value old = watch.Watch.Format.Format(was, process.Symbols.NameOf);
            string last = tally.ChangedUnarmed == MostTold ? "; from now on such changes of it are counted only" : "";
            reporter.Note(NoteLevel.Info, $"{watch.Watch.Label} changed while it was not armed: {old.Text} -> {now.Text} (process {process.Id}, --rotate){last}");
        }
    }

    /// <summary>A process's accounts are about to be closed.</summary>
    internal void Take(WatchedProcess process) => process.Watches.ForEach(watch => Take(process, watch));

    /// <summary>A watch's account is about to be closed.</summary>
    internal void Take(WatchedProcess process, ArmedWatch watch)
    {
        if (turns?.Find(process.Id)?.Find(watch.Pieces[0].Slot) is not { } slot)
            return;
        TurnTally tally = TallyOf(watch);
        tallies[watch.Watch.Label] = tally with
        {
            Armed = tally.Armed + TimeSpan.FromMicroseconds(slot.ArmedUntil(platform.Clock.Now) / 1000.0),
            Turns = tally.Turns + slot.Turns,
            Counted = tally.Counted + watch.Pieces.Sum(piece => (long)(platform.Source.ReadAccount(process.Id, piece.Slot)?.Counted ?? 0)),
        };
    }

    /// <summary>Each watch's share of the time; what is less than all of it is a gap.</summary>
    /// <param name="from">When the first was armed.</param>
    /// <param name="to">When the registers began to be freed.</param>
    internal IReadOnlyList<TurnTally> Close(DateTimeOffset? from, DateTimeOffset? to)
    {
        if (turns is not { HaveBegun: true })
            return [];
        TimeSpan all = to - from ?? TimeSpan.Zero;
        List<TurnTally> closed = [.. tallies.Values.OrderBy(tally => announced.IndexOf(tally.Watch)).Select(tally => tally with { Of = all })];
        foreach (TurnTally tally in closed)
            ledger.AddGap(Words(tally));
        return closed;
    }

    private TurnTally TallyOf(ArmedWatch watch) => tallies.GetValueOrDefault(watch.Watch.Label) ?? new TurnTally(watch.Watch.Label, TimeSpan.Zero, TimeSpan.Zero, 0, 0, 0);

    private static string Words(TurnTally tally)
    {
        string changed = tally.ChangedUnarmed == 0 ? "" : $"; when its turn came its value had changed {(tally.ChangedUnarmed == 1 ? "once" : $"{tally.ChangedUnarmed:N0} times")}";
        return string.Create(CultureInfo.InvariantCulture, $"{tally.Watch} was watched {tally.Share:0.0 %} of the time: {tally.Armed.TotalSeconds:0.000} of {tally.Of.TotalSeconds:0.000} s, ")
            + $"in {tally.Turns:N0} {(tally.Turns == 1 ? "turn" : "turns")} (--rotate){changed}";
    }
}
