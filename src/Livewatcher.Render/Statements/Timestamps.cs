// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

namespace Livewatcher.Render;

/// <summary>The two ways a moment is written: RFC 3339 for machines, the clock for people. Both have microseconds,
/// cut off, not rounded, so that a time is never later than the event.</summary>
public static class Timestamps
{
    /// <summary>Length of every result of <see cref="WriteRfc3339"/>.</summary>
    public const int Rfc3339Length = 32;

    // The round-trip format is the quickest one .NET has, and fixed: 2026-11-22T14:02:11.4829137+01:00.
    private const int RoundTripLength = 33;
    private const int ClockStart = 11;
    private const int ClockLength = 15;
    private const int SeventhDigit = 26;

    /// <summary>2026-11-22T14:02:11.482913+01:00 (RFC 3339, section 5.6).</summary>
    public static void WriteRfc3339(DateTimeOffset time, Span<byte> destination)
    {
        Span<byte> whole = stackalloc byte[RoundTripLength];
        time.TryFormat(whole, out _, "O");
        whole[..SeventhDigit].CopyTo(destination);
        whole[(SeventhDigit + 1)..].CopyTo(destination[SeventhDigit..]);
    }

    /// <summary>14:02:11.482913</summary>
    public static string Clock(DateTimeOffset time)
    {
        Span<char> whole = stackalloc char[RoundTripLength];
        time.TryFormat(whole, out _, "O");
        return new string(whole.Slice(ClockStart, ClockLength));
    }

    /// <summary>2026-11-22</summary>
    public static string Date(DateTimeOffset time) => time.ToString("yyyy-MM-dd");

    /// <summary>2026-11-22 14:02:11.482913 +01:00</summary>
    public static string Full(DateTimeOffset time) => $"{Date(time)} {Clock(time)} {time:zzz}";

    /// <summary>The clock, with its date where that differs from the day the reader already knows.</summary>
    public static string ClockFrom(DateTimeOffset day, DateTimeOffset time) =>
        day.Date == time.Date ? Clock(time) : $"{Date(time)} {Clock(time)}";

    /// <summary>30.000 s, or 1:02:03 where seconds alone would not be read any more.</summary>
    public static string Span(TimeSpan span) =>
        span < TimeSpan.FromMinutes(2)
            ? $"{span.TotalSeconds:0.000} s"
            : $"{(long)span.TotalHours}:{span.Minutes:00}:{span.Seconds:00}";
}
