// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using AwesomeAssertions;
using Livewatcher.Model;
using Livewatcher.Render.Tests;
using Xunit;

namespace Livewatcher.Recording.Tests;

public sealed class WritingTests : Scratch
{
    [Fact]
    public void WhatRecursIsStoredOnce()
    {
        using (Recorder recorder = Recorder.Open(Settings))
            Record(recorder, Hits(500).Select(hit => hit with { Stack = new CallStack([.. Scenario.Worker.Frames], null) }));
        Query("SELECT (SELECT count(*) FROM hit), (SELECT count(*) FROM stack), (SELECT count(*) FROM frame), (SELECT count(*) FROM watch), "
            + "(SELECT count(*) FROM thread), (SELECT count(*) FROM instruction), (SELECT count(*) FROM module)")
            .Should().Be("500|1|4|1|1|1|2");
    }

    [Fact]
    public void TheSystemsSqliteReadsIt()
    {
        using (Recorder recorder = Recorder.Open(Settings))
            Record(recorder, Scenario.WholeRun);
        Query("PRAGMA integrity_check; SELECT seq, watch, old, new, tid, function, line FROM access WHERE seq = 1").Should().Be("ok\n1|g_table[3].refcnt|1|0|4127|release(conn*)|88");
        Query("PRAGMA application_id; PRAGMA user_version; PRAGMA journal_mode").Should().Be("1280791107\n4\ndelete");
        Directory.GetFiles(Path.GetDirectoryName(Recorded)!).Should().Equal(Recorded);
    }

    /// <summary>What docs/recording.md shows is what is made.</summary>
    [Fact]
    public void TheDocumentedSchemaIsTheRealOne()
    {
        string text = File.ReadAllText(Path.Combine(Root, "docs", "recording.md"));
        foreach ((string name, string sql) in Format.Schema.All.Where(one => !one.Sql.StartsWith("CREATE VIEW", StringComparison.Ordinal)))
        {
            string columns = sql[(sql.IndexOf('(') + 1)..];
            IEnumerable<string> names = columns.Split(", PRIMARY KEY")[0].Split(',').Select(column => column.Trim().Split(' ', ')')[0]);
            string row = text.Split('\n').Should().ContainSingle(line => line.StartsWith($"| {name} |", StringComparison.Ordinal)).Subject;
            foreach (string column in names)
                row.Should().MatchRegex($@"\b{column}\b", "table {0} has column {1}", name, column);
        }
    }

    [Fact]
    public void AFormerRecordingIsReplaced()
    {
        using (Recorder recorder = Recorder.Open(Settings))
            Record(recorder, Hits(1000));
        using (Recorder recorder = Recorder.Open(Settings))
            Record(recorder, Hits(3));
        Read(Recorded).Should().HaveCount(3);
    }

    [Fact]
    public void AnotherFileIsNot()
    {
        File.WriteAllText(Recorded, "precious");
        Action open = () => Recorder.Open(Settings);
        open.Should().Throw<UserException>().WithMessage("cannot write --record *hits.lwr: it exists and is no recording; give another name, or remove it");
        File.ReadAllText(Recorded).Should().Be("precious");
    }

    [Fact]
    public void TwoDoNotWriteOneFile()
    {
        using Recorder recorder = Recorder.Open(Settings);
        Action again = () => Recorder.Open(Settings);
        again.Should().Throw<UserException>().WithMessage("cannot write --record *being used by another process*");
    }

    [Theory]
    [InlineData("none/hits.lwr")]
    [InlineData(".")]
    public void APlaceThatCannotBeWrittenIsOneLine(string name)
    {
        Action open = () => Recorder.Open(Settings with { File = At(name) });
        open.Should().Throw<UserException>().Which.Message.Should().StartWith("cannot write --record ").And.NotContain("\n");
    }

    [Fact]
    public void HitsBeyondWhatCanWaitAreCountedAndAGap()
    {
        using Recorder recorder = Recorder.Open(Settings with { MaxWaiting = 100 });
        CoverageEvent told = Record(recorder, Hits(50_000));
        int there = Read(Recorded).Count;
        there.Should().BeInRange(100, 49_999);
        string gap = $"{50_000 - there:N0} hits are not in the recording: they came faster than they could be written";
        told.Gaps.Should().Equal(gap);
        Closing(Recorded).Gaps.Should().Equal(gap);
        recorder.TakeNews()!.Text.Should().EndWith("hits.lwr lacks hits from here: they come faster than they can be written");
    }

    [Fact]
    public void AFullDiskIsToldAndEndsNothing()
    {
        using Recorder recorder = Recorder.Open(Settings with { MaxPages = 60, MaxWaiting = 20_000 });
        CoverageEvent told = Record(recorder, Hits(100_000));
        List<string> news = [];
        while (recorder.TakeNews() is { } note)
            news.Add(note.Text);
        news.Should().ContainSingle(text => text.Contains("cannot be written: database or disk is full; it is tried again every second"));
        int there = Read(Recorded).Count;
        there.Should().BeLessThan(100_000);
        told.Gaps.Should().NotBeEmpty();
        long lost = told.Gaps.Sum(gap => long.Parse(gap.Split(' ')[0], System.Globalization.NumberStyles.AllowThousands, System.Globalization.CultureInfo.InvariantCulture));
        (there + lost).Should().Be(100_000);
        Query("PRAGMA integrity_check").Should().Be("ok");
    }

    /// <summary>Those that come while the disk is tried again, which the run ends amid.</summary>
    [Fact]
    public void WhatComesWhileTheDiskIsFullIsCountedToTheLast()
    {
        using Recorder recorder = Recorder.Open(Settings with { MaxPages = 60 });
        foreach (Hit hit in Hits(50_000))
            recorder.Add(hit);
        DateTime patience = DateTime.UtcNow.AddSeconds(30);
        while (recorder.TakeNews() is null && DateTime.UtcNow < patience)
            Thread.Sleep(10);
        CoverageEvent told = Record(recorder, Hits(60_000).Skip(50_000));
        long lost = told.Gaps.Sum(gap => long.Parse(gap.Split(' ')[0], System.Globalization.NumberStyles.AllowThousands, System.Globalization.CultureInfo.InvariantCulture));
        (Read(Recorded).Count + lost).Should().Be(60_000);
    }

    [Fact]
    public void WhatATransactionHasTakenBackIsStoredAgain()
    {
        using Writing.RecordingWriter writer = Writing.RecordingWriter.Create(Settings with { MaxPages = 60 });
        IReadOnlyDictionary<Format.Omission, long> none = new Dictionary<Format.Omission, long>();
        Action tooMany = () => writer.Write([.. Hits(50_000)], none, Scenario.Start);
        tooMany.Should().Throw<Microsoft.Data.Sqlite.SqliteException>();
        writer.Write([.. Hits(10)], none, Scenario.Start);
        List<WatchEvent> read = Read(Recorded);
        read.Should().HaveCount(10);
        Json(read).Should().Be(Json(Hits(10)));
    }

    private string Query(string sql) => Run("sqlite3", Recorded, sql).TrimEnd('\n');
}
