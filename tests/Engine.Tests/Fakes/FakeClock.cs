// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using Livewatcher.Model;

namespace Livewatcher.Engine.Tests.Fakes;

/// <summary>Time that moves only when somebody moves it.</summary>
internal sealed class FakeClock : IClock
{
    /// <summary>Some uptime, so that nothing is near zero by accident.</summary>
    internal const ulong Start = 5_000_000_000_000;

    private static readonly DateTimeOffset WallStart = new(2026, 1, 2, 3, 4, 5, TimeSpan.FromHours(1));

    private ulong now = Start;

    public ulong Now => Volatile.Read(ref now);

    /// <summary>Milliseconds since the start.</summary>
    internal double Milliseconds => (Now - Start) / 1e6;

    public DateTimeOffset ToWallClock(ulong monotonic) => Wall((monotonic - (double)Start) / 1e6);

    internal static DateTimeOffset Wall(double milliseconds) => WallStart.AddMicroseconds(Math.Round(milliseconds * 1000));

    internal static ulong At(double milliseconds) => Start + (ulong)(milliseconds * 1e6);

    internal void Advance(TimeSpan time) => Interlocked.Add(ref now, (ulong)time.TotalNanoseconds);

    /// <summary>A microsecond passes; no two stamps are equal.</summary>
    internal ulong Tick() => Interlocked.Add(ref now, 1000);
}
