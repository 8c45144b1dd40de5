// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using Livewatcher.Model;
using Livewatcher.Recording.Format;
using Livewatcher.Recording.Writing;
using Microsoft.Data.Sqlite;

namespace Livewatcher.Recording;

/// <summary>Writes all that is published, on a thread of its own, in transactions of a fifth of a second. The session never waits for
/// it: hits that find half a million others waiting are lost, counted, and a gap of the closing statement.</summary>
public sealed class Recorder : IRecorder
{
    private const int MaxBatch = 20_000;

    /// <summary>A bounded file has room for a transaction besides what it keeps: one that takes at most some hundredths of it.</summary>
    private const int BytesPerBatchedHit = 2048;

    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan RetryInterval = TimeSpan.FromSeconds(1);

    private readonly RecordingSettings settings;
    private readonly RecordingWriter writer;
    private readonly Thread thread;
    private readonly int batchSize;
    private readonly object gate = new();
    private readonly Queue<NoteEvent> news = [];
    private readonly Dictionary<Omission, long> lost = [];
    private List<WatchEvent> waiting = [];
    private long failing;
    private bool ending;
    private bool trouble;
    private CoverageEvent? closing;

    private Recorder(RecordingSettings settings, RecordingWriter writer)
    {
        this.settings = settings;
        this.writer = writer;
        batchSize = settings.MaxBytes is { } bytes ? (int)Math.Min(MaxBatch, Math.Max(100, bytes / BytesPerBatchedHit)) : MaxBatch;
        thread = new Thread(Run) { Name = "lw-recorder", IsBackground = true };
        thread.Start();
    }

    /// <exception cref="UserException">The file cannot be written.</exception>
    public static Recorder Open(RecordingSettings settings) => new(settings, RecordingWriter.Create(settings));

    /// <summary>Makes the file, empty as yet, and leaves it.</summary>
    /// <exception cref="UserException">The file cannot be written.</exception>
    public static void Check(RecordingSettings settings)
    {
        using RecordingWriter trial = RecordingWriter.Create(settings);
        trial.Fold();
    }

    public void Add(WatchEvent watchEvent)
    {
        if (watchEvent is WriterRow or CoverageEvent or StatusEvent or RegistersEvent)
            return;
        lock (gate)
        {
            if (watchEvent is Hit && waiting.Count + failing >= settings.MaxWaiting)
            {
                Omission reason = trouble ? Omission.Disk : Omission.Lag;
                if (reason == Omission.Lag && !lost.ContainsKey(reason))
                    Tell(NoteLevel.Warning, "lacks hits from here: they come faster than they can be written");
                lost[reason] = lost.GetValueOrDefault(reason) + 1;
                return;
            }

            waiting.Add(watchEvent);
        }
    }

    public NoteEvent? TakeNews()
    {
        if (news.Count == 0) // without the lock: the next event asks again
            return null;
        lock (gate)
            return news.TryDequeue(out NoteEvent? note) ? note : null;
    }

    public CoverageEvent Finish(CoverageEvent coverage)
    {
        lock (gate)
        {
            closing = coverage;
            ending = true;
            Monitor.Pulse(gate);
        }

        thread.Join();
        return coverage with { Gaps = [.. coverage.Gaps, .. Sentences(lost)] };
    }

    public void Dispose()
    {
        lock (gate)
        {
            ending = true;
            Monitor.Pulse(gate);
        }

        thread.Join();
        writer.Dispose();
    }

    private static IEnumerable<string> Sentences(IEnumerable<KeyValuePair<Omission, long>> omissions) =>
        omissions.OrderBy(one => one.Key).Select(one => Omissions.Sentence(one.Key, one.Value));

    private void Run()
    {
        bool last;
        do
        {
            List<WatchEvent> batch;
            lock (gate)
            {
                if (!ending)
                    Monitor.Wait(gate, Interval);
                last = ending;
                batch = waiting;
                waiting = [];
                failing = batch.Count;
            }

            WriteAll(batch, ref last);
        }
        while (!last || AnyWaiting());
        Close();
    }

    /// <summary>What has come in while a full disk was tried again has its turn too, and is counted where it fails.</summary>
    private bool AnyWaiting()
    {
        lock (gate)
            return waiting.Count > 0;
    }

    private void WriteAll(List<WatchEvent> batch, ref bool last)
    {
        int done = 0;
        bool committed = batch.Count == 0 && !trouble && !HasAge;
        while (!committed)
        {
            int count = Math.Min(batchSize, batch.Count - done);
            try
            {
                Dictionary<Omission, long> omissions;
                lock (gate)
                    omissions = new Dictionary<Omission, long>(lost);
                writer.Write(System.Runtime.InteropServices.CollectionsMarshal.AsSpan(batch).Slice(done, count), omissions, DateTimeOffset.Now);
                done += count;
                committed = done == batch.Count;
                lock (gate)
                    failing = batch.Count - done;
                Recover();
            }
            catch (SqliteException e)
            {
                Complain(e);
                last = WaitForRetry();
                if (!last)
                    continue;
                Lose(batch.Skip(done).Count(one => one is Hit));
                return;
            }
        }
    }

    private bool HasAge => settings.MaxAge is not null;

    private void Close()
    {
        try
        {
            if (closing is { } coverage)
            {
                IEnumerable<string> lacks;
                lock (gate)
                    lacks = [.. Sentences(lost.Concat(writer.TrimmedHits))];
                writer.Close(coverage with { Gaps = [.. coverage.Gaps, .. lacks] });
            }

            writer.Fold();
        }
        catch (SqliteException e)
        {
            Complain(e);
        }
    }

    /// <returns>Whether it is over: then nobody waits for room on the disk.</returns>
    private bool WaitForRetry()
    {
        lock (gate)
        {
            if (!ending)
                Monitor.Wait(gate, RetryInterval);
            return ending;
        }
    }

    private void Complain(SqliteException e)
    {
        lock (gate)
        {
            if (!trouble)
                Tell(NoteLevel.Warning, $"cannot be written: {Sqlite.Describe(e)}; it is tried again every second, and what cannot wait is lost");
            trouble = true;
        }
    }

    private void Recover()
    {
        if (!trouble)
            return;
        lock (gate)
        {
            trouble = false;
            long hits = lost.GetValueOrDefault(Omission.Disk);
            Tell(NoteLevel.Info, $"is written again; {(hits == 0 ? "nothing was lost" : $"{hits:N0} hits were lost")}");
        }
    }

    private void Tell(NoteLevel level, string what) => news.Enqueue(new NoteEvent(DateTimeOffset.Now, level, $"the recording {settings.File} {what}"));

    private void Lose(long hits)
    {
        if (hits == 0)
            return;
        lock (gate)
            lost[Omission.Disk] = lost.GetValueOrDefault(Omission.Disk) + hits;
    }
}
