// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using AwesomeAssertions;
using Livewatcher.Model;
using Livewatcher.Recording.Format;
using Livewatcher.Recording.Reading;
using Livewatcher.Render.Tests;
using Microsoft.Data.Sqlite;
using Xunit;

namespace Livewatcher.Recording.Tests;

/// <summary>Rows are read some at a time.</summary>
public sealed class QueryTests : Scratch
{
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(8)]
    [InlineData(17)]
    public void AllRowsCome(int count)
    {
        List<long> taken = [];
        Take($"WITH RECURSIVE n(id) AS (SELECT 1 WHERE {count} > 0 UNION ALL SELECT id + 1 FROM n WHERE id < {count}) SELECT id, id * 2 FROM n", 8, row =>
        {
            row.Long(1).Should().Be(row.Long(0) * 2);
            taken.Add(row.Long(0));
        });
        taken.Should().Equal(Enumerable.Range(1, count).Select(id => (long)id));
    }

    /// <summary>A block that is used again shows nothing of what it has held.</summary>
    [Fact]
    public void EachRowHasItsOwnTypes()
    {
        List<string> taken = [];
        Take("SELECT 1, 7 UNION ALL SELECT 2, 'text' UNION ALL SELECT 3, NULL UNION ALL SELECT 4, x'0102' UNION ALL SELECT 5, 'more' UNION ALL SELECT 6, -1", 2, row => taken.Add(row.Long(0) switch
        {
            1 or 6 => $"{row.Long(1)}",
            2 or 5 => row.Text(1),
            4 => Convert.ToHexString(row.Bytes(1)),
            _ => $"null: {row.IsNull(1)}",
        }));
        taken.Should().Equal("7", "text", "null: True", "0102", "more", "-1");
    }

    [Theory]
    [InlineData("SELECT 1 AS id UNION ALL SELECT 2 UNION ALL SELECT 2", 1, 2)]
    [InlineData("SELECT 5 AS id UNION ALL SELECT 4", 5)]
    [InlineData("SELECT 1 AS id UNION ALL SELECT 'two' UNION ALL SELECT 3", 1)]
    [InlineData("SELECT NULL AS id UNION ALL SELECT 3")]
    public void WhatDoesNotAscendIsSaidBehindWhatDoes(string sql, params int[] right)
    {
        List<long> taken = [];
        Action take = () => Take(sql, 8, row => taken.Add(row.Long(0)));
        take.Should().Throw<UserException>().WithMessage("the recording here is damaged: rows do not ascend");
        taken.Should().Equal(right.Select(id => (long)id));
    }

    [Fact]
    public void EventsStandBetweenTheHitsThatTheyWerePublishedBetween()
    {
        const int Many = 2000;
        WatchEvent note = new NoteEvent(Scenario.Hit(1, 1).Time, NoteLevel.Info, "something");
        List<WatchEvent> all = [note, .. Hits(Many), note];
        foreach (int at in (int[])[1900, 1025, 1024, 1023, 513, 512, 511, 300, 1])
            all.Insert(at, note);
        using (Recorder recorder = Recorder.Open(Settings with { MaxWaiting = int.MaxValue }))
            Record(recorder, all);
        using RecordingFile file = RecordingFile.Open(Recorded);
        Json(file.Events()).Should().Be(Json(all));
        Json(file.EventsAhead()).Should().Be(Json(all));
        Json(file.EventsAhead()).Should().Be(Json(all), "blocks that were used once are used again");
        Json(file.Events(withHits: false)).Should().Be(Json(all.Where(one => one is not Hit)));
    }

    /// <summary>Where there is no query, a block that was used shows nothing of what it has held.</summary>
    [Fact]
    public void AQueryThatCannotBePreparedHasNoRows()
    {
        using SqliteConnection connection = Sqlite.Open(At("any"), SqliteOpenMode.ReadWriteCreate);
        Rows rows = new(connection, "here");
        RowBlock block = new(8);
        using (Query good = rows.Query("SELECT 1"))
            good.Fill(block).Should().BeTrue();
        using Query bad = rows.Query("SELECT id FROM nowhere");
        bad.Invoking(query => query.Fill(block)).Should().Throw<UserException>().WithMessage("cannot read the recording here: no such table: nowhere");
    }

    private void Take(string sql, int most, Action<Row> take)
    {
        using SqliteConnection connection = Sqlite.Open(At("any"), SqliteOpenMode.ReadWriteCreate);
        using Query query = new Rows(connection, "here").Query(sql);
        RowBlock block = new(most);
        while (query.Fill(block))
        {
            for (int row = 0; row < block.Count; row++)
                take(block[row]);
        }

        query.Fill(block).Should().BeFalse("it has ended");
    }
}
