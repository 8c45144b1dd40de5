// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using System.Globalization;
using Livewatcher.Engine.Accounting;
using Livewatcher.Engine.Arming;
using Livewatcher.Engine.Watching;
using Livewatcher.Model;

namespace Livewatcher.Engine.Rotating;

/// <summary>Lets watches take turns over debug registers of which there are too few (docs/rotating.md). A turn ends by disarming those whose turn is not
/// the next too; when the last of their hits is published, their accounts are closed, and the next ones are armed. Belongs to the session's thread.</summary>
internal sealed class Rotation(SessionPlatform platform, SessionOptions options, Ledger ledger, WatchedProcesses processes, Armer armer, Reporter reporter, EventFlow flow)
{
    /// <summary>Of changes that came between two turns so many are told for each watch; a field that is written all the time has one each time.</summary>
    private const int MostTold = 5;

    private bool over;

    /// <summary>Labels of those whose turn it is; null where nobody takes turns.</summary>
    internal IReadOnlyList<string>? ArmedNow => Tables.Count > 0 ? [.. Tables.SelectMany(table => table.Entries).Where(entry => entry.ArmedAt is not null).Select(entry => entry.Watch.Label)] : null;

    private List<TurnTable> Tables => processes.Tables;

    /// <summary>Between any two events; most times there is nothing to do.</summary>
    internal void Look()
    {
        // Whoever is next must wait till the last hit of this turn is published: who is armed stays so, meanwhile.
        if (over || options.Turn is null || !flow.KeepsUp)
            return;
        foreach (WatchedProcess process in processes.All)
        {
            if (process is { Turns: { IsChanging: false } table, Retired: false, Replaced: false } && table.Due <= platform.Clock.Now)
            {
                End(process, table);
                return;
            }
        }
    }

    /// <summary>No further turn begins, and no time counts any more. To be called before the registers are freed.</summary>
    internal void End()
    {
        over = true;
        foreach (TurnEntry entry in Tables.SelectMany(table => table.Entries))
            entry.Stop(platform.Clock.Now);
    }

    /// <summary>A process has ended, or runs another program: its accounts are about to be closed.</summary>
    internal void Retire(WatchedProcess process)
    {
        foreach (TurnEntry entry in process.Turns?.Entries ?? [])
        {
            entry.Stop(platform.Clock.Now);
            if (entry.Current is { } watch)
                entry.Counted += Count(process, watch);
        }
    }

    /// <summary>Each watch's share of the time; what is less than all of it is a gap.</summary>
    /// <param name="from">When the first was armed.</param>
    /// <param name="to">When the registers began to be freed.</param>
    internal IReadOnlyList<TurnTally> Close(DateTimeOffset? from, DateTimeOffset? to)
    {
        TimeSpan all = to - from ?? TimeSpan.Zero;
        // A watch has a table in each program that a process has executed.
        List<TurnTally> tallies = [.. Tables.SelectMany(table => table.Entries).GroupBy(entry => entry.Watch.Label).Select(group => new TurnTally(
            group.Key, TimeSpan.FromMicroseconds(group.Sum(entry => (double)entry.ArmedFor) / 1000), all, group.Sum(entry => entry.Turns),
            group.Sum(entry => entry.Counted), group.Sum(entry => entry.ChangedUnarmed)))];
        foreach (TurnTally tally in tallies)
            ledger.AddGap(Words(tally));
        return tallies;
    }

    private static string Words(TurnTally tally)
    {
        string changed = tally.ChangedUnarmed == 0 ? "" : $"; when its turn came its value had changed {(tally.ChangedUnarmed == 1 ? "once" : $"{tally.ChangedUnarmed:N0} times")}";
        return string.Create(CultureInfo.InvariantCulture, $"{tally.Watch} was watched {tally.Share:0.0 %} of the time: {tally.Armed.TotalSeconds:0.000} of {tally.Of.TotalSeconds:0.000} s, ")
            + $"in {tally.Turns:N0} {(tally.Turns == 1 ? "turn" : "turns")} (--rotate){changed}";
    }

    /// <summary>Their turn is over.</summary>
    private void End(WatchedProcess process, TurnTable table)
    {
        List<TurnEntry> next = [.. table.Choose(armer.Available(process))];
        List<TurnEntry> leaving = [.. table.Entries.Where(entry => entry.Current is not null && !next.Contains(entry))];
        HashSet<int> slots = [.. leaving.SelectMany(entry => entry.Current!.Pieces.Select(piece => piece.Slot))];
        slots.ExceptWith(process.Watches.Where(watch => !leaving.Exists(entry => entry.Current == watch)).SelectMany(watch => watch.Pieces.Select(piece => piece.Slot)));
        table.IsChanging = true;
        leaving.ForEach(entry => entry.Stop(platform.Clock.Now));
        try
        {
            armer.LetGo(process, slots);
        }
        catch (UserException e)
        {
            ledger.AddGap(e.Message); // the guard is gone, and its registers with it
            End();
            return;
        }

        if (!platform.Source.TracksValues)
            leaving.ForEach(entry => entry.Known = Read(process, entry));
        flow.Defer(() => Change(process, table, leaving));
    }

    /// <summary>All hits of those whose turn is over are published.</summary>
    private void Change(WatchedProcess process, TurnTable table, List<TurnEntry> leaving)
    {
        if (over || process.Retired || process.Replaced)
            return; // their accounts are closed with the process's
        foreach (TurnEntry entry in leaving)
        {
            ArmedWatch watch = entry.Current!;
            if (platform.Source.TracksValues)
                entry.Known = watch.IsKnown && watch.Watch.Mode != AccessMode.Execute ? watch.Image.ToArray() : null;
            entry.Current = null;
            flow.Flood.Settle(process, watch);
            entry.Counted += Count(process, watch);
            armer.Close(process, watch);
        }

        IReadOnlyList<TurnEntry> next = table.Choose(armer.Available(process));
        table.Give([.. next.Where(entry => entry.Current is not null)]);
        EndUnloaded(process, next);
        foreach (string refusal in armer.ArmTurn(process, next).Where(_ => platform.IsAlive(process.Id)))
            ledger.AddGap(refusal);

        foreach (TurnEntry entry in next.Where(entry => entry.Outdated is not null))
            Tell(process, entry);
        processes.AuditAgain();
        table.IsChanging = false;
        table.Due = platform.Clock.Now + (ulong)options.Turn!.Value.TotalNanoseconds;
    }

    /// <summary>What is mapped at a variable's address after its library was unmapped is something else.</summary>
    private void EndUnloaded(WatchedProcess process, IReadOnlyList<TurnEntry> next)
    {
        IReadOnlyList<Mapping> mappings = process.Process.ReadMappings();
        foreach (TurnEntry entry in mappings.Count == 0 ? [] : next.Where(entry => entry is { Current: null, Former.Home: not null }))
        {
            LibraryHome home = entry.Former!.Home!.Value;
            if (LibraryHome.Of(mappings, entry.Watch.Address) == home)
                continue;
            entry.End(platform.Clock.Now);
            string what = $"{entry.Watch.Label} was in {home.Path}, which process {process.Id} has unmapped while others had their turn: its watch has ended";
            ledger.AddGap(what);
            reporter.Note(NoteLevel.Warning, what);
        }
    }

    private void Tell(WatchedProcess process, TurnEntry entry)
    {
        byte[] was = entry.Outdated!;
        entry.Outdated = null;
        if (entry.ChangedUnarmed > MostTold || entry.Current is not { } watch)
            return;
        Value old = entry.Watch.Format.Format(was, process.Symbols.NameOf), now = entry.Watch.Format.Format(watch.Image, process.Symbols.NameOf);
        string last = entry.ChangedUnarmed == MostTold ? "; from now on such changes of it are counted only" : "";
        reporter.Note(NoteLevel.Info, $"{entry.Watch.Label} changed while it was not armed: {old.Text} -> {now.Text} (process {process.Id}, --rotate){last}");
    }

    private long Count(WatchedProcess process, ArmedWatch watch) =>
        watch.Pieces.Sum(piece => platform.Source.ReadAccount(process.Id, piece.Slot) is { } account ? (long)account.Counted : 0);

    private static byte[]? Read(WatchedProcess process, TurnEntry entry)
    {
        byte[] bytes = new byte[entry.Watch.Length];
        return entry.Watch.Mode != AccessMode.Execute && process.Process.Memory.TryRead(entry.Watch.Address, bytes) ? bytes : null;
    }
}
