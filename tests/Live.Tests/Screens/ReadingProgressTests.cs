// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using System.Text.RegularExpressions;
using AwesomeAssertions;
using Livewatcher.Live.Tests.Building;
using Livewatcher.Live.Tests.Processes;
using Livewatcher.Live.Tests.Reports;
using Livewatcher.Live.Tests.Running;
using Xunit;

namespace Livewatcher.Live.Tests.Screens;

/// <summary>Reading the debug information of a large program says on a terminal how far it is; the line goes again. In a pipe there is none.</summary>
public sealed partial class ReadingProgressTests : LiveTest
{
    private const int Objects = 150;

    [Fact]
    public async Task ATerminalShowsHowMuchOfTheSymbolsIsRead()
    {
        Assert.SkipUnless(Emulation.IsOn, "only an emulated machine takes long enough for so many of them");
        var program = await BuildAsync();
        var json = NewPath("jsonl");
        string[] run = [Repository.Livewatcher, "run", "--watch", "g_vast", "--format", "json", "--output", json, .. Emulation.Options([]), "--", program];

        var typescript = NewPath("typescript");
        var terminal = StartOnTerminal(run, typescript);
        (await terminal.ExitAsync(Limit)).Should().Be(0, terminal.Describe("it ends well"));
        var shown = await File.ReadAllTextAsync(typescript, TestContext.Current.CancellationToken);
        Bars().Matches(shown).Select(bar => int.Parse(bar.Groups["percent"].Value, null)).Should().NotBeEmpty(shown).And.BeInAscendingOrder().And.Contain(part => part > 0);
        shown.LastIndexOf("\r\e[K", StringComparison.Ordinal).Should().BeGreaterThan(shown.LastIndexOf("reading ", StringComparison.Ordinal), "the line goes again");
        Report.Read(json).Hits.Should().HaveCount(100);

        var piped = StartLivewatcher(run[1..]);
        (await piped.ExitAsync(Limit)).Should().Be(0, piped.Describe("it ends well"));
        (piped.Output + piped.Errors).Should().NotContain("reading ");
    }

    /// <summary>One object, linked many times: its variables are static.</summary>
    private static async Task<string> BuildAsync()
    {
        var folder = Directory.CreateDirectory(Path.Combine(Repository.Built, "vast")).FullName;
        string Of(string name) => Path.Combine(folder, name);
        await Child.RunAsync("gcc", ["-g", "-O0", "-c", Path.Combine(Repository.Programs, "vast.c"), "-o", Of("vast.o")], Limit);
        await Child.RunAsync("gcc", ["-g", Path.Combine(Repository.Programs, "vast_main.c"), .. Enumerable.Repeat(Of("vast.o"), Objects), "-o", Of("vast")], Limit);
        return Of("vast");
    }

    [GeneratedRegex(@"\rreading the symbols of vast \[[#.]+\] +(?<percent>[0-9]+) %", RegexOptions.ExplicitCapture, 10_000)]
    private static partial Regex Bars();
}
