// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

namespace Livewatcher.Recording.Format;

/// <summary>Times in a recording: nanoseconds since 1970-01-01T00:00:00Z. The wall clock's offset stands in table zone.</summary>
internal static class Times
{
    private const int NanosecondsPerTick = 100;

    internal static long ToStored(DateTimeOffset time) => (time.UtcTicks - DateTimeOffset.UnixEpoch.Ticks) * NanosecondsPerTick;

    /// <summary>A stretch of time, in nanoseconds as well.</summary>
    internal static long ToStored(TimeSpan time) => time.Ticks * NanosecondsPerTick;

    internal static TimeSpan SpanOf(long nanoseconds) => TimeSpan.FromTicks(nanoseconds / NanosecondsPerTick);

    /// <returns>Null where no calendar has such a time.</returns>
    internal static DateTimeOffset? FromStored(long nanoseconds, TimeSpan offset)
    {
        long ticks = DateTimeOffset.UnixEpoch.Ticks + (nanoseconds / NanosecondsPerTick);
        return ticks >= TimeSpan.TicksPerDay && ticks <= DateTime.MaxValue.Ticks - TimeSpan.TicksPerDay
            ? new DateTimeOffset(ticks, TimeSpan.Zero).ToOffset(offset)
            : null;
    }
}
