// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using AwesomeAssertions;
using Livewatcher.Model;
using Livewatcher.Render.Tests;
using Xunit;

namespace Livewatcher.Recording.Tests;

/// <summary>What is no recording, or a damaged one, is one line of error.</summary>
public sealed class HostileFileTests : Scratch
{
    [Fact]
    public void NoFile() => Refusal().Should().Be($"there is no file {Recorded}");

    [Fact]
    public void ADirectory()
    {
        Directory.CreateDirectory(Recorded);
        Refusal().Should().Be($"{Recorded} is a directory");
    }

    [Theory]
    [InlineData("", " is no recording of livewatcher: it is empty")]
    [InlineData("some text that is long enough to be no header of SQLite, whoever looks at it, and for however long he does so", " is no recording of livewatcher")]
    public void SomethingElse(string content, string words)
    {
        File.WriteAllText(Recorded, content);
        Refusal().Should().Be(Recorded + words);
    }

    [Fact]
    public void AnotherDatabase()
    {
        Sql("CREATE TABLE hit(id INTEGER PRIMARY KEY)");
        Refusal().Should().Be($"{Recorded} is no recording of livewatcher");
    }

    [Fact]
    public void ANewerRecording()
    {
        Good();
        Sql("PRAGMA user_version = 5");
        Refusal().Should().Be($"the recording {Recorded} is of a newer livewatcher (format 5; this one reads 4): read it with that");
    }

    [Theory]
    [InlineData("DROP TABLE hit")]
    [InlineData("ALTER TABLE hit ADD COLUMN x")]
    [InlineData("CREATE TABLE other(x)")]
    [InlineData("DROP TABLE note; CREATE VIEW note AS WITH RECURSIVE n(id) AS (SELECT 1 UNION ALL SELECT id + 1 FROM n) SELECT id, id AS time, 'info' AS level, 'x' AS text FROM n")]
    [InlineData("CREATE TRIGGER t AFTER INSERT ON hit BEGIN DELETE FROM hit; END")]
    public void OtherTables(string change)
    {
        Good();
        Sql(change);
        Refusal().Should().Be($"the recording {Recorded} is damaged: its tables are not those of a recording");
    }

    [Theory]
    [InlineData("UPDATE hit SET stack = 99", "there is no stack 99")]
    [InlineData("UPDATE hit SET time = 'now'", "column time holds what it cannot")]
    [InlineData("UPDATE hit SET time = 9223372036854775807, cpu = -1", "column cpu holds what it cannot")]
    [InlineData("UPDATE hit SET changed = 2", "column changed holds what it cannot")]
    [InlineData("UPDATE hit SET new_kind = 77", "a value is none")]
    [InlineData("UPDATE hit SET new_kind = 0, new = x'00'", "a value is none")]
    [InlineData("UPDATE watch SET mode = 'read'", "column mode holds what it cannot")]
    [InlineData("UPDATE armed SET slots = '0x:8'", "column slots holds what it cannot")]
    [InlineData("UPDATE frame SET line = -1", "column line holds what it cannot")]
    [InlineData("UPDATE zone SET minutes = 100000", "column minutes holds what it cannot")]
    [InlineData("UPDATE note SET level = 'loud'", "column level holds what it cannot")]
    [InlineData("UPDATE coverage SET counted = -1", "column counted holds what it cannot")]
    [InlineData("UPDATE action SET kind = 'dance'", "column kind holds what it cannot")]
    [InlineData("UPDATE action SET delay = -1", "column delay holds what it cannot")]
    [InlineData("UPDATE action SET hit = 0 WHERE position = 0", "something was done about a hit that is not there")]
    [InlineData("UPDATE snapshot SET around = 'text'", "column around holds what it cannot")]
    [InlineData("UPDATE snapshot SET position = 9", "something was done about a hit that is not there")]
    [InlineData("UPDATE action_account SET at_hit = -1", "column at_hit holds what it cannot")]
    [InlineData("UPDATE thread SET pid = 5000000000", "column pid holds what it cannot")]
    public void ValuesThatNobodyWrites(string change, string words)
    {
        Good();
        Sql(change);
        Refusal().Should().Be($"the recording {Recorded} is damaged: {words}");
    }

    [Fact]
    public void WhatComesBeforeTheDamageIsRead()
    {
        Good();
        int whole = Read(Recorded).Count;
        Sql("UPDATE snapshot SET position = 9");
        using RecordingFile file = RecordingFile.Open(Recorded);
        List<WatchEvent> before = [];
        Action read = () =>
        {
            foreach (WatchEvent one in file.EventsAhead())
                before.Add(one);
        };
        read.Should().Throw<UserException>().WithMessage("*something was done about a hit that is not there");
        before.OfType<Hit>().Should().HaveCountGreaterThan(0);
        before.Should().HaveCountLessThan(whole);
    }

    [Fact]
    public void TextThatIsTooLong()
    {
        Good();
        Sql("UPDATE note SET text = printf('%.*c', 2000000, 'x')");
        Refusal().Should().Be($"cannot read the recording {Recorded}: string or blob too big");
    }

    /// <summary>Each page once overwritten, and the file cut behind each: one line, or a part of the truth.</summary>
    [Fact]
    public void DamagedPages()
    {
        const int Page = 4096;
        Good();
        byte[] good = File.ReadAllBytes(Recorded);
        int refused = 0;
        for (int page = 0; page < good.Length / Page; page++)
        {
            byte[] bad = [.. good];
            bad.AsSpan(page * Page, Page).Fill(0x55);
            File.WriteAllBytes(Recorded, bad);
            refused += Refusal() is null ? 0 : 1;
            File.WriteAllBytes(Recorded, good[..(page * Page)]);
            refused += Refusal() is null ? 0 : 1;
        }

        refused.Should().BeGreaterThan(good.Length / Page);
    }

    [Fact]
    public void ARecordingCanBeReadWhileItIsWritten()
    {
        using Recorder recorder = Recorder.Open(Settings);
        foreach (Hit hit in Hits(1000))
            recorder.Add(hit);
        DateTime patience = DateTime.UtcNow.AddSeconds(10);
        while (Read(Recorded).Count < 1000 && DateTime.UtcNow < patience)
            Thread.Sleep(20);
        Read(Recorded).Should().HaveCount(1000);
        using RecordingFile open = RecordingFile.Open(Recorded);
        Record(recorder, Hits(10));
        open.Events().Should().HaveCount(1000, "it is read as it was when it was opened");
        open.Closing.Should().BeNull();
        Closing(Recorded).Should().NotBeNull();
    }

    private void Good()
    {
        using Recorder recorder = Recorder.Open(Settings);
        Record(recorder, [.. Scenario.WholeRun, .. Hits(500)], Scenario.WholeRun.OfType<CoverageEvent>().Single());
    }

    private void Sql(string sql) => Run("sqlite3", Recorded, sql).Should().BeEmpty();

    private string? Refusal()
    {
        try
        {
            using RecordingFile file = RecordingFile.Open(Recorded);
            Json(file.Events());
            return null;
        }
        catch (UserException e)
        {
            e.Message.Should().NotContain("\n");
            return e.Message;
        }
    }
}
