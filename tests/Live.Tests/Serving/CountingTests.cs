// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using AwesomeAssertions;
using Livewatcher.Live.Tests.Building;
using Livewatcher.Live.Tests.Processes;
using Livewatcher.Live.Tests.Reports;
using Livewatcher.Live.Tests.Running;
using Xunit;

namespace Livewatcher.Live.Tests.Serving;

/// <summary>Programs that watch themselves: their own count against ours.</summary>
public sealed class CountingTests : ServingTest
{
    /// <summary>What waits to be named is 256 MiB at most, the ring is mapped twice; and each program that is connected, or was one of the
    /// last 32, has its names.</summary>
    private static long MostKibibytes(int programs) => (512 + (24L * programs)) << 10;

    /// <summary>The original's scenario (samples/selfwatch), however it is compiled.</summary>
    [Theory]
    [InlineData("gcc", "selfwatch.c", "-O0", Linking.Pie)]
    [InlineData("gcc", "selfwatch.c", "-O2 -fomit-frame-pointer", Linking.NoPie)]
    [InlineData("clang", "selfwatch.c", "-O2 -fomit-frame-pointer", Linking.Pie)]
    [InlineData("gcc", "selfwatch.cpp", "-O2 -fomit-frame-pointer", Linking.Pie)]
    public async Task ThreePinnedThreadsAndFourGlobals(string compiler, string source, string optimization, Linking linking)
    {
        var listening = await ListenAsync();
        var sample = LinkedWithLibrary($"../../../samples/selfwatch/{source}") with { Compiler = compiler, Optimization = optimization, Linking = linking };
        var own = await ServeAsync(sample, "20");
        var report = await QuitAsync(listening);

        own["listening"].Should().Be(1);
        Honesty.Check(report, ("g_char", own["exact g_char"]), ("g_short", own["exact g_short"]), ("g_int", own["exact g_int"]));
        report.HitsOn("g_long").Count.Should().BeInRange(60, 120, "it was watched in the first phase, and now and then in the second");
        report.Hits.Should().OnlyContain(hit => "g_" + hit.Stack[0].Function!.Split('(', 2)[0] == hit.Watch.Replace("g_", "g_write_") && hit.Stack[0].FileName == source);
        report.HitsOn("g_int").Should().OnlyContain(hit => hit.NewNumber >= 1 && hit.NewNumber <= 20);
        report.Armed.Count(armed => armed.Watch == "g_long").Should().Be(6);
        report.Types.Count(type => type == "disarmed").Should().Be(9);
        report.Messages.Select(message => (message.Kind, message.Text)).Should().Equal(
            ("info", "selfwatch: 3 threads, 20 rounds"), ("mark", "g_long is not watched any more"));
        var dump = report.Registers.Should().ContainSingle().Subject;
        dump.Stack.Should().Contain(frame => frame.Function == "main").And.NotContain(frame => frame.Function == "lw_dump_dr");
        report.Armed.Take(4).Select(armed => armed.Address).Should().Equal(dump.Registers["dr0"], dump.Registers["dr1"], dump.Registers["dr2"], dump.Registers["dr3"]);
    }

    /// <summary>In all 10,000 armings in the long version, 50 programs of 20 threads.</summary>
    [Fact]
    [Trait(Slow.Category, Slow.Name)]
    public async Task ManyProgramsArmAndDisarmWhileTheirThreadsWrite()
    {
        int programs = Slow.Choose(4, 50), threads = Slow.Choose(4, 20), cycles = Slow.Choose(10, 200), writes = Slow.Choose(3, 2);
        var listening = await ListenAsync("--stack-bytes", "1024");
        var own = await Task.WhenAll(Enumerable.Range(0, programs).Select(_ => ServeAsync(Serve, "cycles", $"{threads}", $"{cycles}", $"{writes}")));
        var status = await ControlAsync("status");
        int[] ours = [listening.Process.Id, .. ProcFile.ChildrenOf(listening.Process.Id)];
        var open = ours.Sum(ProcFile.CountDescriptors);
        var isArmed = ours.Any(ProcFile.HoldsPerfEvents);
        var memory = long.Parse((ProcFile.Status(ours[0], "VmHWM") ?? "0 kB").Split(' ')[0]);
        var report = await QuitAsync(listening);
        Console.WriteLine($"Live: {programs} programs of {threads} threads, {cycles} cycles each: {open} descriptors in {ours.Length} processes, {memory >> 10} MiB at most");
        isArmed.Should().BeFalse("every program has ended");
        open.Should().BeLessThan(100 + (10 * programs), "some files of former programs stay open for late hits, and nothing else");
        memory.Should().BeInRange(1, MostKibibytes(programs));

        long written = own.Sum(one => one["watched"]);
        written.Should().Be((long)programs * threads * cycles * writes);
        if (Honesty.Check(report, ("g_served", written)))
        {
            report.Hits.GroupBy(hit => hit.Pid).Should().HaveCount(programs).And.OnlyContain(one => one.Count() == threads * cycles * writes);
        }

        report.Armed.Should().HaveCount(programs * cycles);
        report.Types.Count(type => type == "disarmed").Should().Be(programs * cycles);
        status.Should().Contain("0 programs are connected");
    }

    [Fact]
    public async Task AFifthWatcherIsNotToBeHad()
    {
        var listening = await ListenAsync();
        var own = await ServeAsync(Serve, "five");
        (own["fifth"], own["errno"]).Should().Be((-1, 28), "ENOSPC");
        await QuitAsync(listening);
    }

    /// <summary>What was listened to can be looked at later: the same hits, messages and marks.</summary>
    [Fact]
    public async Task ARecordingOfAListenerHasEveryHit()
    {
        var recording = NewPath("lwr");
        var listening = await ListenAsync("--record", recording);
        var own = await ServeAsync(Serve, "cycles", "2", "3", "5");
        var report = await QuitAsync(listening);
        report.Hits.Should().HaveCount((int)own["watched"]);

        var json = NewPath("jsonl");
        var reading = StartLivewatcher(["report", recording, "--format", "json", "--output", json]);
        (await reading.ExitAsync(Limit)).Should().Be(0, reading.Describe("it is a recording"));
        var recorded = Report.Read(json);
        Consistency.Check(recorded);
        recorded.Coverage.Hits.Should().Be(report.Coverage.Hits);
        recorded.Coverage.Gaps.Should().Equal(report.Coverage.Gaps);
        recorded.Hits.Select(hit => (hit.Seq, hit.Watch, hit.Tid, hit.NewNumber)).Should().Equal(report.Hits.Select(hit => (hit.Seq, hit.Watch, hit.Tid, hit.NewNumber)));
    }
}
