// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using System.Diagnostics;
using Livewatcher.Model;

namespace Livewatcher.Linux.Interop;

/// <summary>CLOCK_MONOTONIC, which .NET's Stopwatch is on Linux, in nanoseconds.</summary>
public sealed class MonotonicClock : IClock
{
    private long offset;

    public ulong Now => (ulong)(Stopwatch.GetTimestamp() * (1_000_000_000L / Stopwatch.Frequency));

    /// <summary>By the two clocks' difference, taken anew when the wall clock has been set (by more than a millisecond), so
    /// that the wall times of one run keep the order of their stamps.</summary>
    public DateTimeOffset ToWallClock(ulong monotonic)
    {
        long difference = DateTimeOffset.UtcNow.Ticks - (long)(Now / 100);
        long known = Interlocked.Read(ref offset);
        if (Math.Abs(difference - known) > TimeSpan.TicksPerMillisecond)
            Interlocked.Exchange(ref offset, known = difference);
        return new DateTimeOffset(known + (long)(monotonic / 100), TimeSpan.Zero).ToLocalTime();
    }
}
