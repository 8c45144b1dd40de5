// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using AwesomeAssertions;
using Livewatcher.Live.Tests.Building;
using Livewatcher.Live.Tests.Processes;
using Livewatcher.Live.Tests.Reports;
using Livewatcher.Live.Tests.Running;
using Xunit;

namespace Livewatcher.Live.Tests.Flooding;

/// <summary>The consumer is slower than the producer, for 30 seconds in the long version: what the buffers cannot take is counted to the last
/// hit and said while it happens, memory stays bounded, and the values are right behind each loss.</summary>
[Trait(Slow.Category, Slow.Name)]
public sealed class PressureTests : LiveTest
{
    /// <summary>What waits to be named is 256 MiB at most; the rest is the runtime's.</summary>
    private const long MostKibibytes = 512 << 10;

    private const long SlowBase = 1_000_000_000;
    private const int SlowWrites = 3;

    private static readonly int Seconds = Slow.Choose(3, 30);

    [Theory]
    [InlineData("bpf", "cpu", "off")]
    [InlineData("bpf", "task", "on")]
    [InlineData("perf", "task", "on")]
    [InlineData("ptrace", "task", "on")]
    public async Task AStoppedConsumerLosesHitsAndNoCount(string backend, string scope, string guard)
    {
        var target = await StartFloodAsync();
        var attachment = await AttachAsync(
            target.Id, ["--watch", "g_flood", "--backend", backend, "--scope", scope, "--guard", guard, "--ring", "1M", "--max-rate", "off", "--max-cpu", "off"]);
        target.Open();
        await attachment.Process.SignalAsync("STOP");
        await Patience.PauseAsync(1000 * Seconds);
        await attachment.Process.SignalAsync("CONT");
        await CheckAsync(attachment, target);
    }

    /// <summary>Hits are named and shown on the session's thread, which waits for its reader.</summary>
    [Fact]
    public async Task AReaderThatDoesNotReadLosesHitsAndNoCount()
    {
        var target = await StartFloodAsync();
        var output = NewPath("jsonl");
        var options = string.Join(' ', ["--watch", "g_flood", "--backend", "bpf", "--ring", "1M", "--max-rate", "off", "--max-cpu", "off", "--format", "json"]);
        var pipe = Start("sh", ["-c", $"{Repository.Livewatcher} attach {target.Id} {options} | {{ head -c 1 >{output}; sleep {Seconds}; cat >>{output}; }}"]);
        var attachment = new Attachment(pipe, output);
        await Patience.UntilAsync(() => File.Exists(output) && new FileInfo(output).Length > 0, Limit, () => pipe.Describe("not armed"));
        target.Open();
        await CheckAsync(attachment, target);
    }

    private async Task CheckAsync(Attachment attachment, Target target)
    {
        var watcher = FindLivewatcher();
        var ending = target.EndAsync(Limit + TimeSpan.FromSeconds(Seconds));
        long memory = 0;
        // It ends soon after the program, and takes what /proc says of it along.
        while (!ending.IsCompleted)
        {
            memory = long.Parse((ProcFile.Status(watcher, "VmHWM") ?? $"{memory} kB").Split(' ')[0]);
            await Task.WhenAny(ending, Patience.PauseAsync(100));
        }

        var own = await ending;
        memory.Should().BePositive();
        var report = await attachment.EndAsync(Limit + TimeSpan.FromSeconds(4 * Seconds));
        var hits = report.Coverage.Hits;
        Console.WriteLine($"Live: pressure on {report.Coverage.Backend} for {Seconds} s: {own["written"]} writes, {hits}, {memory >> 10} MiB at most");

        hits.Dropped.Should().BePositive();
        if (hits.Escaped + hits.Recovered == 0)
        {
            hits.Counted.Should().Be(own["written"]);
        }

        memory.Should().BeLessThan(MostKibibytes);
        CheckValues(report, own["written"] - SlowWrites);
        var notice = report.Notes.First(note => note.Text.Contains("are dropped so far", StringComparison.Ordinal));
        notice.Moment.Should().BeBefore(report.Hits.Last(hit => hit.NewNumber > SlowBase).Moment, "it is said while the program runs");
        report.Coverage.Gaps.Should().Contain(gap => gap.StartsWith($"{hits.Dropped:N0} hits were dropped", StringComparison.Ordinal));
    }

    /// <summary>One thread counts up, so each hit's old value is the one before its new one, be that hit recorded or dropped.</summary>
    private static void CheckValues(Report report, long flooded)
    {
        var told = report.Hits.Where(hit => hit.NewNumber < SlowBase).ToList();
        told.Where(hit => hit.Old is not null && hit.OldNumber != 0).Should().OnlyContain(hit => hit.NewNumber == hit.OldNumber + 1);
        told.Select(hit => hit.NewNumber).Should().BeInAscendingOrder();
        var slow = report.Hits.Where(hit => hit.NewNumber > SlowBase).ToList();
        slow.Should().HaveCount(SlowWrites, "by then there is room again");
        slow.Where(hit => hit.Old is not null).Select(hit => hit.OldNumber).Should().BeSubsetOf([1_000_000 + flooded, SlowBase + 1, SlowBase + 2]);
        if (report.Coverage.Backend == "perf")
        {
            return; // what is lost there has taken its values along
        }

        slow[0].OldNumber.Should().Be(1_000_000 + flooded, "that was the last write of the flood, whether it was recorded or not");
        // Between two hits as many are missing as were dropped there; the first write follows the memory's 0.
        var missing = told.Zip(told.Skip(1)).Sum(pair => pair.Second.OldNumber - pair.First.NewNumber)
            + (told.Count == 0 ? flooded : told[0].NewNumber - 1_000_001 + (1_000_000 + flooded - told[^1].NewNumber));
        missing.Should().Be(report.Coverage.Hits.Dropped);
    }

    private async Task<Target> StartFloodAsync() => await StartTargetAsync(
        await Toolchain.BuildAsync(new Recipe("flood.c") { Optimization = "-O2 -fomit-frame-pointer", Extra = "-pthread" }), "1", "0", $"{Seconds + 2}");
}
