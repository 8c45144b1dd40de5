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

    /// <summary>A file of livewatcher's first format, as it was written then.</summary>
    [Fact]
    public void FormatOneIsRead()
    {
        File.Copy(Path.Combine(Root, "tests", "Fuzz", "corpus", "recording", "format-1"), Recorded);
        Run("sqlite3", Recorded, "PRAGMA user_version").Should().Be("1\n");
        List<WatchEvent> events = Read(Recorded);
        events.OfType<Hit>().Should().HaveCount(5).And.OnlyContain(hit => hit.Watch.Label == "g_x" && hit.Watch.Shape == null);
        Closing(Recorded).Hits.Reported.Should().Be(5);
    }
}
