// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using System.Diagnostics;
using AwesomeAssertions;
using Livewatcher.Model;
using Livewatcher.Render.Tests;
using Xunit;

namespace Livewatcher.Export.Tests;

/// <summary>--journald, against a socket of the test's own.</summary>
public sealed class JournalTests : ExportTest
{
    private string Socket => At("socket");

    [Fact]
    public void AHitIsAnEntryWithItsFields()
    {
        using LocalReceiver receiver = new(Socket);
        using Exporters exporters = Open();
        Lost(Export(exporters, 1)).Should().Be(0);
        List<string> entries = receiver.Read();
        entries.Should().HaveCount(2);
        entries[0].Should().EndWith("\n");
        entries[0].Split('\n').Should().Contain([
            "MESSAGE=write g_table[3].refcnt: 1 -> 0 by release(conn*) server.c:88, worker-2 (4127)", "PRIORITY=5", "SYSLOG_IDENTIFIER=livewatcher",
            "CODE_FUNC=release(conn*)", "CODE_FILE=/src/demo/server.c", "CODE_LINE=88", "LIVEWATCHER_KIND=hit", "LIVEWATCHER_WATCH=g_table[3].refcnt",
            "LIVEWATCHER_OLD=1", "LIVEWATCHER_NEW=0", "LIVEWATCHER_PROCESS=4121", "LIVEWATCHER_THREAD=4127", "MESSAGE_ID=5e0d2a4b8c1f4f6b9a3c7d1e2f405162",
        ]);
        entries[1].Should().Contain("LIVEWATCHER_KIND=coverage\n").And.Contain("LIVEWATCHER_COMPLETE=yes\n");
    }

    [Fact]
    public async Task EveryKindOfEventHasItsLine()
    {
        using LocalReceiver receiver = new(Socket);
        Task<List<string>> reading = Task.Run(receiver.Read, TestContext.Current.CancellationToken); // the queue of such a socket holds ten
        using (Exporters exporters = Open())
        {
            foreach (WatchEvent one in Scenario.WholeRun.Where(one => one is not CoverageEvent))
                exporters.Add(one);
            exporters.Finish(Scenario.Coverage("something is missing"));
        }

        List<string> entries = await reading;
        entries.Should().OnlyContain(entry => entry.StartsWith("MESSAGE=") && entry.Split('\n', StringSplitOptions.None).SkipLast(1).All(line => line.IndexOf('=') > 0));
        entries.Select(entry => entry.Split("LIVEWATCHER_KIND=")[1].Split('\n')[0]).Distinct().Should().Contain(["hit", "escape", "armed", "note", "coverage"]);
        entries[^1].Should().Contain("PRIORITY=4\n").And.Contain("not complete: something is missing\n");
    }

    [Fact]
    public void AHostileNameMakesNoFieldOfItsOwn()
    {
        using LocalReceiver receiver = new(Socket);
        using Exporters exporters = Open();
        exporters.Add(HostileHit);
        exporters.Finish(Scenario.Coverage());
        string entry = receiver.Read()[0];
        entry.Split('\n').Where(line => line.StartsWith("PRIORITY=", StringComparison.Ordinal)).Should().Equal("PRIORITY=5");
        entry.Should().NotContain("\e").And.NotContain("\u202e").And.Contain("LIVEWATCHER_THREAD_NAME=\\x1b[2J\\x0aPRIORITY=0\"]\\\\u202e{x}</script>\n");
    }

    [Fact]
    public void ALongNameIsCut()
    {
        using LocalReceiver receiver = new(Socket);
        using Exporters exporters = Open();
        exporters.Add(Hit(1) with { Stack = new CallStack([.. Enumerable.Repeat(Scenario.Release with { Function = new string('x', 50_000) }, 50)], null) });
        Lost(exporters.Finish(Scenario.Coverage())).Should().Be(0);
        string entry = receiver.Read()[0];
        entry.Length.Should().BeLessThan(20_000);
        entry.Should().Contain("xxx…\n");
    }

    /// <summary>A datagram socket's queue holds few: it is full at once, and whoever sends would wait for ever.</summary>
    [Fact]
    public void OneThatDoesNotReadCostsWhatDoesNotFit()
    {
        using LocalReceiver receiver = new(Socket);
        using Exporters exporters = Open(Quick with { MaxWaiting = 500 });
        Stopwatch watch = Stopwatch.StartNew();
        CoverageEvent coverage = Export(exporters, 5000);
        watch.Elapsed.Should().BeLessThan(TimeSpan.FromSeconds(4));
        long lost = Lost(coverage);
        lost.Should().BeGreaterThan(4000);
        receiver.Read().Should().HaveCount((int)(5001 - lost), "what was not lost is there");
    }

    [Fact]
    public void OneThatStartsAnewGetsWhatHasWaited()
    {
        int received;
        using Exporters exporters = Open();
        exporters.Add(Hit(1)); // nobody is there yet
        Thread.Sleep(200);
        using (LocalReceiver receiver = new(Socket))
        {
            Thread.Sleep(300);
            received = receiver.Read().Count;
        }

        exporters.Add(Hit(2));
        Thread.Sleep(200);
        using LocalReceiver second = new(Socket);
        Thread.Sleep(300);
        Lost(exporters.Finish(Scenario.Coverage())).Should().Be(0);
        (received + second.Read().Count).Should().Be(3);
    }

    private Exporters Open(ExportLimits? limits = null) => Exporters.Open(new ExportSettings { Journal = Socket, Limits = limits ?? Quick });
}
