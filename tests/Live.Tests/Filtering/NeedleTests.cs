// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using AwesomeAssertions;
using Livewatcher.Live.Tests.Building;
using Livewatcher.Live.Tests.Reports;
using Livewatcher.Live.Tests.Running;
using Xunit;

namespace Livewatcher.Live.Tests.Filtering;

/// <summary>One wrong write among many that are in order, found each of the ways.</summary>
public sealed class NeedleTests : LiveTest
{
    private const string Field = "g_field";
    private const int Threads = 4;

    /// <summary>The program's: before the one that is wrong, and behind it.</summary>
    private const int Rounds = 2;

    public static TheoryData<string, string, Linking, string, string> Builds => new()
    {
        { "gcc", "-O2 -fomit-frame-pointer", Linking.Pie, "bpf", "task" },
        { "clang", "-O2 -fomit-frame-pointer", Linking.NoPie, "perf", "task" },
        { "gcc", "-O0", Linking.NoPie, "ptrace", "task" },
        { "clang", "-O0", Linking.Pie, "bpf", "cpu" },
    };

    [Theory]
    [MemberData(nameof(Builds))]
    public async Task ByItsValue(string compiler, string optimization, Linking linking, string backend, string scope) =>
        await FindAsync(compiler, optimization, linking, backend, scope, "--if", "new < 0");

    [Theory]
    [MemberData(nameof(Builds))]
    public async Task ByAnExpectationAboutAnotherVariable(string compiler, string optimization, Linking linking, string backend, string scope) =>
        await FindAsync(compiler, optimization, linking, backend, scope, "--expect", "new > 0 && new <= g_cap");

    [Theory]
    [MemberData(nameof(Builds))]
    public async Task ByIgnoringTheWritersThatAreInOrder(string compiler, string optimization, Linking linking, string backend, string scope) =>
        await FindAsync(compiler, optimization, linking, backend, scope, "--ignore", "write_good", "--ignore", optimization == "-O0" ? "store" : $"needle.c:{Source.Line("needle.c", "store")}");

    [Theory]
    [MemberData(nameof(Builds))]
    public async Task ByWantingOneFunctionOnly(string compiler, string optimization, Linking linking, string backend, string scope) =>
        await FindAsync(compiler, optimization, linking, backend, scope, "--only", "write_bad");

    [Theory]
    [MemberData(nameof(Builds))]
    public async Task ByItsCallers(string compiler, string optimization, Linking linking, string backend, string scope) =>
        await FindAsync(compiler, optimization, linking, backend, scope, "--ignore-callers", "work");

    [Theory]
    [MemberData(nameof(Builds))]
    public async Task ByItsThread(string compiler, string optimization, Linking linking, string backend, string scope) =>
        await FindAsync(compiler, optimization, linking, backend, scope, "--if", "thread != \"odd\" && thread != \"ev*\"");

    /// <summary>Saved, the lesson is known to the next process too, whose code is somewhere else.</summary>
    [Theory]
    [MemberData(nameof(Builds))]
    public async Task ByLearningAndByWhatWasLearned(string compiler, string optimization, Linking linking, string backend, string scope)
    {
        var saved = NewPath("known");
        var report = await FindAsync(compiler, optimization, linking, backend, scope, "--learn", $"{Pause - 1}s", "--save-known", saved);
        report.Notes.Should().Contain(note => note.Text.StartsWith("learned 2 writers in ", StringComparison.Ordinal));
        File.ReadAllLines(saved).Should().HaveCount(3, "two writers and a first line");
        await FindAsync(compiler, optimization, linking, backend, scope, "--known", saved);
    }

    /// <summary>Ten million writes by four threads, or as many as LW_WRITES says; a few where nobody asks for the long version.</summary>
    [Theory]
    [InlineData("--if", "new < 0")]
    [InlineData("--expect", "new > 0 && new <= g_cap")]
    [InlineData("--learn", "")]
    public async Task OneAmongMillions(string option, string value)
    {
        var writes = int.TryParse(Environment.GetEnvironmentVariable("LW_WRITES"), out var asked) ? asked : Slow.Choose(20_000, 10_000_000);
        var report = await FindAmongAsync(writes, "gcc", "-O2 -fomit-frame-pointer", Linking.Pie, "bpf", "task", option, value.Length > 0 ? value : $"{Pause - 1}s");
        report.Coverage.Hits.Counted.Should().Be(writes + 1);
        report.Coverage.Hits.Dropped.Should().Be(0, "what is in order never comes to the ring");
    }

    private static int Pause => Emulation.Choose(3, 8);

    private Task<Report> FindAsync(string compiler, string optimization, Linking linking, string backend, string scope, params string[] filter) =>
        FindAmongAsync(Threads * Rounds * Slow.Choose(100, 1000), compiler, optimization, linking, backend, scope, filter);

    private async Task<Report> FindAmongAsync(int writes, string compiler, string optimization, Linking linking, string backend, string scope, params string[] filter)
    {
        var limit = Limit * Math.Max(1, writes / 500_000);
        var program = await Toolchain.BuildAsync(new Recipe("needle.c") { Compiler = compiler, Optimization = optimization, Linking = linking });
        var isLesson = filter.Contains("--learn");
        var target = await StartTargetAsync(program, $"{Threads}", $"{writes / Threads / Rounds}", isLesson ? $"{Pause}" : "0");
        string[] guard = scope == "cpu" ? ["--guard", "off"] : [];
        var attachment = await AttachAsync(target.Id, ["--watch", Field, .. filter, "--backend", backend, "--scope", scope, .. guard]);
        target.Open();
        var own = await target.EndAsync(limit);
        var report = await attachment.EndAsync(limit);
        var hit = report.HitsOn(Field).Should().ContainSingle($"one write was wrong ({string.Join(' ', filter)})").Subject;
        hit.NewNumber.Should().Be(-7);
        hit.Stack[0].Function.Should().Be("write_bad");
        hit.Stack[0].Line.Should().Be(Source.Line("needle.c", "write_bad"));
        var hits = report.Coverage.Hits;
        hits.Counted.Should().Be(own["good"] + own["inlined"] + own["bad"], "filtered is counted");
        hits.Filtered.Should().Be(hits.Counted - 1);
        return report;
    }
}
