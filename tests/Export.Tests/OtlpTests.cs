// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using System.Diagnostics;
using System.Text.Json;
using AwesomeAssertions;
using Livewatcher.Model;
using Livewatcher.Render.Tests;
using Xunit;

namespace Livewatcher.Export.Tests;

/// <summary>--otlp, against HTTP servers of the test's own.</summary>
public sealed class OtlpTests : ExportTest
{
    private readonly int port = FreePort();

    [Fact]
    public void AHitIsALogRecordWithEverythingInItByName()
    {
        using OtlpReceiver receiver = new(port);
        using Exporters exporters = Open();
        exporters.Add(Scenario.Armed(Scenario.Refcnt, Scenario.Integer(1)));
        Lost(Export(exporters, 3)).Should().Be(0);
        receiver.Complaints.Should().BeEmpty();
        receiver.Records.Select(one => OtlpReceiver.Attribute(one, "event.name")).Should().Equal(
            "livewatcher.armed", "livewatcher.hit", "livewatcher.hit", "livewatcher.hit", "livewatcher.coverage");
        JsonElement hit = receiver.Records[1];
        hit.GetProperty("body").GetProperty("stringValue").GetString().Should().Be("write g_table[3].refcnt: 1 -> 0 by release(conn*) server.c:88, worker-2 (4127)");
        hit.GetProperty("timeUnixNano").GetString().Should().Be($"{(Hit(1).Time - DateTimeOffset.UnixEpoch).Ticks * 100}");
        hit.GetProperty("severityNumber").GetInt32().Should().Be(10);
        foreach ((string name, string value) in (ReadOnlySpan<(string, string)>)[
            ("livewatcher.watch", "g_table[3].refcnt"), ("livewatcher.old", "1"), ("livewatcher.new", "0"), ("code.function.name", "release(conn*)"),
            ("code.file.path", "/src/demo/server.c"), ("code.line.number", "88"), ("thread.id", "4127"), ("thread.name", "worker-2"), ("process.pid", "4121"),
            ("livewatcher.stack", "clone3;start_thread;worker_main(void*);release(conn*)")])
        {
            OtlpReceiver.Attribute(hit, name).Should().Be(value, name);
        }
    }

    [Fact]
    public void MetricsCountHitsByWatchAndWriter()
    {
        using OtlpReceiver receiver = new(port);
        using Exporters exporters = Open();
        exporters.Take(new SessionTally(Scenario.Start, new HitCounts { Counted = 9, Recorded = 7, Dropped = 2 }, 1, 4, 1));
        Export(exporters, 7);
        JsonElement hits = receiver.Metrics.Last(one => one.GetProperty("name").GetString() == "livewatcher.hits").GetProperty("sum");
        hits.GetProperty("isMonotonic").GetBoolean().Should().BeTrue();
        hits.GetProperty("aggregationTemporality").GetInt32().Should().Be(2, "cumulative");
        JsonElement point = hits.GetProperty("dataPoints").EnumerateArray().Single();
        point.GetProperty("asInt").GetString().Should().Be("7");
        OtlpReceiver.Attribute(point, "writer").Should().Be("release(conn*) server.c:88");
        receiver.Metrics.Select(one => one.GetProperty("name").GetString()).Should().Contain(["livewatcher.account", "livewatcher.gaps", "livewatcher.covered_threads"]);
    }

    [Fact]
    public void WhatTheReceiverRefusesIsCounted()
    {
        using OtlpReceiver receiver = new(port, (_, _) => """{"partialSuccess":{"rejectedLogRecords":"2","errorMessage":"too old"}}""");
        using Exporters exporters = Open();
        CoverageEvent coverage = Export(exporters, 5);
        coverage.Gaps.Should().ContainSingle().Which.Should().EndWith("too old").And.StartWith("--otlp: ");
        Lost(coverage).Should().BeGreaterThanOrEqualTo(2).And.BeLessThanOrEqualTo(6);
        News(exporters).Should().ContainSingle(note => note.Level == NoteLevel.Warning && note.Text.Contains("too old"));
    }

    [Fact]
    public void AReceiverThatSays400GetsTheNextOnesAllTheSame()
    {
        using OtlpReceiver receiver = new(port, (number, context) =>
        {
            context.Response.StatusCode = number == 0 ? 400 : 200;
            return "";
        });
        using Exporters exporters = Open();
        exporters.Add(Hit(1));
        Thread.Sleep(300);
        CoverageEvent coverage = Export(exporters, 5);
        Lost(coverage).Should().Be(1);
        coverage.Gaps.Single().Should().Contain("HTTP status 400");
        receiver.Records.Should().HaveCount(6);
    }

    [Fact]
    public void OneThatIsBusyIsTriedAgainAndNothingIsLost()
    {
        using OtlpReceiver receiver = new(port, (number, context) =>
        {
            context.Response.StatusCode = number < 3 ? 503 : 200;
            return "";
        });
        using Exporters exporters = Open();
        exporters.Add(Hit(1));
        Thread.Sleep(1000);
        Lost(Export(exporters, 20)).Should().Be(0);
        receiver.Records.Should().HaveCount(22);
        News(exporters).Select(note => note.Level).Should().Equal(NoteLevel.Warning, NoteLevel.Info);
    }

    [Fact]
    public void NobodyThereIsAWarningAndAGapAndTakesNoTime()
    {
        using Exporters exporters = Open();
        exporters.Add(Hit(1));
        Thread.Sleep(200);
        Stopwatch watch = Stopwatch.StartNew();
        CoverageEvent coverage = Export(exporters, 10_000);
        watch.Elapsed.Should().BeLessThan(TimeSpan.FromSeconds(3));
        Lost(coverage).Should().Be(10_002);
        coverage.Hits.Should().Be(Scenario.Coverage().Hits, "the counts of the watching are its own");
        coverage.Gaps.Should().Contain(gap => gap.Contains("the last metrics did not reach"));
        News(exporters).Should().Contain(note => note.Text.StartsWith("--otlp cannot be sent to") && note.Text.Contains("refused"));
    }

    [Fact]
    public void OneThatNeverAnswersCostsWhatDoesNotFitTheQueue()
    {
        using OtlpReceiver receiver = new(port, (_, _) => null);
        using Exporters exporters = Open(Quick with { MaxWaiting = 1000 });
        Stopwatch watch = Stopwatch.StartNew();
        CoverageEvent coverage = Export(exporters, 5000);
        watch.Elapsed.Should().BeLessThan(TimeSpan.FromSeconds(5));
        Lost(coverage).Should().Be(5001);
    }

    [Fact]
    public void OneThatGoesAndComesBackGetsWhatHasWaited()
    {
        OtlpReceiver first = new(port);
        using Exporters exporters = Open();
        exporters.Add(Hit(1));
        Thread.Sleep(300);
        first.Dispose();
        for (int i = 2; i <= 50; i++)
            exporters.Add(Hit(i));
        Thread.Sleep(300);
        using OtlpReceiver second = new(port);
        Thread.Sleep(500);
        Lost(exporters.Finish(Scenario.Coverage())).Should().Be(0);
        first.Records.Concat(second.Records).Select(one => OtlpReceiver.Attribute(one, "livewatcher.sequence")).Where(one => one is not null)
            .Should().Equal(Enumerable.Range(1, 50).Select(i => $"{i}"));
    }

    private Exporters Open(ExportLimits? limits = null) =>
        Exporters.Open(new ExportSettings { Otlp = new Uri($"http://127.0.0.1:{port}/base"), Limits = limits ?? Quick, Version = "1.2.3" });
}
