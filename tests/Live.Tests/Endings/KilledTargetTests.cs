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
    [Theory]
    [Trait(Slow.Category, Slow.Name)]
    [InlineData("perf")]
    public async Task AProgramThatIsLeftAmidBirthsHasNotEnded(string backend)
    {
        var program = await Toolchain.BuildAsync(new Recipe("births.c"));
        for (var left = Slow.Choose(1, 20); left > 0; left--)
        {
            var output = NewPath("jsonl");
            var child = StartLivewatcher("run", "--watch", "g_born", "--if-changed", "--backend", backend, "--guard", "on", "--format", "json", "--output", output, "--", program);
            await new Attachment(child, output).ArmedAsync(1);
            await child.SignalAsync("INT");
            (await child.ExitAsync(Limit)).Should().Be(130, child.Describe("the program runs on"));
            child.Errors.Should().Contain("runs on, unwatched");
        }
    }
}
