// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using System.Net;
using System.Net.Sockets;
using AwesomeAssertions;
using Livewatcher.Live.Tests.Building;
using Livewatcher.Live.Tests.Running;
using Xunit;

namespace Livewatcher.Live.Tests.Exporting;

/// <summary>The examples of docs/exports.md: the published binary with all ways out at once, and with receivers that are not there.</summary>
public sealed class ExportTests : LiveTest
{
    private const string Journal = "/run/systemd/journal/socket";
    private const int Writes = 40;

    [Fact]
    public async Task EachWayOutGetsEveryHit()
    {
        var program = await Toolchain.BuildAsync(new Recipe("acted.c") { Compiler = "gcc", Optimization = "-O2", Linking = Linking.Pie });
        int otlp = FreePort(), metrics = FreePort();
        using HttpCatch collector = new(otlp);
        using Datagrams syslog = new(NewPath("log"));
        using var journal = File.Exists(Journal) ? null : new Datagrams(Journal); // a machine's own journal is left alone
        using CancellationTokenSource over = new();
        await collector.WarmUpAsync();
        var scraping = ScrapeAsync(metrics, over.Token);
        var run = await RunAsync(
            program,
            ["--watch", "g_acted", "--otlp", $"http://127.0.0.1:{otlp}", "--prometheus", $"{metrics}", "--syslog", syslog.Path, .. journal is null ? (string[])[] : ["--journald"]],
            $"{Writes}", NewPath("page"));
        await over.CancelAsync();
        run.Report.Coverage.Gaps.Should().NotContain(gap => gap.StartsWith("--"));
        var hits = run.Report.Hits.Count;
        collector.Requests.Where(one => one.Path == "/v1/logs")
            .SelectMany(one => one.Body.GetProperty("resourceLogs")[0].GetProperty("scopeLogs")[0].GetProperty("logRecords").EnumerateArray())
            .Count(one => one.GetProperty("body").GetProperty("stringValue").GetString()!.StartsWith("write g_acted: ") && one.ToString().Contains("acted.c:"))
            .Should().Be(hits);
        collector.Requests.Should().Contain(one => one.Path == "/v1/metrics" && one.Body.ToString().Contains("livewatcher.hits"));
        syslog.Read().Count(one => one.Contains(" hit [hit@32473 watch=\"g_acted\"")).Should().Be(hits);
        if (journal is not null)
            journal.Read().Count(one => one.Contains("LIVEWATCHER_KIND=hit\n") && one.Contains("CODE_FUNC=")).Should().Be(hits);
        (await scraping).Should().Contain("livewatcher_armings_total 1\n").And.Contain("livewatcher_watching{backend=");
    }

    [Fact]
    public async Task ReceiversThatAreNotThereCostTheirMessagesOnly()
    {
        var own = NewPath("page");
        var program = await Toolchain.BuildAsync(new Recipe("acted.c") { Compiler = "gcc", Optimization = "-O2", Linking = Linking.Pie });
        var run = await RunAsync(program, ["--watch", "g_acted", "--otlp", $"http://127.0.0.1:{FreePort()}", "--syslog", NewPath("nobody")], $"{Writes}", own);
        run.Status.Should().Be(0);
        run.Report.Hits.Should().HaveCount(Writes);
        run.Report.Coverage.Complete.Should().BeFalse();
        // An arming, the hits, and the statement; notes there may be.
        run.Report.Coverage.Gaps.Where(gap => gap.StartsWith("--")).Should().HaveCount(3).And.OnlyContain(
            gap => gap.Contains($"{Writes + 2} of {Writes + 2} messages") || gap.Contains("the last metrics did not reach"));
    }

    private static int FreePort()
    {
        using TcpListener listener = new(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    /// <returns>The last page that was to be had.</returns>
    private static async Task<string> ScrapeAsync(int port, CancellationToken over)
    {
        using HttpClient client = new();
        var page = "";
        while (!over.IsCancellationRequested)
        {
            try
            {
                await Task.Delay(100, CancellationToken.None); // an emulated machine has other things to do
                page = await client.GetStringAsync($"http://127.0.0.1:{port}/metrics", over) is { } fresh && fresh.Contains("watching") ? fresh : page;
            }
            catch (Exception e) when (e is HttpRequestException or OperationCanceledException)
            {
                // not there yet, or no more
            }
        }

        return page;
    }
}
