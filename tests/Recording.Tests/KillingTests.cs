// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using System.Diagnostics;
using System.Globalization;
using AwesomeAssertions;
using Livewatcher.Model;
using Xunit;

namespace Livewatcher.Recording.Tests;

/// <summary>A writer that is killed leaves all but its last second.</summary>
public sealed class KillingTests : Scratch
{
    private static readonly string Load = Path.Combine(Root, "artifacts", "bin", "Livewatcher.Recording.Load", "release", "Livewatcher.Recording.Load");

    [Theory]
    [InlineData(2500)]
    [InlineData(3210)]
    [InlineData(3900)]
    public void AllButTheLastSecondIsThere(int milliseconds)
    {
        const int Rate = 10_000;
        ProcessStartInfo start = new(Load, [Recorded, "10000000", Rate.ToString(CultureInfo.InvariantCulture), "--tell"]) { UseShellExecute = false, RedirectStandardOutput = true };
        List<(TimeSpan At, long Published)> told = [];
        using Process process = Process.Start(start)!;
        Stopwatch watch = Stopwatch.StartNew();
        process.StandardOutput.ReadLine().Should().NotBeNull();
        TimeSpan begun = watch.Elapsed;
        // The end is another thread's: reading waits while nothing is said.
        Timer killer = new(_ => process.Kill(), null, milliseconds, Timeout.Infinite);
        while (process.StandardOutput.ReadLine() is { } line)
        {
            if (long.TryParse(line, NumberStyles.None, CultureInfo.InvariantCulture, out long count))
                told.Add((watch.Elapsed, count));
        }

        TimeSpan end = watch.Elapsed;
        process.WaitForExit();
        killer.Dispose();
        process.ExitCode.Should().Be(128 + 9);
        (end - begun).Should().BeGreaterThan(TimeSpan.FromSeconds(1), "or the test proves nothing");

        using RecordingFile file = RecordingFile.Open(Recorded);
        file.Closing.Should().BeNull();
        List<long> there = [.. file.Events().OfType<Hit>().Select(hit => hit.Sequence)];
        there.Should().Equal(Enumerable.Range(1, there.Count).Select(i => (long)i), "nothing lacks before the last");
        // A second of the writer's time: where it was told nothing for long, the writer did not run (a machine with other work).
        TimeSpan stall = told.Zip(told.Skip(1), (one, next) => next.At - one.At).Max();
        long aSecondBefore = told.Where(one => one.At < end - TimeSpan.FromSeconds(1) - stall).Select(one => one.Published).LastOrDefault();
        aSecondBefore.Should().BePositive();
        there.Count.Should().BeGreaterThanOrEqualTo((int)aSecondBefore);
        CoverageEvent made = file.Unclosed([], there.Count, null);
        made.Closed.Should().BeFalse();
        made.Gaps.Should().ContainSingle(gap => gap.StartsWith("the recording has no end: livewatcher was killed"));
        Run("sqlite3", Recorded, "PRAGMA integrity_check").Trim().Should().Be("ok");
    }
}
