// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using AwesomeAssertions;
using Livewatcher.Live.Tests.Building;
using Livewatcher.Live.Tests.Reports;
using Livewatcher.Live.Tests.Running;
using Xunit;

namespace Livewatcher.Live.Tests.Sharing;

/// <summary>Eight neighbouring fields, four debug registers, two threads that store beside each other in the same moment: each field has the hits that the program
/// counts of it, with its own writer and values, and what was stored among them is counted as that.</summary>
public sealed class SharingTests : LiveTest
{
    private static readonly string[] Names = ["a", "b", "c", "d", "e", "f", "g", "h"];
    private static readonly int[] Bits = [32, 32, 16, 16, 8, 8, 64, 64];
    private static readonly string[] Watches = [.. Names.SelectMany(name => new[] { "--watch", $"g_s.{name}" })];
    private static readonly long Rounds = Emulation.Choose(600, 60);

    public static TheoryData<string, string, Linking, string, string, string> Builds => new()
    {
        { "gcc", "-O2 -fomit-frame-pointer", Linking.Pie, "bpf", "task", "on" },
        { "clang", "-O0", Linking.NoPie, "bpf", "cpu", "off" },
        { "gcc", "-O0", Linking.NoPie, "bpf", "task", "off" },
        { "clang", "-O2 -fomit-frame-pointer", Linking.NoPie, "bpf", "task", "on" },
        { "clang", "-O2 -fomit-frame-pointer", Linking.Pie, "perf", "task", "on" },
        { "gcc", "-O0", Linking.Pie, "perf", "task", "off" },
        { "gcc", "-O2 -fomit-frame-pointer", Linking.NoPie, "ptrace", "task", "on" },
        { "clang", "-O0", Linking.Pie, "ptrace", "task", "on" },
    };

    [Theory]
    [MemberData(nameof(Builds))]
    public async Task EachFieldHasItsOwnHits(string compiler, string optimization, Linking linking, string backend, string scope, string guard)
    {
        var run = await RunAsync(await BuildAsync(compiler, optimization, linking), [.. Watches, "--backend", backend, "--scope", scope, "--guard", guard], $"{Rounds}");
        run.Status.Should().Be(0);
        Check(run.Report, run.Facts, backend, threads: 2);
        run.Report.Armed.Select(armed => armed.Slots.Single().Length).Should().Equal(8, 8, 8, 8, 8, 8, 8, 8);
        run.Report.Notes.Select(note => note.Text).Should().ContainMatch("g_s.a and g_s.b share one debug register of 8 bytes at 0x*")
            .And.ContainMatch("g_s.c, g_s.d, g_s.e and g_s.f share one debug register of 8 bytes at 0x*");
    }

    [Theory]
    [InlineData("bpf")]
    [InlineData("perf")]
    [InlineData("ptrace")]
    public async Task ThreadsThatComeMeanwhileAreToldApartToo(string backend)
    {
        var run = await RunAsync(await BuildAsync("gcc", "-O2", Linking.Pie), [.. Watches, "--backend", backend, "--scope", "task", "--guard", "on"], $"{Rounds / 4}", "chain");
        run.Status.Should().Be(0);
        Check(run.Report, run.Facts, backend, threads: (int)(Rounds / 4) + 1);
    }

    [Theory]
    [InlineData("bpf", "task")]
    [InlineData("bpf", "cpu")]
    [InlineData("perf", "task")]
    [InlineData("ptrace", "task")]
    public async Task AChildsHitsAreToldApartToo(string backend, string scope)
    {
        string[] options = [.. Watches, "--follow-fork", "--backend", backend, "--scope", scope, "--guard", scope == "cpu" ? "off" : "on"];
        var run = await RunAsync(await BuildAsync("clang", "-O2", Linking.Pie), options, $"{Rounds / 2}", "fork");
        run.Status.Should().Be(0);
        foreach (var name in Names)
        {
            var hits = run.Report.HitsOn($"g_s.{name}");
            hits.Should().HaveCount((int)(run.Facts[name] * 3 / 2), "the child does what the parent does after it");
            Writers.AreAt(hits, $"write_{name}", "shared.c", $"write_{name}");
            hits.Select(hit => hit.Pid).Distinct().Should().HaveCount(2);
        }

        run.Report.Coverage.Hits.Beside.Should().Be(run.Facts["beside"] * 3 / 2);
        IsWhole(run.Report, backend);
    }

    [Fact]
    public async Task WhoIsAttachedToHasThemToo()
    {
        var target = await StartTargetAsync(await BuildAsync("gcc", "-O0", Linking.NoPie), $"{Rounds}");
        var (report, facts) = await WatchAsync(target, [.. Watches, "--backend", "bpf", "--scope", "task", "--guard", "on"]);
        Check(report, facts, "bpf", threads: 2);
    }

    [Theory]
    [InlineData("bpf")]
    [InlineData("perf")]
    public async Task AConditionIsHeldAgainstTheFieldAndNotItsRegister(string backend)
    {
        var run = await RunAsync(await BuildAsync("gcc", "-O2", Linking.Pie), ["--if", "new % 2 == 0", "--if-changed", .. Watches, "--backend", backend], $"{Rounds}");
        if (backend == "perf" && run.Report.Coverage.Hits.Dropped > 0)
        {
            // Its rings are of a fixed size, and behind what is lost it does not know every value.
            run.Report.Hits.Where(hit => !hit.Undecided).Should().OnlyContain(hit => hit.NewNumber % 2 == 0);
            return;
        }

        foreach (var name in Names)
        {
            run.Report.HitsOn($"g_s.{name}").Should().HaveCount((int)run.Facts[name] / 2, "every other one is even").And.OnlyContain(hit => hit.NewNumber % 2 == 0);
        }

        run.Report.Coverage.Hits.Filtered.Should().Be(4 * Rounds);
        run.Report.Coverage.Hits.Beside.Should().Be(run.Facts["beside"]);
        IsWhole(run.Report, backend);
    }

    [Fact]
    public async Task AccessesAreToldApartByTheirOperands()
    {
        string[] watches = [.. Names.SelectMany(name => new[] { "--awatch", $"g_s.{name}" })];
        var run = await RunAsync(await BuildAsync("clang", "-O2", Linking.Pie), [.. watches, "--backend", "bpf", "--scope", "task"], $"{Rounds}");
        foreach (var name in Names)
        {
            run.Report.HitsOn($"g_s.{name}").Should().HaveCount((int)run.Facts[name], "each is touched by one instruction of its writer");
        }

        run.Report.Hits.Should().OnlyContain(hit => !hit.Unsure);
        run.Report.Coverage.Hits.Beside.Should().Be(run.Facts["beside"]);
        IsWhole(run.Report, "bpf");
    }

    [Fact]
    public async Task ASystemCallIsAHitOfTheFieldThatItChanges()
    {
        var run = await RunAsync(await BuildAsync("gcc", "-O2", Linking.Pie), [.. Watches, "--backend", "bpf", "--scope", "task"], $"{Rounds}", "copy");
        var hits = run.Report.HitsOn("g_s.a");
        hits.Should().HaveCount((int)Rounds).And.OnlyContain(hit => hit.Syscall!.StartsWith("read(") && hit.Changed == true && !hit.Unsure);
        hits.Select(hit => hit.NewNumber).Should().Equal(Enumerable.Range(1, (int)Rounds).Select(i => (long)i));
        run.Report.Hits.Should().HaveCount((int)Rounds);
        IsWhole(run.Report, "bpf");
    }

    [Fact]
    public async Task ARecordingKeepsTheAccountOfSharedRegisters()
    {
        var shown = NewPath("jsonl");
        var recording = NewPath("lwr");
        var run = StartLivewatcher(["run", "--format", "json", "--output", shown, "--record", recording, .. Emulation.Options([]), .. Watches, "--", await BuildAsync("gcc", "-O2", Linking.Pie), "50"]);
        (await run.ExitAsync(Limit)).Should().Be(0);
        var again = NewPath("jsonl");
        var report = StartLivewatcher(["report", recording, "--format", "json", "--output", again]);
        (await report.ExitAsync(Limit)).Should().Be(0, report.Describe("report"));
        var read = Report.Read(again);
        Consistency.Check(read);
        Check(read, new Facts(run.Output), "bpf", threads: 2, rounds: 50);
        (await File.ReadAllLinesAsync(again, TestContext.Current.CancellationToken))[^1].Should().Be((await File.ReadAllLinesAsync(shown, TestContext.Current.CancellationToken))[^1]);
    }

    [Fact]
    public async Task WhoHasRoomTogetherTakesNoTurns()
    {
        var run = await RunAsync(await BuildAsync("gcc", "-O2", Linking.Pie), ["--rotate=200ms", .. Watches, "--backend", "bpf", "--scope", "task"], $"{Rounds}");
        run.Report.Coverage.Turns.Should().BeEmpty();
        Check(run.Report, run.Facts, "bpf", threads: 2);
    }

    [Fact]
    public async Task WhatIsDoneAtTheHitNeedsARegisterOfItsOwn()
    {
        var program = await BuildAsync("gcc", "-O2", Linking.Pie);
        (await RefusedAsync(["run", "--on-hit", "stop", .. Watches, "--", program, "1"])).Should()
            .Contain("too few debug registers: the processor has 4").And.Contain("g_s.a shares none with its neighbours, for 'stop' is done at the hit");
    }

    private static Task<string> BuildAsync(string compiler, string optimization, Linking linking) =>
        Toolchain.BuildAsync(new Recipe("shared.c") { Compiler = compiler, Optimization = optimization, Linking = linking });

    private static void Check(Report report, Facts own, string backend, int threads, long? rounds = null)
    {
        var counts = Names.Select(name => ($"g_s.{name}", own[name])).ToArray();
        counts.Should().OnlyContain(count => count.Item2 == (rounds ?? own["a"]), "the program did what it was written for");
        var complete = backend == "ptrace" ? Honesty.CheckUserOnly(report, counts) : Honesty.Check(report, counts);
        foreach (var (name, bits) in Names.Zip(Bits))
        {
            var hits = report.HitsOn($"g_s.{name}");
            Writers.AreAt(hits, $"write_{name}", "shared.c", $"write_{name}");
            hits.Should().OnlyContain(hit => !hit.Unsure && hit.Merged == 1);
            if (complete && backend != "perf")
            {
                hits.Select(hit => hit.NewNumber).Should().Equal(Enumerable.Range(1, hits.Count).Select(i => Narrow(i, bits)), $"each write of {name} counts up");
                hits.Select(hit => hit.OldNumber).Should().Equal(Enumerable.Range(0, hits.Count).Select(i => Narrow(i, bits)), $"the other thread's stores beside {name} are not its own");
            }
        }

        if (!complete)
        {
            return;
        }

        report.Coverage.Hits.Beside.Should().Be(own["beside"], "it lies in the register of c, d, e and f");
        report.Coverage.Sharings.Select(sharing => (string.Join(' ', sharing.Watches), sharing.Length, sharing.Beside, sharing.Unsure))
            .Should().Equal(("g_s.a g_s.b", 8, 0, 0), ("g_s.c g_s.d g_s.e g_s.f", 8, own["beside"], 0));
        report.Hits.Select(hit => hit.Tid).Distinct().Should().HaveCount(threads);
    }

    /// <summary>As a signed number of so many bits.</summary>
    private static long Narrow(long value, int bits) => value << (64 - bits) >> (64 - bits);

    private static void IsWhole(Report report, string backend)
    {
        report.AllHits.Should().OnlyContain(hit => !hit.Escaped);
        report.Coverage.Gaps.Where(gap => !(backend == "ptrace" && gap.StartsWith("the kernel's own accesses", StringComparison.Ordinal))).Should().BeEmpty();
    }
}
