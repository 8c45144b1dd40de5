// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using System.Globalization;
using Livewatcher.Model;

namespace Livewatcher.Engine.Examining;

/// <summary>Makes checks, and the words and numbers in them.</summary>
internal static class Conclusion
{
    internal static Check Works(string name, string title, string finding, params IReadOnlyList<Figure> figures) =>
        new(name, title, CheckOutcome.Works, finding, [], figures);

    internal static Check Degraded(string name, string title, string finding, IReadOnlyList<string> remedies, params IReadOnlyList<Figure> figures) =>
        new(name, title, CheckOutcome.Degraded, finding, remedies, figures);

    internal static Check Fails(string name, string title, string finding, IReadOnlyList<string> remedies, params IReadOnlyList<Figure> figures) =>
        new(name, title, CheckOutcome.Fails, finding, remedies, figures);

    /// <summary>What rests on a thing that does not work; that thing's own check says why.</summary>
    internal static Check NotTried(string name, string title, Observations seen) =>
        Fails(name, title, $"Could not be tried: {Obstacle(seen)}.", []);

    /// <summary>Whether the kernel gives debug registers that never trap: then a figure of 0 says nothing of what counts with them.</summary>
    internal static bool HasDeadRegisters(Observations seen) =>
        seen.UserWrites is { Refusal: null, Counted: 0, Strays: 0 } && seen.Flood is null or { Counted: 0, Strays: 0 };

    /// <summary>20,000.</summary>
    internal static string Number(long value) => value.ToString("N0", CultureInfo.InvariantCulture);

    /// <summary>"1 hit", "20,000 hits".</summary>
    internal static string Count(long value, string noun) => $"{Number(value)} {noun}{(value == 1 ? "" : "s")}";

    /// <summary>"a, b and c".</summary>
    internal static string List(IReadOnlyList<string> items) =>
        items.Count < 2 ? string.Concat(items) : $"{string.Join(", ", items.SkipLast(1))} and {items[^1]}";

    /// <summary>"16.4 us".</summary>
    internal static string Microseconds(long nanoseconds) =>
        string.Create(CultureInfo.InvariantCulture, $"{nanoseconds / 1000.0:0.0} us");

    /// <summary>"8 MiB", "64 KiB".</summary>
    internal static string Bytes(long bytes) =>
        bytes >= 1 << 20 && bytes % (1 << 20) == 0 ? $"{bytes >> 20} MiB" : bytes % 1024 == 0 ? $"{bytes >> 10} KiB" : $"{bytes} bytes";

    private static string Obstacle(Observations seen) =>
        HasDeadRegisters(seen) ? "no debug register traps here (perf events, above)"
        : seen.Delivery is { } refusal ? refusal.ToString()
        : seen.Bpf is not null && seen.PerfRings is not null ? "neither backend loads"
        : seen.Flood is { Recorded: 0 } ? "no record came through (ring buffer, above)"
        : "what it rests on does not work";
}
