// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using AwesomeAssertions;
using Livewatcher.Live.Tests.Acting;
using Livewatcher.Live.Tests.Building;
using Livewatcher.Live.Tests.Running;
using Xunit;

namespace Livewatcher.Live.Tests.Systems;

/// <summary>A signal at a hit, on both backends that can send one there; more of it is in Acting.</summary>
public sealed class ActionTests : LiveTest
{
    [Theory]
    [InlineData("bpf")]
    [InlineData("ptrace")]
    public async Task AKilledProgramHasMadeExactlySoManyWrites(string backend)
    {
        var own = NewPath("page");
        var program = await Toolchain.BuildAsync(new Recipe("acted.c") { Compiler = "gcc", Optimization = "-O2", Linking = Linking.Pie });
        var run = await RunAsync(program, ["--watch", "g_acted", "--on-hit", "kill", "--after", "7", "--backend", backend], "100", own);
        run.Status.Should().Be(128 + 9);
        SharedPage.Read(own).Should().BeEquivalentTo(new { Before = 7L, After = 6L });
        run.Report.Hits.Should().HaveCount(7).And.ContainSingle(hit => hit.Actions.Count == 1);
    }
}
