// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using AwesomeAssertions;
using Livewatcher.Cli.Tests.Screen;
using Xunit;

namespace Livewatcher.Cli.Tests.Recordings;

/// <summary>Writing a report that takes a while says how far it is, on a terminal; and nothing in a pipe.</summary>
public sealed class ProgressTests : IDisposable
{
    private readonly RecordingFolder recordings = new();

    public void Dispose() => recordings.Dispose();

    [Fact]
    public async Task OnATerminalAndOnlyThere()
    {
        string recording = await recordings.MakeAsync("300000", "0");
        using Tmux terminal = new(80, 24);
        terminal.Start($"{Binary.Location} report {recording} --format csv --output {recordings.At("hits.csv")}; echo status $?");
        terminal.Until(screen => screen.Contains("writing the report [", StringComparison.Ordinal) && screen.Contains(" %  ", StringComparison.Ordinal), "a bar");
        terminal.Until("status 0").Should().NotContain("writing the report [", "the line goes again");

        Outcome piped = await Binary.RunAsync("report", recording, "--format", "csv", "--output", recordings.At("hits.csv"));
        piped.Should().Be(new Outcome(0, "", ""));
    }
}
