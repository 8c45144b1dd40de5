// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using Livewatcher.Engine.Accounting;
using Livewatcher.Engine.Arming;
using Livewatcher.Engine.Watching;
using Livewatcher.Model;

namespace Livewatcher.Engine.Serving;

/// <summary>The answer to "status". Asking is an occasion to hold the kernel's counts against ours.</summary>
internal sealed class ListenStatus(SessionPlatform parts, ListenSettings settings, Ledger ledger, CrossCheck kernel, DateTimeOffset since)
{
    internal StatusEvent Read(IEnumerable<Client> connected)
    {
        List<Client> served = [.. connected.OrderBy(client => client.Process.Id.Value)];
        IReadOnlyDictionary<(ProcessId, int), KernelCount> counts = Compare(served);
        return new StatusEvent(
            parts.Clock.ToWallClock(parts.Clock.Now), since, parts.Source.Name, parts.Arming.Scope, parts.GuardOn, settings.All,
            [.. served.Select(client => Describe(client, counts))], ledger.Reported, parts.Arming.Tally, ledger.GapsSoFar);
    }

    private IReadOnlyDictionary<(ProcessId, int), KernelCount> Compare(List<Client> served)
    {
        try
        {
            return kernel.Look([.. served.Select(client => client.Process)]);
        }
        catch (UserException)
        {
            return new Dictionary<(ProcessId, int), KernelCount>(); // the guard is gone, which is told in its place
        }
    }

    private ServedProcess Describe(Client client, IReadOnlyDictionary<(ProcessId, int), KernelCount> counts)
    {
        WatchedProcess process = client.Process;
        List<ServedWatch> watches = [.. client.Watches.Values.OrderBy(watch => watch.Number).Select(watch => new ServedWatch(
            watch.Number, watch.Armed.Watch, watch.Slot, parts.Source.ReadAccount(process.Id, watch.Slot) ?? default,
            counts.TryGetValue((process.Id, watch.Slot), out KernelCount count) ? count : null))];
        return new ServedProcess(
            process.Id, client.Name, process.Process.ReadThreads().Count, watches, DebugRegisterImage.Of(process.Armed), client.Armings, client.Hits);
    }
}
