// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using AwesomeAssertions;
using Livewatcher.Model;
using Livewatcher.Render.Tests;
using Xunit;

namespace Livewatcher.Recording.Tests;

/// <summary>--record-max, --record-age, --last: the newest hits are there, and what is not is told.</summary>
public sealed class BoundsTests : Scratch
{
    private const int Many = 150_000;

    [Fact]
    public void ABoundedFileKeepsTheNewestHits()
    {
        const long Bound = 2 << 20;
        long largest = 0;
        using (Recorder recorder = Recorder.Open(Settings with { MaxBytes = Bound, MaxWaiting = int.MaxValue }))
        {
            foreach (Hit[] some in Hits(Many).Chunk(5000))
            {
                foreach (Hit hit in some)
                    recorder.Add(hit);
                largest = Math.Max(largest, new FileInfo(Recorded).Length);
            }

            recorder.Finish(Scenario.Coverage()).Gaps.Should().BeEmpty("the watching itself has lost nothing");
        }

        Math.Max(largest, new FileInfo(Recorded).Length).Should().BeLessThanOrEqualTo(Bound);
        List<long> there = [.. Read(Recorded).Cast<Hit>().Select(hit => hit.Sequence)];
        there.Should().HaveCountGreaterThan(5000);
        there.Should().Equal(Enumerable.Range(Many - there.Count + 1, there.Count).Select(i => (long)i));
        Closing(Recorded).Gaps.Should().Equal($"{Many - there.Count:N0} hits are not in the recording any more: older than --record-max leaves room for");
    }

    [Fact]
    public void OldHitsGo()
    {
        DateTimeOffset now = DateTimeOffset.Now;
        using (Recorder recorder = Recorder.Open(Settings with { MaxAge = TimeSpan.FromHours(1) }))
        {
            Record(recorder, Hits(100).Select(hit => hit with { Time = now.AddHours(hit.Sequence <= 60 ? -2 : 0), Actions = Scenario.Actions }));
        }

        Read(Recorded).Cast<Hit>().Select(hit => hit.Sequence).Should().Equal(Enumerable.Range(61, 40).Select(i => (long)i));
        Run("sqlite3", Recorded, "SELECT count(*) FROM action; SELECT count(*) FROM snapshot").Should().Be($"{40 * Scenario.Actions.Count}\n80\n");
        Closing(Recorded).Gaps.Should().Equal("60 hits are not in the recording any more: older than --record-age");
    }

    [Fact]
    public void AFlightRecorderKeepsTheNewestAndWhatIsNoHit()
    {
        ArmedEvent armed = Scenario.Armed(Scenario.Refcnt, Scenario.Integer(1));
        using (FlightRecorder recorder = FlightRecorder.Open(Settings, 10))
            Record(recorder, [armed, .. Hits(100)]).Gaps.Should().BeEmpty();
        List<WatchEvent> read = Read(Recorded);
        Json(read).Should().Be(Json([armed, .. Hits(100).Skip(90)]));
        Closing(Recorded).Gaps.Should().Equal("90 hits are not in the recording: older than those that --last keeps");
    }

    [Fact]
    public void ItIsWrittenOnDemandAndGoesOn()
    {
        using FlightRecorder recorder = FlightRecorder.Open(Settings, 10);
        Read(Recorded).Should().BeEmpty();
        foreach (Hit hit in Hits(5))
            recorder.Add(hit);
        recorder.Dump(null).Should().Be($"wrote the newest 5 hits to {Recorded}");
        Read(Recorded).Should().HaveCount(5);
        recorder.Add(Scenario.Hit(6, 6));
        recorder.Dump(At("other.lwr")).Should().EndWith("6 hits to " + At("other.lwr"));
        Read(At("other.lwr")).Should().HaveCount(6);
        Read(Recorded).Should().HaveCount(5);
        recorder.Finish(Scenario.Coverage()).Gaps.Should().BeEmpty();
        Read(Recorded).Should().HaveCount(6);
        Closing(Recorded).Should().NotBeNull();
        Directory.GetFiles(Path.GetDirectoryName(Recorded)!).Should().BeEquivalentTo([Recorded, At("other.lwr")]);
    }

    [Fact]
    public void ItIsWrittenWhereTheSessionFails()
    {
        using (FlightRecorder recorder = FlightRecorder.Open(Settings, 10))
            recorder.Add(Scenario.Hit(1, 1));
        Read(Recorded).Should().HaveCount(1);
    }

    [Fact]
    public void ItOverwritesNothingElse()
    {
        using FlightRecorder recorder = FlightRecorder.Open(Settings, 10);
        File.WriteAllText(At("precious"), "precious");
        Action dump = () => recorder.Dump(At("precious"));
        dump.Should().Throw<UserException>().WithMessage("*it exists and is no recording*");
        File.ReadAllText(At("precious")).Should().Be("precious");
        File.Exists(At("precious.part")).Should().BeFalse();
    }
}
