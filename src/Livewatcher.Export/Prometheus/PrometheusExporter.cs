// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using System.Net;
using System.Net.Sockets;
using Livewatcher.Export.Counting;
using Livewatcher.Model;

namespace Livewatcher.Export.Prometheus;

/// <summary>Counters for Prometheus to fetch, for as long as the watching goes on.</summary>
internal sealed class PrometheusExporter : IExporter
{
    private readonly HitMeters meters;
    private readonly PageServer server;
    private NoteEvent? news;

    /// <exception cref="UserException">The address cannot be listened at.</exception>
    internal PrometheusExporter(IPEndPoint place, ExportLimits limits)
    {
        meters = new HitMeters(limits.MaxSeries);
        try
        {
            server = new PageServer(place, () => MetricsPage.Of(Metrics.Of(meters.Read())), limits.Patience);
        }
        catch (SocketException e)
        {
            throw Refusal(place, e);
        }

        news = new NoteEvent(DateTimeOffset.Now, NoteLevel.Info, $"--prometheus: the metrics are at http://{server.Place}/metrics");
    }

    /// <summary>Where it is to be had.</summary>
    internal IPEndPoint Place => server.Place;

    /// <exception cref="UserException">The address cannot be listened at.</exception>
    internal static void Check(IPEndPoint place)
    {
        try
        {
            PageServer.Listen(place).Dispose();
        }
        catch (SocketException e)
        {
            throw Refusal(place, e);
        }
    }

    public void Add(WatchEvent watchEvent) => meters.Add(watchEvent);

    public void Take(SessionTally tally) => meters.Take(tally);

    public NoteEvent? TakeNews()
    {
        NoteEvent? one = news;
        news = null;
        return one;
    }

    public CoverageEvent Finish(CoverageEvent coverage)
    {
        meters.Add(coverage);
        return coverage;
    }

    public void Dispose() => server.Dispose();

    private static UserException Refusal(IPEndPoint place, SocketException e) =>
        new($"--prometheus {place}: cannot listen there: {e.Message} ({e.SocketErrorCode}); port 0 takes a free one");
}
