// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using Livewatcher.Model;
using Livewatcher.Recording.Format;
using Livewatcher.Recording.Writing;
using Microsoft.Data.Sqlite;

namespace Livewatcher.Recording;

/// <summary>Keeps the newest hits in memory. They are written at the end, and whenever somebody asks for it, from any thread.</summary>
public sealed class FlightRecorder : IRecorder
{
    /// <summary>Notes, messages and armed watches that are kept besides.</summary>
    private const int MaxOthers = 10_000;

    private readonly RecordingSettings settings;
    private readonly Queue<(long Number, WatchEvent Event)> hits = [];
    private readonly Queue<(long Number, WatchEvent Event)> others = [];
    private readonly Lock gate = new();
    private readonly Lock writing = new();
    private readonly int keep;
    private long number;
    private long passed;
    private volatile NoteEvent? news;
    private bool finished;
    private bool onDemandOnly;

    private FlightRecorder(RecordingSettings settings, int keep)
    {
        this.settings = settings;
        this.keep = keep;
    }

    /// <summary>Makes the file, empty as yet: that it can be written is known from the start.</summary>
    /// <param name="settings">Where to.</param>
    /// <param name="keep">Hits, at least 1.</param>
    /// <exception cref="UserException">The file cannot be written.</exception>
    public static FlightRecorder Open(RecordingSettings settings, int keep)
    {
        using (RecordingWriter writer = RecordingWriter.Create(settings))
            writer.Fold();
        return new FlightRecorder(settings, keep);
    }

    /// <summary>Writes nothing but what is asked for by <see cref="Dump"/>.</summary>
    /// <param name="facts">What a recording says of machine and command.</param>
    /// <param name="keep">Hits, at least 1.</param>
    public static FlightRecorder OnDemand(IReadOnlyList<KeyValuePair<string, string>> facts, int keep) => new(new RecordingSettings("", facts), keep) { onDemandOnly = true };

    public void Add(WatchEvent watchEvent)
    {
        if (watchEvent is WriterRow or CoverageEvent or StatusEvent or RegistersEvent)
            return;
        lock (gate)
        {
            number++;
            Queue<(long, WatchEvent)> queue = watchEvent is Hit ? hits : others;
            queue.Enqueue((number, watchEvent));
            if (hits.Count > keep)
            {
                hits.Dequeue();
                passed++;
            }

            if (others.Count > MaxOthers)
                others.Dequeue();
        }
    }

    public NoteEvent? TakeNews() => news is null ? null : Interlocked.Exchange(ref news, null);

    /// <summary>Writes what is there now. From any thread.</summary>
    /// <param name="file">Another place; null for the usual one.</param>
    /// <returns>What was written, as a sentence.</returns>
    /// <exception cref="UserException">The file cannot be written.</exception>
    public string Dump(string? file) => Write(file ?? settings.File, null);

    public CoverageEvent Finish(CoverageEvent coverage)
    {
        finished = true;
        if (onDemandOnly)
            return coverage;
        try
        {
            Write(settings.File, coverage);
            return coverage;
        }
        catch (UserException e)
        {
            news = new NoteEvent(DateTimeOffset.Now, NoteLevel.Warning, e.Message);
            return coverage;
        }
    }

    public void Dispose()
    {
        if (finished || onDemandOnly)
            return;
        try
        {
            Dump(null); // the session has failed: what it saw until then is all that there is
        }
        catch (UserException)
        {
            // That failure is the one to be told.
        }
    }

    /// <summary>Beside the place first, so that what is there already stays until there is something better.</summary>
    private string Write(string file, CoverageEvent? coverage)
    {
        lock (writing)
        {
            (WatchEvent[] events, long count, long older) = Snapshot();
            string draft = $"{file}.part";
            try
            {
                using (RecordingWriter writer = RecordingWriter.Create(settings with { File = draft }))
                {
                    Dictionary<Omission, long> omissions = older == 0 ? [] : new() { [Omission.Last] = older };
                    writer.Write(events, omissions, DateTimeOffset.Now);
                    if (coverage is not null)
                        writer.Close(coverage with { Gaps = [.. coverage.Gaps, .. omissions.Select(one => Omissions.Sentence(one.Key, one.Value))] });
                    writer.Fold();
                }

                using (FileClaim.Take(file, keep: true))
                    File.Move(draft, file, overwrite: true);
            }
            catch (Exception e) when (e is SqliteException or IOException or UnauthorizedAccessException)
            {
                Remove(draft);
                throw new UserException($"cannot write --record {file}: {(e is SqliteException why ? Sqlite.Describe(why) : e.Message)}");
            }
            catch (UserException)
            {
                Remove(draft);
                throw;
            }

            return $"wrote the newest {(count == 1 ? "hit" : $"{count:N0} hits")} to {file}";
        }
    }

    private static void Remove(string draft)
    {
        try
        {
            File.Delete(draft);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // It was not made.
        }
    }

    private (WatchEvent[] Events, long Hits, long Older) Snapshot()
    {
        lock (gate)
            return ([.. hits.Concat(others).OrderBy(one => one.Number).Select(one => one.Event)], hits.Count, passed);
    }
}
