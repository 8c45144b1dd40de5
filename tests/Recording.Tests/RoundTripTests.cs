// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using AwesomeAssertions;
using Livewatcher.Engine.Accounting;
using Livewatcher.Model;
using Livewatcher.Render.Tests;
using Xunit;

namespace Livewatcher.Recording.Tests;

/// <summary>What comes out of a recording is what went in.</summary>
public sealed class RoundTripTests : Scratch
{
    private static readonly IReadOnlyList<WatchEvent> Events = [.. Scenario.WholeRun.Where(one => one is not WriterRow and not CoverageEvent)];

    [Fact]
    public void EveryKindOfEventComesBackAsItWas()
    {
        using (Recorder recorder = Recorder.Open(Settings))
            Record(recorder, Events);
        Json(Read(Recorded)).Should().Be(Json(Events));
    }

    [Fact]
    public void TheClosingStatementComesBackAsItWas()
    {
        CoverageEvent coverage = Scenario.Coverage("one gap", "another") with
        {
            Skipped = [new SkippedStretch("g_x", new ProcessId(7), Scenario.At(1), Scenario.At(2), 12, true)],
            Actions = [new ActionTally("g_x", "stop", 1, 2, 3, "EPERM (operation not permitted)"), new ActionTally("g_x", "exec ./notify.sh", 4, 5, 0, null) { Skipped = 6 }],
            Arisings = [new ArisingTally("push::frame", 21, 12, 6, 3, 2, 9)],
            Sharings = [new SharingTally(["g_x", "g_y"], new HardwareSlot(new Address(0xfffffffffffffff8), 8, AccessMode.Access), 3, 4), new SharingTally(["g_z"], new HardwareSlot(new Address(0x1000), 2, AccessMode.Write), 5, 0)],
            Turns = [new TurnTally("g_x", TimeSpan.FromMilliseconds(1.5), TimeSpan.FromSeconds(3), 7, 8, 9), new TurnTally("g_y", TimeSpan.Zero, TimeSpan.FromSeconds(3), 0, 0, 0)],
        };
        coverage = coverage with { Hits = coverage.Hits with { Beside = 8 } };
        using (Recorder recorder = Recorder.Open(Settings))
            Record(recorder, Events, coverage).Should().BeEquivalentTo(coverage);
        Json([Closing(Recorded)]).Should().Be(Json([coverage]));
        Json([Closing(Recorded) with { From = null }]).Should().NotBe(Json([coverage]));
    }

    [Fact]
    public void TheTableOfWritersIsTheSame()
    {
        using (Recorder recorder = Recorder.Open(Settings))
            Record(recorder, Events);
        Json(Rank(Read(Recorded))).Should().Be(Json(Rank(Events))).And.Contain("\"rank\":2");
    }

    [Fact]
    public void WhatAListenerSaysComesBackToo()
    {
        WatchEvent[] said =
        [
            new MessageEvent(Scenario.At(1), MessageKind.Mark, new ProcessId(9), new ThreadId(10), "main", "here", Scenario.Worker),
            new MessageEvent(Scenario.At(1), MessageKind.Info, new ProcessId(9), null, null, "there", null),
            Scenario.Hit(1, 2) with { SetAt = Scenario.Worker with { CutShort = "3 levels are recorded" } },
            new DisarmedEvent(Scenario.At(3), Scenario.Limit, new ProcessId(9), new SlotAccount(9, 8, 7, 6, ulong.MaxValue, 5)),
        ];
        using (Recorder recorder = Recorder.Open(Settings))
            Record(recorder, said);
        Json(Read(Recorded)).Should().Be(Json(said));
    }

    [Fact]
    public void ValuesComeBackAsTheyWere()
    {
        Value[] values =
        [
            new(ValueKind.Integer, "-1", -1), new(ValueKind.Integer, "97 'a'", 97), new(ValueKind.Integer, "170141183460469231731687303715884105727", Int128.MaxValue),
            new(ValueKind.Integer, "18446744073709551615", ulong.MaxValue), new(ValueKind.Float, "3.25", 0, 3.25), new(ValueKind.Float, "nan", 0, double.NaN),
            new(ValueKind.Float, "-inf", 0, double.NegativeInfinity), new(ValueKind.Float, "2", 0, 2), new(ValueKind.Boolean, "true", 1),
            new(ValueKind.Enumerator, "ST_OPEN", 3), new(ValueKind.Pointer, "0x55e0 <g_table+8>", 0x55e0), new(ValueKind.Bytes, "{01 ff}"),
        ];
        using (Recorder recorder = Recorder.Open(Settings))
            Record(recorder, values.Select((value, i) => Scenario.Hit(i + 1, i) with { New = value }));
        Read(Recorded).Cast<Hit>().Select(hit => hit.New).Should().Equal(values);
    }

    [Fact]
    public void TimesKeepTheirOffsetAlsoWhereItChanges()
    {
        Hit summer = Scenario.Hit(1, 1) with { Time = new DateTimeOffset(2026, 10, 25, 2, 59, 59, TimeSpan.FromHours(2)) };
        Hit winter = Scenario.Hit(2, 2) with { Time = new DateTimeOffset(2026, 10, 25, 2, 0, 1, TimeSpan.FromHours(1)) };
        using (Recorder recorder = Recorder.Open(Settings))
            Record(recorder, [summer, winter]);
        Json(Read(Recorded)).Should().Be(Json([summer, winter])).And.Contain("+02:00").And.Contain("+01:00");
    }

    [Fact]
    public void FramesKnowTheirBuild()
    {
        Binary server = new("/usr/sbin/server", "0123456789abcdef", 0x55d0c49f0000);
        CallStack stack = new([Scenario.Release with { Binary = server }, Scenario.Release with { Binary = server with { BuildId = null } }, Scenario.Release], null);
        using (Recorder recorder = Recorder.Open(Settings))
            Record(recorder, [Scenario.Hit(1, 1) with { Stack = stack }]);
        ((Hit)Read(Recorded).Single()).Stack.Frames.Should().Equal(stack.Frames);
    }

    [Fact]
    public void FactsAreThere()
    {
        using (Recorder recorder = Recorder.Open(Settings))
            Record(recorder, []);
        using RecordingFile file = RecordingFile.Open(Recorded);
        file.Facts.Should().Equal([new("command", "test"), new("host", "here")]);
    }

    private static IEnumerable<WatchEvent> Rank(IEnumerable<WatchEvent> events)
    {
        WriterTable table = new();
        foreach (Hit hit in events.OfType<Hit>())
            table.Add(hit);
        return table.Rank();
    }
}
