// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using Livewatcher.Engine.Accounting;
using Livewatcher.Model;
using Livewatcher.Render.Screen;

namespace Livewatcher.Cli.Screen;

/// <summary>What the screen shows, as events make it. Events come on the session's thread, questions on the screen's.</summary>
internal sealed class LiveModel(string title)
{
    /// <summary>The newest hits, which can be looked at, searched and written to a recording.</summary>
    internal const int HeldHits = 10_000;

    private const int ListedHits = 500;
    private const int HeldNotes = 1000;
    private const int Seconds = 120;

    /// <summary>Long before any moment of a clock in milliseconds.</summary>
    private const long Never = -1_000_000_000;
    private const int RememberedWriters = 20_000;

    private readonly Lock gate = new();
    private readonly Dictionary<(string Label, AccessMode Mode), Meter> meters = [];
    private readonly Dictionary<Watch, bool> watches = new(ReferenceEqualityComparer.Instance);
    private readonly WriterTable writers = new();
    private readonly Dictionary<WriterKey, Hit> newestOf = [];
    private readonly Queue<Hit> held = [];
    private readonly Queue<string> notes = [];
    private readonly HashSet<WriterKey> ignored = [];
    private ShownHits? filter;
    private WriterTable filtered = new();
    private readonly Queue<Hit> filteredHits = [];
    private string mode = "";
    private DateTimeOffset? began;
    private DateTimeOffset last;
    private long reported;
    private RunProgress? progress;
    private CoverageEvent? coverage;
    private IReadOnlyList<WriterRow> ranked = [];
    private long rankedAt = Never;
    private bool changed = true;

    internal void Publish(WatchEvent one)
    {
        lock (gate)
        {
            changed = true;
            switch (one)
            {
                case ArmedEvent armed:
                    mode = $"{armed.Backend}, scope {armed.Scope}, guard {(armed.Guard ? "on" : "off")}";
                    Begin(armed.Time);
                    watches[armed.Watch] = true;
                    MeterOf(armed.Watch).Value = armed.Initial?.Text;
                    break;
                case Hit hit:
                    Begin(hit.Time);
                    Add(hit);
                    break;
                case NoteEvent note:
                    Note(note.Time, $"{(note.Level == NoteLevel.Warning ? "warning: " : "")}{note.Text}");
                    break;
                case CoverageEvent end:
                    coverage = end;
                    Begin(end.To);
                    break;
            }
        }
    }

    internal void Observe(RunProgress told)
    {
        lock (gate)
            progress = told;
    }

    /// <summary>Takes a writer for ignored from now on.</summary>
    internal void Ignored(WriterKey writer)
    {
        lock (gate)
            ignored.Add(writer.Place);
    }

    /// <summary>The newest hit of a writer; null where it is forgotten.</summary>
    internal Hit? NewestOf(WriterKey writer)
    {
        lock (gate)
            return newestOf.GetValueOrDefault(writer);
    }

    /// <summary>Shows a part of the hits: of those that are held, and of all that come.</summary>
    /// <param name="text">As typed; empty for all.</param>
    /// <returns>Whether it is a condition.</returns>
    /// <exception cref="UserException">It cannot be decided.</exception>
    internal bool Show(string text)
    {
        lock (gate)
        {
            ShownHits? next = text.Length == 0 ? null : ShownHits.Parse(text, watches.Keys);
            filter = next;
            filtered = new WriterTable();
            filteredHits.Clear();
            foreach (Hit hit in held)
                Sift(hit);
            rankedAt = Never;
            changed = true;
            return next?.IsCondition == true;
        }
    }

    /// <param name="state">What the user wants to see.</param>
    /// <param name="now">The time, for a watching that goes on; null for a recording.</param>
    /// <param name="tick">Milliseconds of any clock that goes on: writers are ranked anew once in a while.</param>
    internal ScreenModel Look(ScreenState state, DateTimeOffset? now, long tick)
    {
        lock (gate)
        {
            DateTimeOffset until = coverage is null && now is { } goesOn ? goesOn : last;
            Rank(tick);
            return new ScreenModel
            {
                Title = title,
                Mode = mode,
                Elapsed = began is { } start && until > start ? until - start : TimeSpan.Zero,
                Ended = coverage?.Why,
                Watches = [.. meters.Select(one => one.Value.Look(one.Key.Label, one.Key.Mode, until, isOver: coverage is not null || now is null) with { Waits = Waits(one.Key.Label) })],
                Writers = WriterOrders.Sort(ranked, state.Order),
                Hits = [.. (filter is null ? held : filteredHits).Reverse().Take(ListedHits)],
                Reported = reported,
                Filtered = filter is null ? null : (filteredHits.Count, held.Count),
                Counts = coverage?.Hits ?? progress?.Hits,
                Gaps = coverage?.Gaps ?? progress?.Gaps ?? [],
                Closed = coverage?.Closed ?? true,
                Notes = [.. notes, .. (coverage?.Gaps ?? progress?.Gaps ?? []).Select(gap => $"gap: {gap}")],
                Ignored = ignored.ToHashSet(),
            };
        }
    }

    private bool Waits(string label) => coverage is null && progress?.ArmedNow?.Contains(label) == false;

    private void Begin(DateTimeOffset time)
    {
        began ??= time;
        last = time > last ? time : last;
    }

    private void Add(Hit hit)
    {
        reported++;
        writers.Add(hit);
        if (!hit.Escaped && (newestOf.Count < RememberedWriters || newestOf.ContainsKey(WriterKey.Of(hit))))
            newestOf[WriterKey.Of(hit)] = hit;
        held.Enqueue(hit);
        if (held.Count > HeldHits && held.Dequeue() is var oldest && filteredHits.TryPeek(out Hit? shown) && ReferenceEquals(shown, oldest))
            filteredHits.Dequeue();
        MeterOf(hit.Watch).Count(hit);
        Sift(hit);
    }

    private void Sift(Hit hit)
    {
        if (filter?.Takes(hit) != true)
            return;
        filtered.Add(hit);
        filteredHits.Enqueue(hit);
    }

    private void Note(DateTimeOffset time, string text)
    {
        notes.Enqueue($"{time:HH:mm:ss} {text}");
        if (notes.Count > HeldNotes)
            notes.Dequeue();
    }

    /// <summary>Thousands of writers take a while to be ranked, and the session must not wait for it.</summary>
    private void Rank(long tick)
    {
        if (!changed || tick - rankedAt < Math.Max(300, ranked.Count / 2))
            return;
        ranked = [.. (filter is null ? writers : filtered).Rank()];
        rankedAt = tick;
        changed = false;
    }

    private Meter MeterOf(Watch watch)
    {
        if (!meters.TryGetValue((watch.Label, watch.Mode), out Meter? meter))
            meters[(watch.Label, watch.Mode)] = meter = new Meter();
        return meter;
    }

    /// <summary>Hits of one watch, by second.</summary>
    private sealed class Meter
    {
        private readonly long[] counts = new long[Seconds];
        private long newest;
        private long hits;

        internal string? Value { get; set; }

        internal void Count(Hit hit)
        {
            hits++;
            Value = hit.New?.Text ?? Value;
            long second = hit.Time.ToUnixTimeSeconds();
            Advance(second);
            if (newest - second < Seconds)
                counts[second % Seconds]++;
        }

        internal ScreenWatch Look(string label, AccessMode mode, DateTimeOffset until, bool isOver)
        {
            // The second that goes on is not whole yet.
            long end = until.ToUnixTimeSeconds() - (isOver ? 0 : 1);
            Advance(end);
            long first = Math.Max(newest - Seconds + 1, 0);
            long[] shown = [.. Enumerable.Range(0, (int)Math.Max(end - first + 1, 0)).Select(i => counts[(first + i) % Seconds])];
            return new ScreenWatch(label, mode.Word(), Value, hits, shown);
        }

        private void Advance(long second)
        {
            if (second - newest >= Seconds)
                Array.Clear(counts);
            for (long one = Math.Max(newest + 1, second - Seconds + 1); one <= second; one++)
                counts[one % Seconds] = 0;
            newest = Math.Max(newest, second);
        }
    }
}
