// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using Livewatcher.Export.Counting;
using Livewatcher.Export.Journal;
using Livewatcher.Export.Otlp;
using Livewatcher.Export.Prometheus;
using Livewatcher.Export.Sending;
using Livewatcher.Export.Syslog;
using Livewatcher.Model;

namespace Livewatcher.Export;

/// <summary>All receivers of one session. A receiver that is not there is no error: it may come later.</summary>
public sealed class Exporters : IExporter
{
    private readonly List<IExporter> all = [];

    private Exporters()
    {
    }

    /// <summary>Whether anybody receives anything.</summary>
    public bool Any => all.Count > 0;

    /// <summary>systemd's place of the journal's socket.</summary>
    public static string JournalPath => JournalOutlet.UsualPath;

    /// <exception cref="UserException">The metrics' address cannot be listened at.</exception>
    public static Exporters Open(ExportSettings settings)
    {
        Exporters opened = new();
        if (settings.Prometheus is { } place)
            opened.all.Add(new PrometheusExporter(place, settings.Limits)); // the only one that can fail
        if (settings.Otlp is { } receiver)
        {
            HitMeters meters = new(settings.Limits.MaxSeries);
            OtlpJson json = new(settings.Version, Environment.MachineName, DateTimeOffset.UtcNow);
            opened.all.Add(new QueuedExporter("--otlp", new OtlpOutlet(receiver, settings.OtlpHeaders, json, meters, settings.Limits), settings.Limits, meters));
        }

        if (settings.Journal is { } journal)
            opened.all.Add(new QueuedExporter("--journald", new JournalOutlet(journal), settings.Limits));
        if (settings.Syslog is { } syslog)
            opened.all.Add(new QueuedExporter("--syslog", new SyslogOutlet(syslog, Environment.MachineName, Environment.ProcessId), settings.Limits));
        return opened;
    }

    /// <summary>Whether it can begin at all, before a program is started.</summary>
    /// <exception cref="UserException">It cannot.</exception>
    public static void Check(ExportSettings settings)
    {
        if (settings.Prometheus is { } place)
            PrometheusExporter.Check(place);
    }

    public void Add(WatchEvent watchEvent) => all.ForEach(one => one.Add(watchEvent));

    public void Take(SessionTally tally) => all.ForEach(one => one.Take(tally));

    public NoteEvent? TakeNews() => all.Select(one => one.TakeNews()).FirstOrDefault(note => note is not null);

    public CoverageEvent Finish(CoverageEvent coverage)
    {
        // Side by side: each has its time, and they may all be gone.
        Task<CoverageEvent>[] told = [.. all.Select(one => Task.Run(() => one.Finish(coverage)))];
        Task.WaitAll(told);
        return coverage with { Gaps = [.. coverage.Gaps, .. told.SelectMany(one => one.Result.Gaps.Skip(coverage.Gaps.Count))] };
    }

    public void Dispose() => all.ForEach(one => one.Dispose());
}
