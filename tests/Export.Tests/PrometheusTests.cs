// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using AwesomeAssertions;
using Livewatcher.Export.Prometheus;
using Livewatcher.Model;
using Livewatcher.Render.Tests;
using Xunit;

namespace Livewatcher.Export.Tests;

/// <summary>--prometheus: the page, its bounds, its server, and Debian's prometheus.</summary>
public sealed class PrometheusTests : ExportTest
{
    private readonly PrometheusExporter exporter = new(new IPEndPoint(IPAddress.Loopback, 0), Quick);

    [Fact]
    public async Task ThePageHasHitsTheAccountAndTheCoverage()
    {
        exporter.Add(Scenario.Armed(Scenario.Refcnt, null));
        exporter.Add(Hit(1));
        exporter.Add(Hit(2));
        exporter.Add(Hit(3) with { EscapedSince = Scenario.Start, Thread = null, ThreadName = null, Stack = CallStack.Empty });
        exporter.Take(new SessionTally(Scenario.Start, new HitCounts { Counted = 5, Recorded = 2, Dropped = 3, Escaped = 1, Reported = 2 }, 2, 7, 1));
        string page = await Get("/metrics");
        page.Should().Contain("Content-Type: text/plain; version=0.0.4; charset=utf-8\r\n").And.Contain("# TYPE livewatcher_hits_total counter\n");
        page.Split('\n').Should().Contain([
            "livewatcher_hits_total{watch=\"g_table[3].refcnt\",access=\"write\",writer=\"release(conn*) server.c:88\"} 2",
            "livewatcher_hits_total{watch=\"g_table[3].refcnt\",access=\"write\",writer=\"unknown (escaped)\"} 1",
            "livewatcher_account_total{kind=\"dropped\"} 3", "livewatcher_account_total{kind=\"counted\"} 5", "livewatcher_gaps 1",
            "livewatcher_covered_threads 7", "livewatcher_covered_processes 2", "livewatcher_armings_total 1",
            "livewatcher_watching{backend=\"bpf\",scope=\"task\",guard=\"on\"} 1",
        ]);
    }

    [Fact]
    public async Task WritersAreBoundedAndTheRestIsOther()
    {
        for (int i = 0; i < 1000; i++)
            exporter.Add(Hit(i) with { Stack = new CallStack([Scenario.Release with { Function = $"writer_{i}" }], null) });
        for (int i = 0; i < 1000; i++)
            exporter.Add(Hit(i) with { Watch = Scenario.Refcnt with { Request = new WatchRequest($"watch_{i}", AccessMode.Write) } });
        string[] series = [.. (await Get("/metrics")).Split('\n').Where(line => line.StartsWith("livewatcher_hits_total{", StringComparison.Ordinal))];
        series.Length.Should().BeLessThanOrEqualTo((2 * Quick.MaxSeries) + 1);
        series.Sum(line => int.Parse(line.Split(' ')[^1], System.Globalization.CultureInfo.InvariantCulture)).Should().Be(2000, "no hit is without a series");
        series.Should().Contain("livewatcher_hits_total{watch=\"g_table[3].refcnt\",access=\"write\",writer=\"other\"} 800");
    }

    [Fact]
    public async Task AHostileNameIsALabelAndNothingElse()
    {
        exporter.Add(HostileHit);
        string page = await Get("/metrics");
        page.Should().NotContain("\e").And.NotContain("\u202e").And.Contain("\\\\x1b[2J\\\\x0aPRIORITY=0\\\"]\\\\\\\\u202e{x}");
        page.Split("\r\n\r\n")[1].Split('\n', StringSplitOptions.RemoveEmptyEntries).Should().OnlyContain(line => line.StartsWith('#') || line.StartsWith("livewatcher_"));
    }

    [Theory]
    [InlineData("GET / HTTP/1.1\r\n\r\n", "404")]
    [InlineData("POST /metrics HTTP/1.1\r\n\r\n", "405")]
    [InlineData("\u0001\u0002\r\n\r\n", "400")]
    [InlineData("HEAD /metrics HTTP/1.0\r\n\r\n", "200")]
    public async Task OtherRequestsAreAnsweredToo(string request, string status) => (await Say(request)).Should().StartWith($"HTTP/1.1 {status} ");

    [Fact]
    public async Task ClientsThatStallDoNotKeepOthersOut()
    {
        List<Socket> stalled = [];
        for (int i = 0; i < 30; i++)
        {
            Socket one = new(SocketType.Stream, ProtocolType.Tcp);
            one.Connect(exporter.Place);
            stalled.Add(one);
        }

        (await Get("/metrics")).Should().StartWith("HTTP/1.1 200 ");
        stalled.ForEach(one => one.Dispose());
    }

    [Fact]
    public void AnAddressThatIsTakenIsToldBeforehand()
    {
        Action check = () => Exporters.Check(new ExportSettings { Prometheus = exporter.Place });
        check.Should().Throw<UserException>().WithMessage("--prometheus 127.0.0.1:*AddressAlreadyInUse*");
    }

    [Fact]
    public async Task DebiansPrometheusScrapesIt()
    {
        int port = FreePort();
        File.WriteAllText(At("prometheus.yml"), $"""
            global:
              scrape_interval: 200ms
              scrape_timeout: 200ms
            scrape_configs:
              - job_name: livewatcher
                static_configs:
                  - targets: ['{exporter.Place}']
            """);
        exporter.Add(HostileHit);
        for (int i = 0; i < 12; i++)
            exporter.Add(Hit(i));
        exporter.Take(new SessionTally(Scenario.Start, new HitCounts { Counted = 16, Recorded = 13, Dropped = 3 }, 1, 1, 1));
        Start("prometheus", $"--config.file={At("prometheus.yml")}", $"--storage.tsdb.path={At("tsdb")}", $"--web.listen-address=127.0.0.1:{port}", "--log.level=warn");
        using HttpClient client = new() { BaseAddress = new Uri($"http://127.0.0.1:{port}") };
        JsonDocument hits = await Eventually(() => Query(client, "livewatcher_hits_total"), TimeSpan.FromSeconds(60));
        hits.RootElement.GetProperty("data").GetProperty("result").EnumerateArray()
            .Select(one => (one.GetProperty("metric").GetProperty("writer").GetString()!, one.GetProperty("value")[1].GetString()!))
            .Should().HaveCount(2).And.Contain(("release(conn*) server.c:88", "12")).And.Contain(one => one.Item1.StartsWith("\\x1b[2J\\x0aPRIORITY=0\"]\\") && one.Item2 == "1");
        (await Query(client, "livewatcher_account_total{kind=\"dropped\"}"))!.RootElement.GetProperty("data").GetProperty("result")[0].GetProperty("value")[1].GetString()
            .Should().Be("3");
    }

    private static async Task<JsonDocument?> Query(HttpClient client, string query)
    {
        try
        {
            JsonDocument answer = JsonDocument.Parse(await client.GetStringAsync($"/api/v1/query?query={Uri.EscapeDataString(query)}"));
            return answer.RootElement.GetProperty("data").GetProperty("result").GetArrayLength() > 0 ? answer : null;
        }
        catch (HttpRequestException)
        {
            return null; // not there yet
        }
    }

    private Task<string> Get(string path) => Say($"GET {path} HTTP/1.1\r\nHost: x\r\n\r\n");

    private async Task<string> Say(string request)
    {
        using TcpClient client = new();
        await client.ConnectAsync(exporter.Place, TestContext.Current.CancellationToken);
        client.ReceiveTimeout = 10_000;
        NetworkStream stream = client.GetStream();
        await stream.WriteAsync(Encoding.UTF8.GetBytes(request), TestContext.Current.CancellationToken);
        using StreamReader reader = new(stream);
        return await reader.ReadToEndAsync(TestContext.Current.CancellationToken);
    }
}
