// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using Livewatcher.Model;

namespace Livewatcher.Linux.Arming;

/// <summary>Scope task for several processes, of which the guard holds some: these are armed in its hands, the others by a scan.</summary>
/// <param name="guarded">For those that the guard holds.</param>
/// <param name="scanned">For the others.</param>
/// <param name="isGuarded">Which are which. The answer for one process never changes.</param>
public sealed class EachByItsGuard(IArming guarded, IArming scanned, Func<ProcessId, bool> isGuarded) : IArming
{
    public string Scope => guarded.Scope;

    public IReadOnlyList<string> Gaps => [.. guarded.Gaps, .. scanned.Gaps];

    public int Arm(ProcessId process, IReadOnlyDictionary<int, HardwareSlot> slots) => Of(process).Arm(process, slots);

    public IReadOnlyDictionary<int, EventCount> Disarm(ProcessId process, IReadOnlyCollection<int> slots) => Of(process).Disarm(process, slots);

    public IReadOnlyDictionary<int, EventCount> Count(ProcessId process, IReadOnlyCollection<int> slots) => Of(process).Count(process, slots);

    public bool CanSuspend => guarded.CanSuspend && scanned.CanSuspend;

    public void Suspend(ProcessId process, IReadOnlyCollection<int> slots) => Of(process).Suspend(process, slots);

    public void Resume(ProcessId process, IReadOnlyCollection<int> slots) => Of(process).Resume(process, slots);

    public void Reload(ProcessId process) => Of(process).Reload(process);

    public void Dispose()
    {
        guarded.Dispose();
        scanned.Dispose();
    }

    private IArming Of(ProcessId process) => isGuarded(process) ? guarded : scanned;
}
