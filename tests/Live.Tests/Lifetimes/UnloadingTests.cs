// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using AwesomeAssertions;
using Livewatcher.Live.Tests.Building;
using Livewatcher.Live.Tests.Processes;
using Livewatcher.Live.Tests.Running;
using Xunit;

namespace Livewatcher.Live.Tests.Lifetimes;

/// <summary>dlclose(3) of a watched library: what is mapped there later is not the variable.</summary>
public sealed class UnloadingTests : LiveTest
{
    [Theory]
    [InlineData("bpf", "cpu", "off")]
    [InlineData("bpf", "task", "on")]
    [InlineData("bpf", "task", "off")]
    [InlineData("perf", "task", "on")]
    [InlineData("ptrace", "task", "on")]
    public async Task WhatIsMappedThereLaterIsNoHit(string backend, string scope, string guard)
    {
        var library = await Toolchain.BuildAsync(new Recipe("plugin.c") { Linking = Linking.SharedLibrary });
        var target = await StartTargetAsync(await Toolchain.BuildAsync(new Recipe("closing.c")), library);
        var attachment = await AttachAsync(target.Id, ["--watch", "g_plugin", "--backend", backend, "--scope", scope, "--guard", guard]);
        target.Open();
        await Patience.UntilAsync(
            () => File.ReadAllText(attachment.OutputPath).Contains(" has unmapped after ", StringComparison.Ordinal), TimeSpan.FromSeconds(20), () => attachment.Process.Describe("not noticed"));
        target.OpenSecond();
        var own = await target.EndAsync(Limit);
        var report = await attachment.EndAsync(Limit);
        report.Hits.Should().HaveCount((int)own["called"]).And.OnlyContain(hit => hit.NewNumber < 1000);
        report.Coverage.Gaps.Should().Contain(gap => gap.StartsWith("g_plugin was in ", StringComparison.Ordinal) && gap.Contains("has unmapped after ", StringComparison.Ordinal));
        report.Coverage.Hits.Counted.Should().Be(own["called"], "its register is free by then");
    }
}
