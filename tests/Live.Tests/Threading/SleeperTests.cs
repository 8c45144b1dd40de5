// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using AwesomeAssertions;
using Livewatcher.Live.Tests.Building;
using Livewatcher.Live.Tests.Processes;
using Livewatcher.Live.Tests.Reports;
using Livewatcher.Live.Tests.Running;
using Xunit;

namespace Livewatcher.Live.Tests.Threading;

/// <summary>A thread that sleeps in a system call does not wake when it is armed, nor when livewatcher leaves: it would see EINTR (signal(7)).</summary>
public sealed class SleeperTests : LiveTest
{
    private static readonly int Writes = Slow.Choose(40, 100);

    private static readonly string[] Words = [.. Enumerable.Range(0, 4).Select(i => $"g_word[{i}]")];

    [Theory]
    [InlineData("gcc", "-O2", "bpf", "task")]
    [InlineData("clang", "-O0", "perf", "task")]
    [InlineData("clang", "-O2", "bpf", "cpu")]
    public async Task AreLeftToSleep(string compiler, string optimization, string backend, string scope)
    {
        var target = await StartTargetAsync(await Toolchain.BuildAsync(new Recipe("dozing.c") { Compiler = compiler, Optimization = optimization }), $"{Writes}");
        var attachment = await AttachAsync(target.Id, "--watch", "g_written", "--backend", backend, "--scope", scope, "--guard", "on");
        target.Open();
        await Patience.UntilAsync(() => File.ReadLines(attachment.OutputPath).Count() > Writes, Limit, () => "not all hits are told");
        await attachment.InterruptAsync();
        var report = await attachment.EndAsync(Limit);
        ProcFile.Status(target.Id, "TracerPid").Should().Be("0");
        target.OpenSecond();
        var own = await target.EndAsync(Limit);
        own["disturbed"].Should().Be(0);
        Honesty.Check(report, ("g_written", own["hits g_written"]));
        Writers.AreAt(report.Hits, "write_it", "dozing.c", "write_it");
    }

    /// <summary>It is armed from outside, at a moment of which it knows nothing: what it brings forth then is armed once, and once only.</summary>
    [Theory]
    [InlineData("gcc", "-O2", "bpf")]
    [InlineData("clang", "-O0", "perf")]
    public async Task WhatTheyBringForthIsArmedOnce(string compiler, string optimization, string backend)
    {
        var program = await Toolchain.BuildAsync(new Recipe("lineage.c") { Compiler = compiler, Optimization = optimization });
        for (int round = 0; round < Slow.Choose(1, 20); round++)
        {
            var target = await StartTargetAsync(program, $"{Slow.Choose(8, 20)}");
            var (report, own) = await WatchAsync(
                target, [.. Words.SelectMany(word => (string[])["--watch", word]), "--backend", backend, "--scope", "task", "--guard", "on", "--follow-fork"]);
            Honesty.Check(report, [.. Words.Select(word => (word, own["hits g_word"]))]);
        }
    }
}
