// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using System.Text.RegularExpressions;
using AwesomeAssertions;
using Livewatcher.Live.Tests.Building;
using Livewatcher.Live.Tests.Running;
using Xunit;

namespace Livewatcher.Live.Tests.Screens;

/// <summary>Arming a throng of threads says on a terminal how far it is; the line goes again. In a pipe there is none.</summary>
public sealed partial class ArmingProgressTests : LiveTest
{
    private const int Threads = 1500;

    [Fact]
    public async Task ATerminalShowsHowManyThreadsAreArmed()
    {
        Assert.SkipUnless(Emulation.IsOn, "only an emulated machine takes long enough for so many threads");
        var target = await StartTargetAsync(await Toolchain.BuildAsync(new Recipe("flood.c") { Optimization = "-O2" }), $"{Threads}", "1", "1");
        string[] attach = [Repository.Livewatcher, "attach", $"{target.Id}", "--watch", "g_flood", "--for", "1", "--output", NewPath("txt"), .. Emulation.Options([])];

        var typescript = NewPath("typescript");
        var terminal = StartOnTerminal(attach, typescript);
        (await terminal.ExitAsync(Limit)).Should().Be(0, terminal.Describe("it ends well"));
        var shown = await File.ReadAllTextAsync(typescript, TestContext.Current.CancellationToken);
        Bars().Matches(shown).Select(bar => int.Parse(bar.Groups["percent"].Value, null)).Should().NotBeEmpty(shown).And.BeInAscendingOrder();
        shown.LastIndexOf("\r\e[K", StringComparison.Ordinal).Should().BeGreaterThan(shown.LastIndexOf("arming ", StringComparison.Ordinal), "the line goes again");

        var piped = StartLivewatcher(attach[1..]);
        (await piped.ExitAsync(Limit)).Should().Be(0, piped.Describe("it ends well"));
        (piped.Output + piped.Errors).Should().NotContain("arming ");
        target.Open();
        await target.EndAsync(Limit);
    }

    [GeneratedRegex(@"\rarming 1,501 threads \[[#.]+\] +(?<percent>[0-9]+) %", RegexOptions.ExplicitCapture, 10_000)]
    private static partial Regex Bars();
}
