// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using System.Globalization;
using Livewatcher.Engine.Arming;
using Livewatcher.Engine.Watching;
using Livewatcher.Model;

namespace Livewatcher.Engine.Accounting;

/// <summary>The kernel's own counts (read(2) on each event) held against what has arrived: for each watch when somebody asks, and in sum at
/// the end. Each difference is a gap, once, with its size and the time it was noticed. Access watches are left out: reading the value
/// for the record trips the register again, which the kernel counts.</summary>
/// <param name="platform">Arming and source.</param>
/// <param name="ledger">Takes the gaps.</param>
/// <param name="settle">Waits until everything that has happened by now is in the accounts; false where that cannot be said.</param>
internal sealed class CrossCheck(SessionPlatform platform, Ledger ledger, Func<bool> settle)
{
    /// <summary>What has been told of a slot's present arming.</summary>
    private readonly Dictionary<(WatchedProcess Process, int Slot), Told> told = [];

    /// <summary>The sum of the counts of what is disarmed; null while nothing was.</summary>
    internal long? Sum { get; private set; }

    /// <summary>A slot is disarmed; its last count.</summary>
    internal void End(WatchedProcess process, int slot, EventCount count)
    {
        Sum = (Sum ?? 0) + (process.Slots[slot].Mode == AccessMode.Access ? 0 : count.Hits);
        ledger.KernelCountIsPartial |= count.Failed > 0;
        process.Counted.Add(slot);
        NoteState(process, slot, count, last: true);
        told.Remove((process, slot));
    }

    /// <summary>Reads every armed slot's count and compares.</summary>
    /// <returns>By process and slot; without those whose counts say nothing.</returns>
    internal IReadOnlyDictionary<(ProcessId Process, int Slot), KernelCount> Look(IReadOnlyCollection<WatchedProcess> processes)
    {
        List<(WatchedProcess Process, int Slot, ulong Before, EventCount Count)> read = [];
        foreach (WatchedProcess process in processes)
        {
            // An event counts before its hit is handled, so a count that is read after the account is never less.
            Dictionary<int, ulong> before = process.Armed.Keys.ToDictionary(slot => slot, slot => Counted(process, slot));
            foreach ((int slot, EventCount count) in platform.Arming.Count(process.Id, before.Keys))
                read.Add((process, slot, before[slot], count));
        }

        bool settled = read.Count > 0 && settle();
        Dictionary<(ProcessId, int), KernelCount> found = [];
        foreach ((WatchedProcess process, int slot, ulong before, EventCount count) in read)
        {
            NoteState(process, slot, count, last: false);
            if (process.Slots[slot].Mode != AccessMode.Access && count.Failed == 0)
                found[(process.Id, slot)] = Compare(process, slot, (long)before, settled ? (long)Counted(process, slot) : long.MaxValue, count.Hits);
        }

        return found;
    }

    private ulong Counted(WatchedProcess process, int slot) => platform.Source.ReadAccount(process.Id, slot) is { } account ? account.Counted : 0;

    private KernelCount Compare(WatchedProcess process, int slot, long least, long most, long kernel)
    {
        KernelCount compared = new(kernel, Missing: kernel > most ? kernel - most : Math.Min(kernel - least, 0));
        Told before = told.GetValueOrDefault((process, slot));
        if (compared.Missing == before.Missing)
            return compared;
        told[(process, slot)] = before with { Missing = compared.Missing };
        string counted = $"the kernel had counted {kernel:N0} hits of {LabelOf(process, slot)} in process {process.Id}";
        if (compared.Missing > 0)
            AddGap($"{counted}, of which {compared.Missing:N0} had not arrived");
        else if (compared.Missing < 0)
            AddGap($"{counted}, {-compared.Missing:N0} fewer than had arrived: somebody else has reset its event");
        return compared;
    }

    private void NoteState(WatchedProcess process, int slot, EventCount count, bool last)
    {
        Told before = told.GetValueOrDefault((process, slot));
        bool isIdle = count.Idle > before.Idle && (last || before.Idle == TimeSpan.Zero); // it grows
        told[(process, slot)] = before with { Failed = count.Failed, Idle = isIdle ? count.Idle : before.Idle };
        if (count.Failed > before.Failed)
            AddGap($"{count.Failed:N0} events of {LabelOf(process, slot)} in process {process.Id} were in an error state: the kernel gave them no debug register");
        if (isIdle)
            AddGap($"events of {LabelOf(process, slot)} in process {process.Id} were enabled for {count.Idle.TotalMilliseconds:N1} ms without a debug register: somebody else had it");
    }

    private void AddGap(string what) => ledger.AddGap($"{what} (noticed {TimeOf(platform.Clock)})");

    /// <summary>Now, as the other outputs write it.</summary>
    internal static string TimeOf(IClock clock) => TimeOf(clock, clock.Now);

    internal static string TimeOf(IClock clock, ulong time) => clock.ToWallClock(time).ToString("HH:mm:ss.ffffff", CultureInfo.InvariantCulture);

    private static string LabelOf(WatchedProcess process, int slot) =>
        process.LabelOf(slot) ?? $"debug register {slot}";

    private readonly record struct Told(long Missing, int Failed, TimeSpan Idle);
}
