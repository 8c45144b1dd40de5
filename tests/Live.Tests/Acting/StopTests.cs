// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using AwesomeAssertions;
using Livewatcher.Live.Tests.Building;
using Livewatcher.Live.Tests.Processes;
using Xunit;

namespace Livewatcher.Live.Tests.Acting;

/// <summary>Stopped at the hit, and still there when livewatcher has gone.</summary>
public sealed class StopTests : ActingTest
{
    [Theory]
    [MemberData(nameof(Builds))]
    public async Task TheProcessStandsBehindTheWriteAndStaysThere(string compiler, string optimization, Linking linking, string backend, string scope)
    {
        var own = NewPath("page");
        var target = await StartTargetAsync(await BuildAsync(compiler, optimization, linking), "30", own);
        var attachment = await AttachAsync(target.Id, ["--watch", Field, "--on-hit", "stop", "--after", "5", "--max-hits", "5", .. Backend(backend, scope)]);
        target.Open();
        var report = await attachment.EndAsync(Limit);
        await StoppedAsync(target.Id);
        var page = SharedPage.Read(own);
        page.Should().BeEquivalentTo(new { Before = 5L, After = 4L }, "the fifth write is the last");
        ProgramCounter(target.Id, page.Thread).Should().Be(page.Next, "the very next instruction is to come");
        var action = report.Hits[4].Actions.Should().ContainSingle().Subject;
        action.Should().BeEquivalentTo(new { Done = true, AtHit = true, Next = $"gdb -p {target.Id} -ex 'thread find {page.Thread}'" });
        report.Coverage.Actions.Should().ContainSingle().Which.Should().BeEquivalentTo(new { AtHit = 1L, Failed = 0L });

        var debugger = await Child.RunAsync("gdb", ["-nx", "-batch", "-p", $"{target.Id}", "-ex", $"thread find {page.Thread}", "-ex", "thread 2", "-ex", "p/x $rip"], Limit);
        debugger.Should().Contain($"0x{page.Next:x}\n", "it is where gdb finds it");
        await target.Process.SignalAsync("CONT");
        (await target.EndAsync(Limit))["writes"].Should().Be(30);
    }

    [Fact]
    public async Task EveryThreadStandsStill()
    {
        var own = NewPath("page");
        var target = await StartTargetAsync(await BuildAsync("gcc", "-O2", Linking.Pie), "100000000", own, "4");
        var attachment = await AttachAsync(target.Id, ["--watch", Field, "--on-hit", "stop", "--once", "--after", "20", "--max-hits", "20", .. Backend("bpf", "task")]);
        target.Open();
        await attachment.EndAsync(Limit);
        await StoppedAsync(target.Id);
        var before = SharedPage.Read(own);
        await Task.Delay(300, TestContext.Current.CancellationToken);
        SharedPage.Read(own).Should().Be(before);
        target.Process.Kill();
    }
}
