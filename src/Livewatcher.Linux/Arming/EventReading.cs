// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using Livewatcher.Linux.Interop;
using Livewatcher.Model;

namespace Livewatcher.Linux.Arming;

/// <summary>read(2) on an event, perf_event_open(2): its count, then, where its read_format has them, the time it was enabled and the
/// time it was in a debug register, in ns. native/guard/arming/arming.c reads the guard's in the same way.</summary>
internal static unsafe class EventReading
{
    /// <summary>The kernel's clock of a CPU goes on for moments between the two readings of it when it takes events out and puts them in
    /// again. LW_IDLE_NS of native/guard/guard.h.</summary>
    internal static readonly TimeSpan Negligible = TimeSpan.FromMicroseconds(100);

    internal static EventCount Of(SafeDescriptor descriptor)
    {
        ulong* values = stackalloc ulong[3];
        nint got = Libc.Read(descriptor.Number, values, 3 * sizeof(ulong));
        if (got < sizeof(ulong))
            return new EventCount(0, Failed: 1);
        TimeSpan idle = got < 3 * sizeof(ulong) || values[1] <= values[2] ? TimeSpan.Zero : TimeSpan.FromMicroseconds((values[1] - values[2]) / 1000.0);
        return new EventCount((long)values[0], idle < Negligible ? TimeSpan.Zero : idle);
    }
}
