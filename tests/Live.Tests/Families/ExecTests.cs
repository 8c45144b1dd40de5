// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using AwesomeAssertions;
using Livewatcher.Live.Tests.Building;
using Livewatcher.Live.Tests.Reports;
using Livewatcher.Live.Tests.Running;
using Xunit;

namespace Livewatcher.Live.Tests.Families;

/// <summary>A program that becomes another one.</summary>
public sealed class ExecTests : LiveTest
{
    [Fact]
    public async Task AnExecEndsTheWatchesAndSaysSo()
    {
        var run = await RunExecAsync();
        run.Report.Notes.Should().Contain(note => note.Text.Contains("exec", StringComparison.Ordinal));
        Honesty.Check(run.Report, ("g_exec", run.Facts["hits first"]));
        Writers.AreAt(run.Report.Hits, "main", "exec.c", "first");
    }

    [Fact]
    public async Task AFollowedExecIsWatchedOn()
    {
        var run = await RunExecAsync("--follow-exec");
        var (first, next) = (run.Facts["hits first"], run.Facts["hits next"]);
        if (Honesty.Check(run.Report, ("g_exec", first + next)))
        {
            Writers.AreAt(run.Report.Hits.Take((int)first), "main", "exec.c", "first");
            Writers.AreAt(run.Report.Hits.Skip((int)first), "main", "exec_next.c", "next");
            run.Report.Hits.Skip((int)first).Select(hit => hit.NewNumber).Should().Equal(Enumerable.Range(1001, (int)next).Select(i => (long)i));
        }

        run.Report.Armed.Should().HaveCount(2);
        run.Report.Armed[0].Address.Should().NotBe(run.Report.Armed[1].Address);
    }

    /// <summary>The old program's registers are free before the new one's are armed, though its events are still open.</summary>
    [Theory]
    [InlineData("bpf", "cpu", "off")]
    [InlineData("bpf", "task", "on")]
    [InlineData("bpf", "task", "off")]
    [InlineData("perf", "task", "on")]
    [InlineData("ptrace", "task", "on")]
    public async Task AllFourRegistersFollowAnExec(string backend, string scope, string guard)
    {
        var more = Enumerable.Range(0, 3).Select(i => $"g_more[{i}]").ToList();
        var run = await RunExecAsync([
            "--follow-exec", "--backend", backend, "--scope", scope, "--guard", guard, .. more.SelectMany(watch => new[] { "--watch", watch })]);
        run.Report.Armed.Should().HaveCount(8);
        (string Watch, long Own)[] own =
            [("g_exec", 150), .. more.Select((watch, i) => (watch, (long)(Enumerable.Range(1, 100).Count(n => n % 3 == i) + Enumerable.Range(1, 50).Count(n => n % 3 == i))))];
        _ = backend == "ptrace" ? Honesty.CheckUserOnly(run.Report, own) : Honesty.Check(run.Report, own);
    }

    [Fact]
    public async Task AnExecOfAnAttachedProgramEndsTheAttachment()
    {
        var next = await Toolchain.BuildAsync(new Recipe("exec_next.c"));
        var target = await StartTargetAsync(await Toolchain.BuildAsync(new Recipe("exec.c")), next);
        var attachment = await AttachAsync(target.Id, "--watch", "g_exec");
        target.Open();
        (await target.Process.ExitAsync(Limit)).Should().Be(7);
        var report = await attachment.EndAsync(Limit);
        Honesty.Check(report, ("g_exec", target.Facts["hits first"]));
    }

    /// <summary>Names are read while the process is being taken hold of. Whichever program it is by then, the one that it was before names nothing of it.</summary>
    [Theory]
    [InlineData("task", "on")]
    [InlineData("cpu", "off")]
    public async Task AnExecWhileItIsAttachedToLeavesNoNamesBehind(string scope, string guard)
    {
        var before = await Toolchain.BuildAsync(new Recipe("exec_wait.c"));
        var after = await Toolchain.BuildAsync(new Recipe("exec_long.c") { Linking = Linking.NoPie });
        var step = (int)(20 * Emulation.Slowness);
        var named = 0;
        for (var delay = 0; delay <= 10 * step; delay += step)
        {
            var target = await StartTargetAsync(before, delay.ToString(), after);
            target.Open();
            var attachment = StartAttach(target.Id.ToString(), "--watch", "g_exec", "--scope", scope, "--guard", guard, "--for", $"{step * 10}ms");
            var report = await attachment.EndAsync(Limit);
            await target.Process.SignalAsync("KILL");
            Writers.AreAt(report.Hits, "main", "exec_long.c", "long");
            (report.Hits.Count > 0 || report.Notes.Any(note => note.Text.Contains("exec", StringComparison.Ordinal)))
                .Should().BeTrue(attachment.Process.Describe($"after {delay} ms it was neither the new program that was watched nor one that has ended by exec"));
            named += report.Hits.Count > 0 ? 1 : 0;
        }

        named.Should().BePositive("the first delays are over before anybody looks");
    }

    private async Task<Run> RunExecAsync(params string[] options)
    {
        var next = await Toolchain.BuildAsync(new Recipe("exec_next.c") { Linking = Linking.NoPie });
        var run = await RunAsync(await Toolchain.BuildAsync(new Recipe("exec.c")), ["--watch", "g_exec", .. options], next);
        run.Status.Should().Be(7, "that is the second program's exit status");
        return run;
    }
}
