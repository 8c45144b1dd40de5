// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using Livewatcher.Export.Counting;
using Livewatcher.Export.Messages;
using Livewatcher.Model;

namespace Livewatcher.Export.Sending;

/// <summary>Sends messages to one receiver, on a thread of its own. The session never waits for it: what finds too many others waiting, or
/// cannot be sent by the end, is lost, counted, and a gap of the closing statement.</summary>
internal sealed class QueuedExporter : IExporter
{
    /// <summary>Longer than a receiver may ask for: hours of it would be hours without.</summary>
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(30);

    private readonly string name;
    private readonly IOutlet outlet;
    private readonly ExportLimits limits;
    private readonly HitMeters? meters;
    private readonly Thread thread;
    private readonly CancellationTokenSource over = new();
    private readonly object gate = new();
    private readonly Queue<NoteEvent> news = [];
    private List<WatchEvent> waiting = [];
    private long accepted;
    private long lost;
    private string? whyLost;
    private int inFlight;
    private bool ending;
    private bool trouble;
    private bool summaryFailed;
    private bool toldOfRefusal;
    private bool toldOfSummary;

    /// <param name="name">The option that asked for it, for messages.</param>
    /// <param name="outlet">Owned from here on.</param>
    /// <param name="limits">How much may wait, and how long.</param>
    /// <param name="meters">Counted along, where the receiver takes metrics.</param>
    internal QueuedExporter(string name, IOutlet outlet, ExportLimits limits, HitMeters? meters = null)
    {
        this.name = name;
        this.outlet = outlet;
        this.limits = limits;
        this.meters = meters;
        thread = new Thread(Run) { Name = $"lw-{name.TrimStart('-')}", IsBackground = true };
        thread.Start();
    }

    public void Add(WatchEvent watchEvent)
    {
        meters?.Add(watchEvent);
        if (!MessageText.IsTold(watchEvent))
            return;
        lock (gate)
        {
            accepted++;
            if (waiting.Count + inFlight >= limits.MaxWaiting)
            {
                if (!trouble && lost == 0)
                    Tell(NoteLevel.Warning, "lacks messages from here: they come faster than they are taken");
                Lose(1, "they came faster than they were taken");
                return;
            }

            waiting.Add(watchEvent);
            if (waiting.Count == outlet.MaxBatch)
                Monitor.Pulse(gate);
        }
    }

    public void Take(SessionTally tally) => meters?.Take(tally);

    public NoteEvent? TakeNews()
    {
        if (news.Count == 0) // without the lock: the next event asks again
            return null;
        lock (gate)
            return news.TryDequeue(out NoteEvent? note) ? note : null;
    }

    public CoverageEvent Finish(CoverageEvent coverage)
    {
        Add(coverage);
        End();
        List<string> gaps = [.. coverage.Gaps];
        if (lost > 0)
            gaps.Add($"{name}: {lost:N0} of {accepted:N0} messages, of which each hit is one, did not reach {outlet.Place} for all that is known: {whyLost}");
        if (summaryFailed)
            gaps.Add($"{name}: the last metrics did not reach {outlet.Place}");
        return coverage with { Gaps = gaps };
    }

    public void Dispose()
    {
        End();
        outlet.Dispose();
        over.Dispose();
    }

    private void End()
    {
        lock (gate)
        {
            if (!ending)
                over.CancelAfter(limits.EndPatience);
            ending = true;
            Monitor.PulseAll(gate);
        }

        thread.Join();
    }

    private void Run()
    {
        bool last;
        do
        {
            List<WatchEvent> batch;
            lock (gate)
            {
                if (!ending && waiting.Count < outlet.MaxBatch)
                    Monitor.Wait(gate, limits.Interval);
                last = ending;
                batch = waiting;
                waiting = [];
                inFlight = batch.Count;
            }

            foreach (WatchEvent[] some in batch.Chunk(outlet.MaxBatch))
                Deliver(new Parcel([.. some.Select(MessageText.Of)]));
            Summarize(last);
        }
        while (!last);
    }

    private void Deliver(Parcel parcel)
    {
        bool done = false;
        while (!done)
        {
            int before = parcel.Left;
            long refused = parcel.Refused;
            TimeSpan? pause = Attempt(stop => outlet.SendAsync(parcel, stop), Complain);
            if (pause is null)
                Recover();
            lock (gate)
            {
                inFlight -= before - parcel.Left;
                if (parcel.Refused > refused)
                    Refuse(parcel.Refused - refused, parcel.WhyRefused!);
                done = parcel.Left == 0;
                if (done || pause is null)
                    continue;
                if (!ending)
                    Monitor.Wait(gate, pause.Value);
                if (ending && over.IsCancellationRequested)
                    done = Abandon(parcel);
            }
        }
    }

    /// <returns>Null where it went well; else how long to wait.</returns>
    private TimeSpan? Attempt(Func<CancellationToken, Task> send, Action<string> complain)
    {
        try
        {
            using CancellationTokenSource patience = CancellationTokenSource.CreateLinkedTokenSource(over.Token);
            patience.CancelAfter(limits.Patience);
            send(patience.Token).GetAwaiter().GetResult();
            return null;
        }
        catch (Exception e) when (Failures.IsExpected(e))
        {
            complain(Failures.Describe(e));
            TimeSpan pause = (e as ReceiverBusyException)?.After ?? limits.Retry;
            return pause < LongestPause ? pause : LongestPause;
        }
    }

    private void Summarize(bool last)
    {
        bool failed = Attempt(stop => outlet.SendSummaryAsync(last, stop), why =>
        {
            lock (gate)
            {
                if (!toldOfSummary && !trouble)
                    Tell(NoteLevel.Warning, $"cannot send metrics to {outlet.Place}: {why}");
                toldOfSummary = true;
            }
        }) is not null;
        summaryFailed = last && failed;
    }

    /// <summary>It is over, and the receiver is not there.</summary>
    private bool Abandon(Parcel parcel)
    {
        Lose(parcel.Left, whyLost ?? "it took too long");
        inFlight -= parcel.Left;
        return true;
    }

    private void Refuse(long count, string why)
    {
        Lose(count, why);
        if (!toldOfRefusal)
            Tell(NoteLevel.Warning, $"{outlet.Place} has refused {count:N0} messages: {why}");
        toldOfRefusal = true;
    }

    private void Complain(string why)
    {
        lock (gate)
        {
            if (!trouble || !over.IsCancellationRequested)
                whyLost = why;
            if (!trouble)
                Tell(NoteLevel.Warning, $"cannot be sent to {outlet.Place}: {why}; it is tried again every second, and what cannot wait is lost");
            trouble = true;
            if (ending)
                over.Cancel(); // there is nobody to wait for
        }
    }

    private void Recover()
    {
        if (!trouble)
            return;
        lock (gate)
        {
            trouble = false;
            Tell(NoteLevel.Info, $"is sent to {outlet.Place} again; {(lost == 0 ? "nothing was lost" : $"{lost:N0} messages were lost by now")}");
        }
    }

    private void Lose(long count, string why)
    {
        lost += count;
        whyLost = why;
    }

    private void Tell(NoteLevel level, string what) => news.Enqueue(new NoteEvent(DateTimeOffset.Now, level, $"{name} {what}"));
}
