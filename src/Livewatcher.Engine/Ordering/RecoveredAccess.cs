// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using Livewatcher.Engine.Arming;
using Livewatcher.Model;

namespace Livewatcher.Engine.Ordering;

/// <summary>Which slots a recovered hit has touched. The processor did not say; the instruction's operand does, or else the
/// value that changed.</summary>
internal static class RecoveredAccess
{
    /// <param name="process">Whose hit it is.</param>
    /// <param name="recovered">The hit, and what every slot held around it.</param>
    /// <param name="knowsOld">False where the source tracks no values: only what a slot holds now is known then.</param>
    internal static AccessGroup Group(WatchedProcess process, TracerEvent.Recovered recovered, bool knowsOld)
    {
        Dictionary<int, (ulong? Old, ulong? New)> values = [];
        foreach (int slot in Touched(process, recovered))
        {
            values[slot] = recovered.Values.TryGetValue(slot, out (ulong Old, ulong New) value)
                ? (knowsOld ? value.Old : null, value.New)
                : (null, null);
        }

        return new AccessGroup(recovered.Hit, values) { Closed = true };
    }

    private static IEnumerable<int> Touched(WatchedProcess process, TracerEvent.Recovered recovered)
    {
        if (recovered.Hit.Slot >= 0)
            return [recovered.Hit.Slot];
        List<int> touched = [.. process.Symbols.TouchedSlots(recovered.Hit, process.SlotList).Where(recovered.Values.ContainsKey)];
        if (touched.Count == 0)
            touched = [.. recovered.Values.Where(value => value.Value.Old != value.Value.New).Select(value => value.Key)];
        return touched.Count > 0 ? touched : recovered.Values.Keys.Take(1);
    }
}
