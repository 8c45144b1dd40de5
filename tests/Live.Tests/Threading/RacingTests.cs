// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using AwesomeAssertions;
using Livewatcher.Live.Tests.Building;
using Livewatcher.Live.Tests.Reports;
using Livewatcher.Live.Tests.Running;
using Xunit;

namespace Livewatcher.Live.Tests.Threading;

/// <summary>Two threads that store to one word at the same time: which of two hits leaves its value as the last one seen must not depend on which CPU was held
/// up between reading the memory and leaving what it has read, or the audit tells of a write that no hit explains.</summary>
public sealed class RacingTests : LiveTest
{
    /// <summary>Where that went wrong it was in three of 5,000 rounds, which LW_SLOW=1 asks for.</summary>
    [Theory]
    [Trait(Slow.Category, Slow.Name)]
    [InlineData("bpf", "cpu", "off")]
    [InlineData("bpf", "task", "on")]
    [InlineData("ptrace", "task", "on")]
    public async Task ARaceIsNoEscape(string backend, string scope, string guard)
    {
        var rounds = Slow.Choose(30, backend == "ptrace" ? 500 : 5000);
        var run = await RunAsync(
            await Toolchain.BuildAsync(new Recipe("raced.c")),
            ["--watch", "g_raced", "--backend", backend, "--scope", scope, "--guard", guard, "--stack-bytes", "256"],
            $"{rounds}");
        var isComplete = backend == "ptrace" ? Honesty.CheckUserOnly(run.Report, ("g_raced", 2 * rounds)) : Honesty.Check(run.Report, ("g_raced", 2 * rounds));
        (isComplete || !Emulation.IsOn).Should().BeTrue("an emulated machine loses no debug register");
        Writers.AreAt(run.Report.Hits, "store", "raced.c", "store");
    }
}
