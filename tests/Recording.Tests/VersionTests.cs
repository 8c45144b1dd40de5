// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using AwesomeAssertions;
using Livewatcher.Model;
using Livewatcher.Render.Tests;
using Xunit;

namespace Livewatcher.Recording.Tests;

/// <summary>What a newer format has, and that an older one is read all the same.</summary>
public sealed class VersionTests : Scratch
{
    [Fact]
    public void AWatchComesBackWithItsShape()
    {
        Watch watch = Scenario.Refcnt with { Shape = """{"pointer":8,"type":{"kind":"integer","name":"int","size":4,"signed":true}}""" };
        using (Recorder recorder = Recorder.Open(Settings))
            Record(recorder, [Scenario.Hit(1, 1) with { Watch = watch }, Scenario.Hit(2, 2)]);
        Read(Recorded).Cast<Hit>().Select(hit => hit.Watch.Shape).Should().Equal(watch.Shape, null);
    }

    /// <summary>Files of livewatcher's older formats, as they were written then.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void OlderFormatsAreRead(int version)
    {
        File.Copy(Path.Combine(Root, "tests", "Fuzz", "corpus", "recording", $"format-{version}"), Recorded);
        Run("sqlite3", Recorded, "PRAGMA user_version").Should().Be($"{version}\n");
        List<WatchEvent> events = Read(Recorded);
        events.OfType<Hit>().Should().HaveCount(5).And.OnlyContain(hit => hit.Watch.Label == "g_x" && (hit.Watch.Shape == null) == (version < 2) && !hit.Unsure);
        events.OfType<Hit>().Any(hit => hit.Actions.Count > 0).Should().Be(version >= 3);
        Closing(Recorded).Hits.Reported.Should().Be(5);
    }
}
