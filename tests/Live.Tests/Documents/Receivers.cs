// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using System.Net;
using System.Net.Sockets;
using System.Text;
using Livewatcher.Live.Tests.Exporting;

namespace Livewatcher.Live.Tests.Documents;

/// <summary>What a command of the book speaks to, on the loopback: receivers of its hits, and the server that it asks for source lines.</summary>
internal sealed class Receivers : IDisposable
{
    private const string Journal = "/run/systemd/journal/socket";
    private const string Syslog = "/dev/log";

    private readonly List<IDisposable> open = [];

    /// <summary>Each with what tells whether it has a hit.</summary>
    private readonly List<(string Name, Func<bool> Has)> asked = [];

    private readonly string? metrics;
    private string scraped = "";

    private Receivers(string? metrics) => this.metrics = metrics;

    /// <summary>Whether there is nothing more to wait for before the command is ended.</summary>
    internal bool Scraped => metrics is null || scraped.Length > 0;

    /// <summary>Those that have got no hit.</summary>
    internal IEnumerable<string> Empty => asked.Where(one => !one.Has()).Select(one => one.Name);

    /// <summary>Those that the command's words ask for.</summary>
    /// <param name="command">Not started yet.</param>
    /// <param name="sources">What a debuginfod server has.</param>
    internal static async Task<Receivers> ForAsync(BookCommand command, string sources)
    {
        Receivers all = new(command.Values("--prometheus") is [var port] ? $"http://127.0.0.1:{port}/metrics" : null);
        if (all.metrics is not null)
            all.asked.Add(("--prometheus", () => all.scraped.Length > 0));
        if (command.Values("--otlp") is [var otlp])
        {
            HttpCatch collector = new(new Uri(otlp).Port);
            all.Add("--otlp", collector, () => collector.Requests.Exists(one => one.Path == "/v1/logs" && one.Body.ToString().Contains("livewatcher.hit", StringComparison.Ordinal)));
            await collector.WarmUpAsync();
        }

        if (command.Has("--journald") && !File.Exists(Journal)) // a machine's own journal is left alone
            all.AddDatagrams("--journald", Journal, "LIVEWATCHER_KIND=hit\n");
        if (command.Has("--syslog") && command.Values("--syslog") is [var tcp] && tcp.StartsWith("tcp://", StringComparison.Ordinal))
            all.AddStream(new Uri(tcp).Port);
        else if (command.Has("--syslog") && !File.Exists(Syslog))
            all.AddDatagrams("--syslog", Syslog, " hit [hit@32473 ");
        if (command.Text.Split("DEBUGINFOD_URLS=") is [_, var rest])
        {
            SourceServer server = new(new Uri(rest.Split(' ')[0]).Port, sources);
            all.Add("debuginfod", server, () => server.Served > 0);
            await server.WarmUpAsync();
        }

        return all;
    }

    /// <summary>Asks for the metrics, where there are any, until a hit is among them.</summary>
    internal async Task ScrapeAsync(CancellationToken over)
    {
        using HttpClient client = new();
        while (!Scraped)
        {
            try
            {
                await Task.Delay(100, over);
                var page = await client.GetStringAsync(metrics, over);
                scraped = page.Contains("livewatcher_hits_total{", StringComparison.Ordinal) ? page : "";
            }
            catch (Exception e) when (e is HttpRequestException or OperationCanceledException)
            {
                if (over.IsCancellationRequested)
                    return; // Empty tells
            }
        }
    }

    public void Dispose() => open.ForEach(one => one.Dispose());

    private void Add(string name, IDisposable receiver, Func<bool> has)
    {
        open.Add(receiver);
        asked.Add((name, has));
    }

    private void AddDatagrams(string name, string path, string hit)
    {
        Datagrams socket = new(path);
        Add(name, socket, () => socket.Read().Exists(one => one.Contains(hit, StringComparison.Ordinal)));
    }

    private void AddStream(int port)
    {
        TcpListener listener = new(IPAddress.Loopback, port);
        listener.Start();
        var sent = ReadAsync(listener);
        Add("--syslog", listener, () => sent.Wait(TimeSpan.FromSeconds(10)) && sent.Result.Contains(" hit [hit@32473 ", StringComparison.Ordinal));
    }

    private static async Task<string> ReadAsync(TcpListener listener)
    {
        using var client = await listener.AcceptTcpClientAsync();
        using StreamReader reader = new(client.GetStream(), Encoding.UTF8);
        return await reader.ReadToEndAsync();
    }

    /// <summary>Serves source files as debuginfod(8) does, and has no debug information.</summary>
    private sealed class SourceServer : IDisposable
    {
        private readonly LoopbackHttp server;
        private readonly string sources;

        internal SourceServer(int port, string sources)
        {
            this.sources = sources;
            server = new LoopbackHttp(port, Answer);
        }

        internal int Served { get; private set; }

        internal Task WarmUpAsync() => server.WarmUpAsync();

        public void Dispose() => server.Dispose();

        private void Answer(HttpListenerContext context)
        {
            var path = Uri.UnescapeDataString(context.Request.Url!.AbsolutePath);
            var file = Path.Combine(sources, Path.GetFileName(path));
            var there = path.Contains("/source/build/server/", StringComparison.Ordinal) && File.Exists(file);
            context.Response.StatusCode = there ? 200 : 404;
            if (!there)
                return;
            context.Response.OutputStream.Write(File.ReadAllBytes(file));
            Served++;
        }
    }
}
