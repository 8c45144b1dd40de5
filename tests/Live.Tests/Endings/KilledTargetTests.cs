// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using AwesomeAssertions;
using Livewatcher.Live.Tests.Building;
using Livewatcher.Live.Tests.Running;
using Xunit;

namespace Livewatcher.Live.Tests.Endings;

/// <summary>A thread that is killed when it has just created another one never tells of it. The newcomer must not stand in the guard's hands for ever, or the
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
}
