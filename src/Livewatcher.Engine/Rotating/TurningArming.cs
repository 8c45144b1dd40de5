// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using Livewatcher.Model;

namespace Livewatcher.Engine.Rotating;

/// <summary>Arming for more slots than debug registers.</summary>
internal sealed class TurningArming(Turns turns, IArming inner) : IArming
{
    public string Scope => inner.Scope;

    public IReadOnlyList<string> Gaps => [.. inner.Gaps, .. turns.Gaps];

    public int Arm(ProcessId process, IReadOnlyDictionary<int, HardwareSlot> slots) => turns.Arm(process, [.. slots.Keys.Order()]);

    public IReadOnlyDictionary<int, EventCount> Disarm(ProcessId process, IReadOnlyCollection<int> slots) => turns.Disarm(process, slots);

    /// <summary>Is asked for by programs that watch themselves only, and these take no turns.</summary>
    public IReadOnlyDictionary<int, EventCount> Count(ProcessId process, IReadOnlyCollection<int> slots) => new Dictionary<int, EventCount>();

    public void Mend() => inner.Mend();

    public void Reload(ProcessId process) => inner.Reload(process);

    public void Dispose() => inner.Dispose();
}
