// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using Livewatcher.Engine.Accounting;
using Livewatcher.Engine.Arming;
using Livewatcher.Engine.Auditing;
using Livewatcher.Engine.Watching;
using Livewatcher.Model;

namespace Livewatcher.Engine.Serving;

/// <summary>Arms and disarms what programs ask for. A debug register that was disarmed is not used again before the last of its hits is
/// published, or that hit would be taken for the next watch's.</summary>
internal sealed class ClientArmer(
    SessionPlatform platform, Ledger ledger, WatchedProcesses processes, CrossCheck kernel, EventFlow flow, ListenSettings settings, IEventSink sink, int cpuCount)
{
    private const int EPERM = 1;
    private const int EFAULT = 14;
    private const int EBUSY = 16;
    private const int EINVAL = 22;
    private const int ENOSPC = 28;
    private const int LongestSymbol = 200;

    /// <summary>When the first watch was covered everywhere; null before.</summary>
    internal DateTimeOffset? CoveredFrom { get; private set; }

    /// <summary>Arms a watch, now or as soon as a debug register is free of the last hits of its former watch.</summary>
    /// <param name="client">Who asks.</param>
    /// <param name="request">For what.</param>
    /// <param name="caller">Where; null where nobody knows any more.</param>
    /// <param name="answer">Told 0 when every thread is armed, else an errno.</param>
    internal void Set(Client client, ClientRequest.Set request, CapturedStack? caller, Action<int> answer)
    {
        WatchedProcess process = client.Process;
        if (process.Retired)
        {
            answer(EPERM); // nothing of it leaves any more, so nothing is to be waited for
            return;
        }

        Reset(client, request.Number);
        int slot = Enumerable.Range(0, SlotPlanner.SlotCount).FirstOrDefault(slot => !process.Slots.ContainsKey(slot), -1);
        if (slot < 0 && process.Leaving.Count > 0)
            client.Waiting.Enqueue((request, caller, answer));
        else
            answer(slot < 0 ? ENOSPC : Arm(client, request, slot, caller));
    }

    /// <summary>Disarms a watch; without one it does nothing.</summary>
    internal void Reset(Client client, int number)
    {
        if (!client.Watches.Remove(number, out ClientWatch? watch) || client.Process.Retired)
            return;
        // What is written while thread after thread is disarmed is no escaped write.
        client.Process.Leaving.Add(watch.Slot);
        processes.AuditAgain();
        Disarm(client.Process, watch.Slot);
        flow.Defer(() => Leave(client, watch));
    }

    internal void ResetAll(Client client)
    {
        foreach (int number in client.Watches.Keys.ToList())
            Reset(client, number);
        RefuseWaiting(client);
    }

    /// <summary>Frees what is left of a process whose account is closed.</summary>
    internal void LetGo(WatchedProcess process)
    {
        foreach (int slot in process.Armed.Keys.ToList())
            Disarm(process, slot);
    }

    /// <summary>Handles hits of what is armed already as the settings are now.</summary>
    internal void ApplySettings(Client client)
    {
        foreach (ClientWatch watch in client.Watches.Values)
            platform.Source.SetHandling(client.Process.Id, watch.Slot, HandlingOf(client, watch.Armed.ChangesOnly));
    }

    private int LevelsOf(Client client) => client.RecordWatcher ?? settings.RecordWatcher;

    private SlotHandling HandlingOf(Client client, bool changesOnly) =>
        (changesOnly ? SlotHandling.ChangesOnly : SlotHandling.None) | ((client.IgnoreTrap ?? settings.IgnoreTrap) ? SlotHandling.None : SlotHandling.Signal);

    private int Arm(Client client, ClientRequest.Set request, int slot, CapturedStack? caller)
    {
        WatchedProcess process = client.Process;
        HardwareSlot content = request.Slot;
        if (process.Retired)
            return EPERM;
        byte[] image = content.Mode == AccessMode.Execute ? [] : new byte[content.Length];
        if (!process.Process.Memory.TryRead(content.Address, image) || Resolve(process, request) is not { } watch)
            return EFAULT;
        ArmedWatch armed = new(watch, [(slot, content)], image)
        {
            ChangesOnly = request.ChangesOnly,
            SetAt = () => caller is null || LevelsOf(client) == 0 ? null : Trim(caller.Unwind(process.Symbols), LevelsOf(client)),
        };
        ulong initial = 0;
        if (content.Mode != AccessMode.Execute)
            Auditor.TryReadValue(process.Process.Memory, content, out initial);
        platform.Source.SetSlot(process.Id, slot, content, initial, siblings: 0);
        platform.Source.SetHandling(process.Id, slot, HandlingOf(client, request.ChangesOnly));
        // Known before it is armed: its first hit may come before the arming has returned.
        process.Slots[slot] = content;
        process.Watches.Add(armed);
        int threads;
        try
        {
            threads = platform.Arming.Arm(process.Id, new Dictionary<int, HardwareSlot> { [slot] = content });
            if (!platform.IsAlive(process.Id))
            {
                Disarm(process, slot); // what is armed may be another process that has got its number
                throw new ArmingException(EPERM, "EPERM", null, slot);
            }
        }
        catch (Exception e) when (e is ArmingException or UserException)
        {
            Forget(process, slot, armed);
            return e is ArmingException { Errno: EINVAL or EBUSY or ENOSPC or EPERM } refused ? refused.Errno : EPERM;
        }

        if (content.Mode != AccessMode.Execute)
            Seeding.Renew(platform.Source, process, slot, content, [armed]);
        client.Watches[request.Number] = new ClientWatch(request.Number, slot, armed);
        client.Armings++;
        processes.AuditAgain();
        DateTimeOffset now = platform.Clock.ToWallClock(platform.Clock.Now);
        CoveredFrom ??= now;
        Value? value = content.Mode == AccessMode.Execute ? null : watch.Format.Format(armed.Image, process.Symbols.NameOf);
        ArmedEvent told = new(
            now, watch, process.Id, [content], value, platform.Source.Name, platform.Arming.Scope, platform.GuardOn && client.Guarded, threads, cpuCount);
        flow.Defer(() => sink.Publish(told));
        return 0;
    }

    /// <summary>With the type of the variable that stands there, where it is one; else as an integer of its length.</summary>
    private static Watch? Resolve(WatchedProcess process, ClientRequest.Set request)
    {
        HardwareSlot content = request.Slot;
        string address = $"0x{content.Address.Value:x}";
        string? name = process.Symbols.NameOf(content.Address);
        string type = content.Length switch { 1 => "unsigned char", 2 => "short", 4 => "int", _ => "long" };
        string plain = content.Mode == AccessMode.Execute ? address : $"*({type}*){address}";
        string?[] expressions = [name, plain];
        Watch? watch = expressions
            .Where(expression => expression is not null)
            .Select(expression => process.Symbols.Resolve(new WatchRequest(expression!, content.Mode)) is WatchResolution.Resolved found ? found.Watch : null)
            .FirstOrDefault(found => found is not null && found.Address == content.Address && found.Length == content.Length);
        string label = request.Label.Length > 0 ? request.Label : name ?? address;
        label = label.Length > LongestSymbol ? label[..LongestSymbol] : label;
        return watch is null ? null : watch with { Request = watch.Request with { Expression = label }, Resolution = null };
    }

    private void Disarm(WatchedProcess process, int slot)
    {
        try
        {
            foreach ((int freed, EventCount count) in platform.Arming.Disarm(process.Id, [slot]))
                kernel.End(process, freed, count);
        }
        catch (UserException e)
        {
            ledger.AddGap(e.Message); // the guard is gone, and its registers with it
            ledger.KernelCountIsPartial = true;
        }
    }

    /// <summary>All hits of a disarmed watch are published: its account is closed and its register free.</summary>
    private void Leave(Client client, ClientWatch watch)
    {
        WatchedProcess process = client.Process;
        if (process.Retired)
        {
            RefuseWaiting(client); // its account is closed already, and it has no register to come
            return;
        }

        if (!process.Leaving.Contains(watch.Slot))
            return;
        flow.Flood.Settle(process, watch.Armed);
        if (platform.Source.ReadAccount(process.Id, watch.Slot) is { } account)
        {
            ledger.AddAccount(account, process.Slots[watch.Slot].Mode);
            sink.Publish(new DisarmedEvent(platform.Clock.ToWallClock(platform.Clock.Now), watch.Armed.Watch, process.Id, account));
        }

        Forget(process, watch.Slot, watch.Armed);
        while (client.Waiting.TryPeek(out var waiting) && process.Slots.Count < SlotPlanner.SlotCount)
        {
            client.Waiting.Dequeue();
            Set(client, waiting.Request, waiting.Caller, waiting.Answer);
        }
    }

    private static void RefuseWaiting(Client client)
    {
        while (client.Waiting.TryDequeue(out var waiting))
            waiting.Answer(EPERM);
    }

    private void Forget(WatchedProcess process, int slot, ArmedWatch armed)
    {
        platform.Source.ClearSlot(process.Id, slot);
        process.Watches.Remove(armed);
        process.Forget(slot);
    }

    private static CallStack Trim(CallStack stack, int levels)
    {
        // Inlined functions have no frame of their own, and are levels all the same: that is how the original counts.
        if (levels < 0 || stack.Frames.Count <= levels)
            return stack;
        return new CallStack([.. stack.Frames.Take(levels)], $"{levels} levels are asked for");
    }
}
