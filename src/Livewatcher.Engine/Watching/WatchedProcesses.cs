// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using System.Collections.Concurrent;
using Livewatcher.Engine.Accounting;
using Livewatcher.Engine.Arming;
using Livewatcher.Engine.Auditing;
using Livewatcher.Engine.Ordering;
using Livewatcher.Model;

namespace Livewatcher.Engine.Watching;

/// <summary>Who is watched: taken in at the start, by forks and after execs, retired when nothing more can come of it. Says
/// what the audit looks at.</summary>
internal sealed class WatchedProcesses(SessionPlatform platform, Ledger ledger, Auditor auditor) : IDisposable
{
    /// <summary>Retired ones beyond this number are forgotten. Their last hits came before the notice of their end.</summary>
    private const int Remembered = 1024;

    /// <summary>Of those that have executed a program, and so have opened names of their own, which take memory.</summary>
    private const int RememberedPrograms = 32;

    private readonly Dictionary<ProcessId, WatchedProcess> processes = [];

    /// <summary>The same for the drain's thread, which asks for nothing but descriptors.</summary>
    private readonly ConcurrentDictionary<ProcessId, ITargetProcess> described = new();
    private ProcessId? root;

    /// <summary>Nothing is armed any more, so nothing that memory holds means anything.</summary>
    private bool auditIsOver;

    internal IReadOnlyCollection<WatchedProcess> All => processes.Values;

    /// <summary>Another number each time when it is another set of slots that is armed.</summary>
    internal int Version { get; private set; }

    /// <summary>The source's accounts of slots that are not closed yet.</summary>
    internal IEnumerable<SlotAccount> OpenAccounts => processes.Values.Where(process => !process.Retired)
        .SelectMany(process => process.Slots.Keys.Select(slot => platform.Source.ReadAccount(process.Id, slot)))
        .OfType<SlotAccount>();

    internal bool AnyLeft => processes.Values.Any(process => !process.Retired);

    /// <summary>What an open descriptor refers to; null where it refers to nothing. On any thread.</summary>
    internal string? DescribeDescriptor(ProcessId id, int descriptor) =>
        descriptor >= 0 && described.TryGetValue(id, out ITargetProcess? process) ? process.DescribeDescriptor(descriptor) : null;

    internal WatchedProcess? Find(ProcessId id) => processes.GetValueOrDefault(id);

    /// <summary>Takes a process in, or takes it in anew after an exec.</summary>
    /// <exception cref="UserException">It is gone, or there is no room for it.</exception>
    internal WatchedProcess Open(ProcessId id)
    {
        ITargetProcess process = platform.OpenProcess(id);
        WatchedProcess fresh = new(process, platform.OpenSymbols(process));
        WatchedProcess? former = Find(id);
        processes[id] = fresh;
        described[id] = process;
        DisposeOrphans(former is null ? [] : [former]);
        if (platform.Source.AddProcess(id))
        {
            root ??= id;
            return fresh;
        }

        processes.Remove(id);
        described.TryRemove(id, out _);
        DisposeOrphans([fresh]);
        throw new UserException($"cannot watch process {id}: too many processes are watched already");
    }

    /// <summary>A child, unless it is known already.</summary>
    /// <param name="parent">Who forked it; null, or one that is not known any more: the first target stands in.</param>
    /// <param name="child">The child.</param>
    internal WatchedProcess Fork(ProcessId? parent, ProcessId child)
    {
        WatchedProcess? known = Find(child);
        if (known is { Retired: false })
            return known;
        WatchedProcess copy = ((parent is { } id ? Find(id) : null) ?? processes[root!.Value]).Fork(platform.OpenProcess(child));
        processes[child] = copy;
        described[child] = copy.Process;
        DisposeOrphans(known is null ? [] : [known]);
        ledger.Processes++;
        AuditAgain();
        return copy;
    }

    /// <summary>Its memory is another program's: it explains nothing any more.</summary>
    internal void Replaced(ProcessId id)
    {
        if (Find(id) is not { } process)
            return;
        process.Replaced = true;
        AuditAgain();
    }

    /// <summary>Closes a process's account: nothing of it can come any more.</summary>
    /// <returns>Changes that its last look has found and no hit explains.</returns>
    internal IReadOnlyList<SessionItem.Escaped> Retire(ProcessId id)
    {
        if (Find(id) is not { Retired: false } process)
            return [];
        if (processes.Count > Remembered || processes.Values.Count(past => past.Retired && !past.Followed) > RememberedPrograms)
            Forget();
        process.Retired = true;
        AuditAgain();
        List<SessionItem.Escaped> escaped = [];
        foreach ((int slot, HardwareSlot content) in process.Slots)
        {
            if (platform.Source.ReadAccount(id, slot) is not { } account)
                continue;
            ledger.AddAccount(account, content.Mode);
            if (!auditIsOver && !process.Paused.Contains(slot) && !process.Arising.Contains(slot) && !process.Leaving.Contains(slot) && platform.Source.TurnOf(id, slot) > 0 && process.LastLook?.TryGetValue(slot, out ulong held) == true && Unexplained(process, slot, account, held) is { } found)
                escaped.Add(found);
        }

        platform.Source.RemoveProcess(id);
        return escaped;
    }

    /// <summary>Hits were lost, and nobody knows whose: what memory held when they were through was seen by nobody.</summary>
    internal void ForgetValues()
    {
        foreach (ArmedWatch watch in processes.Values.SelectMany(process => process.Watches))
        {
            foreach ((int slot, _) in watch.Pieces)
                watch.Forget(slot);
        }
    }

    internal void EndAudit()
    {
        auditIsOver = true;
        auditor.Watch([]);
    }

    /// <summary>Puts every slot that holds data of a living process under audit.</summary>
    internal void AuditAgain()
    {
        Version++;
        if (auditIsOver)
            return;
        List<AuditedSlot> all = [];
        foreach (WatchedProcess process in processes.Values.Where(process => !process.Retired && !process.Replaced))
        {
            foreach ((int slot, HardwareSlot content) in process.Slots.Where(slot => slot.Value.Mode != AccessMode.Execute && process.IsOn(slot.Key) && !process.Arising.Contains(slot.Key)))
            {
                if (!process.Audited.TryGetValue(slot, out AuditedSlot? known) || known.Content != content)
                {
                    ulong value = FirstValue(process, slot, content);
                    process.Audited[slot] = known =
                        new AuditedSlot(process.Id, process.Process.Memory, slot, content, value, platform.Clock.Now) { IsReplaced = process.RunsAnotherProgram };
                }

                all.Add(known);
            }
        }

        auditor.Watch(all);
    }

    /// <summary>What a slot holds when the audit begins. A fork copies the memory at one moment and the account at another, and a thread beside may store in
    /// between: what a child has in a slot that it has not hit yet is what it was born with; unless its hit is on its way.</summary>
    private ulong FirstValue(WatchedProcess process, int slot, HardwareSlot content)
    {
        SlotAccount? account = process.Followed && platform.Source.TracksValues ? platform.Source.ReadAccount(process.Id, slot) : null;
        if (Auditor.TryReadValue(process.Process.Memory, content, out ulong value) && account is { Counted: 0 } untouched)
            Seeding.TryTake(platform.Source, process.Id, slot, untouched, value);
        return value;
    }

    /// <summary>What each slot of a process holds, read from its memory now.</summary>
    internal static IReadOnlyDictionary<int, ulong> Look(WatchedProcess process)
    {
        Dictionary<int, ulong> values = [];
        foreach ((int slot, HardwareSlot content) in process.Slots)
        {
            if (content.Mode != AccessMode.Execute && Auditor.TryReadValue(process.Process.Memory, content, out ulong value))
                values[slot] = value;
        }

        return values;
    }

    public void Dispose()
    {
        foreach (ITargetSymbols symbols in processes.Values.Select(process => process.Symbols).Distinct())
            symbols.Dispose();
    }

    private SessionItem.Escaped? Unexplained(WatchedProcess process, int slot, SlotAccount account, ulong held)
    {
        AuditedSlot? known = process.Audited.GetValueOrDefault(slot);
        ulong now = platform.Clock.Now;
        ulong since = known?.AgreedAt ?? now;
        if (platform.Source.TracksValues)
            return held == account.LastValue ? null : new SessionItem.Escaped(now, since, process.Id, slot, account.LastValue, held);
        // Without values in the records only a slot without a hit since the audit's last look can tell.
        return known is null || known.Recorded != account.Counted || known.Agreed == held || process.IsExplained(slot, since)
            ? null
            : new SessionItem.Escaped(now, since, process.Id, slot, known.Agreed, held);
    }

    private void Forget()
    {
        List<WatchedProcess> past = [.. processes.Values.Where(process => process.Retired && process.Id != root)];
        // A followed child's counts are its parent's; of another one nobody will ask for them any more.
        ledger.KernelCountIsPartial |= past.Exists(process => !process.Followed && process.Slots.Keys.Any(slot => !process.Counted.Contains(slot)));
        foreach (WatchedProcess process in past)
        {
            processes.Remove(process.Id);
            described.TryRemove(process.Id, out _);
        }

        DisposeOrphans(past);
    }

    private void DisposeOrphans(List<WatchedProcess> gone)
    {
        if (gone.Count == 0)
            return;
        HashSet<ITargetSymbols> used = [.. processes.Values.Select(process => process.Symbols)];
        foreach (ITargetSymbols symbols in gone.Select(process => process.Symbols).Where(symbols => !used.Contains(symbols)).Distinct())
            symbols.Dispose();
    }
}
