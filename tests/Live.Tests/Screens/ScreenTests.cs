// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using System.Text.RegularExpressions;
using AwesomeAssertions;
using Livewatcher.Cli.Tests.Screen;
using Livewatcher.Live.Tests.Building;
using Livewatcher.Live.Tests.Reports;
using Livewatcher.Live.Tests.Running;
using Xunit;

namespace Livewatcher.Live.Tests.Screens;

/// <summary>The live view of a real run, by the screen of a terminal of tmux.</summary>
public sealed partial class ScreenTests : LiveTest
{
    [Fact]
    public async Task AWriterIsSeenIgnoredAndRecordedAndTheReportFollows()
    {
        var program = await Toolchain.BuildAsync(new Recipe("steady.c"));
        var output = NewPath("out");
        var recording = NewPath("lwr");
        using Tmux terminal = new(100, 30);
        var before = terminal.Settings();
        terminal.Start(
            $"{Repository.Livewatcher} run --tui --tui-output {output} {string.Join(' ', Emulation.Options([]))} --watch g_steady -- {program} {2_000 * Emulation.Slowness} {20 * Emulation.Slowness}; echo status $?");
        // The last line names the keys when it is armed.
        var screen = terminal.Until(text => text.Contains("write_steady ", StringComparison.Ordinal) && text.Contains("q quit", StringComparison.Ordinal), "writers and keys");
        screen.Should().Contain("g_steady").And.Contain("steady.c:");
        terminal.IsAlternate.Should().BeTrue();
        screen.Should().NotContain("ready", "the target's own output does not destroy the screen");

        terminal.Type("w");
        terminal.Press("C-u");
        terminal.Type(recording);
        terminal.Press("Enter");
        terminal.Until("wrote the newest");
        terminal.Type("iy");
        terminal.Until("ignored from now on");
        var hits = HitsOf(terminal.Screen);
        terminal.Until(text => Filtered().Match(text) is { Success: true } match && match.Groups["count"].Value != "0", "what is ignored is counted");
        HitsOf(terminal.Screen).Should().BeInRange(hits, hits + 20, "what was on its way was still shown, and then nothing more");

        terminal.Type("o");
        terminal.Until("ready").Should().Contain(output);
        terminal.Type("qq");
        var end = terminal.Until("status 130");
        end.Should().Contain("coverage:").And.Contain("interrupted (backend bpf").And.NotContain("rarest first");
        terminal.IsAlternate.Should().BeFalse();
        terminal.Settings().Should().Be(before);

        var json = NewPath("jsonl");
        var report = StartLivewatcher("report", recording, "--format", "json", "--output", json);
        (await report.ExitAsync(Limit)).Should().Be(0, report.Describe("the recording is one"));
        Report.Read(json).AllHits.Should().NotBeEmpty().And.OnlyContain(hit => hit.Watch == "g_steady");
    }

    /// <summary>The account, in the terminal's last line but one.</summary>
    private static long HitsOf(string screen) => long.Parse(Hits().Match(screen).Groups["count"].Value.Replace(",", "", StringComparison.Ordinal), null);

    [GeneratedRegex("\\| (?<count>[0-9,]+) hits,", RegexOptions.ExplicitCapture, 10_000)]
    private static partial Regex Hits();

    [GeneratedRegex(" (?<count>[0-9,]+) filtered", RegexOptions.ExplicitCapture, 10_000)]
    private static partial Regex Filtered();
}
