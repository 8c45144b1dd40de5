// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using Livewatcher.Model;

namespace Livewatcher.Engine.Ordering;

/// <summary>Puts what comes from the ring, the guard and the audit into the order of its time stamps, and folds hits that are
/// one access. Items wait for <see cref="Window"/> behind the newest drain; within that window order is by CLOCK_MONOTONIC,
/// ties in order of arrival.</summary>
internal sealed class HitOrderer
{
    /// <summary>Nanoseconds. A recovered hit takes the way through the guard's socket, well under this.</summary>
    internal const ulong Window = 5_000_000;

    /// <summary>Nanoseconds. How long a thread's last group is remembered, for a late hit of the same instruction.</summary>
    private const ulong Memory = 1_000_000_000;

    private readonly PriorityQueue<SessionItem, (ulong Time, long Arrival)> waiting = new();
    private readonly Queue<object> outgoing = new();

    /// <summary>Each thread's last group, open or closed.</summary>
    private readonly Dictionary<ThreadId, AccessGroup> last = [];
    private long arrivals;

    /// <summary>What is still to be released, or taken of what was.</summary>
    internal int Count => waiting.Count + outgoing.Count;

    internal void Add(SessionItem item) => waiting.Enqueue(item, (item.Time, arrivals++));

    /// <summary>Everything up to this time minus the window, in order: AccessGroups and SessionItems.</summary>
    internal IEnumerable<object> Release(ulong drainedTo)
    {
        ulong horizon = drainedTo > Window ? drainedTo - Window : 0;
        while (waiting.TryPeek(out SessionItem? item, out _) && item.Time <= horizon)
        {
            waiting.Dequeue();
            Fold(item);
        }

        foreach ((ThreadId thread, AccessGroup group) in last)
        {
            // A group whose newest hit is that old will not be continued.
            group.Closed |= group.Last.Time + group.Patience <= horizon;
            if (group.Last.Time + Memory > horizon)
                continue;
            last.Remove(thread);
            group.Forget();
        }

        while (outgoing.TryPeek(out object? next) && next is not AccessGroup { Closed: false })
            yield return outgoing.Dequeue();
    }

    private void Fold(SessionItem item)
    {
        if (item is not SessionItem.RawHitItem { Hit: var hit })
        {
            outgoing.Enqueue(item);
            return;
        }

        if (last.TryGetValue(hit.Thread, out AccessGroup? group))
        {
            if (!group.Closed && group.TryTake(hit, hit.Old, hit.New))
                return;
            group.Closed = true;
        }

        AccessGroup fresh = new(hit)
        {
            Earlier = group?.IsSameStore(hit) == true ? group : null,
        };
        if (fresh.Earlier is null)
            group?.Forget();
        last[hit.Thread] = fresh;
        outgoing.Enqueue(fresh);
    }
}
