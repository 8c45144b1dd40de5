// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

namespace Livewatcher.Model;

/// <summary>What the kernel itself says of the events that watch one slot: read(2), perf_event_open(2).</summary>
/// <param name="Hits">Counted by all of them, and by what has inherited from them, gone threads' too.</param>
/// <param name="Idle">How long they were enabled and yet in no debug register (time_enabled less time_running), summed over the events of
/// which that can be told.</param>
/// <param name="Failed">Events that the kernel has put into an error state: they read as end of file, and count no more.</param>
public readonly record struct EventCount(long Hits, TimeSpan Idle = default, int Failed = 0)
{
    public static EventCount operator +(EventCount left, EventCount right) => Add(left, right);

    public static EventCount Add(EventCount left, EventCount right) =>
        new(left.Hits + right.Hits, left.Idle + right.Idle, left.Failed + right.Failed);
}
