// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using AwesomeAssertions;
using Livewatcher.Live.Tests.Building;
using Livewatcher.Live.Tests.Running;
using Xunit;

namespace Livewatcher.Live.Tests.Endings;

/// <summary>Threads that come into being while a program is killed or left. A thread that is killed when it has just created another one never tells of it. The newcomer must not stand in the guard's hands for ever, or the
/// killed program does not end as long as it is watched.</summary>
public sealed class KilledTargetTests : LiveTest
{
    [Theory]
    [Trait(Slow.Category, Slow.Name)]
    [InlineData("bpf")]
    [InlineData("ptrace")]
    public async Task AProgramThatIsKilledAmidBirthsEnds(string backend)
    {
        var program = await Toolchain.BuildAsync(new Recipe("births.c"));
        for (var left = Slow.Choose(1, 20); left > 0; left--)
        {
            var target = await StartTargetAsync(program);
            var attachment = await AttachAsync(target.Id, "--watch", "g_born", "--if-changed", "--backend", backend, "--guard", "on");
            await target.Process.SignalAsync("KILL");
            var report = await attachment.EndAsync(Limit);
            report.Coverage.Why.Should().BeOneOf("the target was killed by signal 9", "no watched process is left"); // by who tells first of the end
        }
    }

    /// <summary>Of a program that is let go, thread after thread, the last one in hand may end: that is not the program's end.</summary>
    [Fact]
    [Trait(Slow.Category, Slow.Name)]
    public async Task AProgramThatIsLeftAmidBirthsHasNotEnded()
    {
        var program = await Toolchain.BuildAsync(new Recipe("births.c"));
        for (var left = Slow.Choose(1, 20); left > 0; left--)
        {
            var watching = StartRun(program, ["--watch", "g_born", "--if-changed", "--backend", "perf", "--guard", "on"]);
            await watching.ArmedAsync(1);
            await watching.InterruptAsync();
            (await watching.Process.ExitAsync(Limit)).Should().Be(130, watching.Process.Describe("the program runs on"));
            watching.Process.Errors.Should().Contain("runs on, unwatched");
        }
    }
}
