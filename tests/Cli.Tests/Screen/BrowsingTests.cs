// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using System.Diagnostics;
using System.Globalization;
using AwesomeAssertions;
using Livewatcher.Cli.Tests.Recordings;
using Xunit;

namespace Livewatcher.Cli.Tests.Screen;

/// <summary>report --tui by the published binary, in a terminal of tmux: what is on the screen, and that the terminal is as it was before, however the screen ends.</summary>
public sealed class BrowsingTests : IDisposable
{
    private readonly RecordingFolder recordings = new();

    public void Dispose() => recordings.Dispose();

    [Fact]
    public async Task ARecordingIsLookedThrough()
    {
        string recording = await recordings.MakeAsync("--scene", RecordingFolder.Scene);
        using Tmux terminal = new(80, 24);
        terminal.Start($"{Binary.Location} report {recording} --tui");
        string screen = terminal.Until("NOT COMPLETE: 1 gap");
        terminal.IsAlternate.Should().BeTrue();
        screen.Should().Contain("hits.lwr  ended: target exited with status 1").And.Contain("g_queue.len").And.Contain("rarest first").And.Contain("newest hits").And.Contain("q quit");
        screen.Split('\n').Single(line => line.StartsWith('>')).Should().Contain("read (read)", "the rarest writer is marked");

        terminal.Press("Down", "Down", "Up", "Enter");
        terminal.Until("Esc back").Should().Contain("frame 0 of").And.Contain("by house\\x1b[31m\\u202ekeeper (4134)", "a hostile thread's name is spelled out");
        terminal.Press("Escape");
        terminal.Until("rarest first");
        terminal.Press("s");
        terminal.Until("busiest first");

        terminal.Type("fnew == STOPPED");
        terminal.Until("show (condition or text): new == STOPPED_");
        terminal.Press("Enter");
        terminal.Until("where new == STOPPED: 1 of the newest 8").Should().Contain("1 writer");
        terminal.Type("f");
        terminal.Press("C-u");
        terminal.Type("new == NOTHING");
        terminal.Press("Enter");
        terminal.Until("'NOTHING' is no word");
        terminal.Press("F");
        terminal.Type("fload_snapshot");
        terminal.Press("Enter");
        terminal.Until("with load_snapshot: 1 of the newest 8").Should().Contain("read");

        terminal.Press("F", "?");
        terminal.Until("suspend livewatcher, not the target");
        terminal.Resize(40, 12);
        terminal.Press("Escape");
        terminal.Until("1 gap d0 s0 e").Split('\n').Should().OnlyContain(line => line.Length <= 40);
    }

    [Theory]
    [InlineData("q")]
    [InlineData("C-c")]
    [InlineData("SIGTERM")]
    [InlineData("SIGHUP")]
    public async Task TheTerminalIsAsItWas(string end)
    {
        string recording = await recordings.MakeAsync("200", "0");
        using Tmux terminal = new(80, 24);
        string before = terminal.Settings();
        terminal.Start($"{Binary.Location} report {recording} --tui; echo status $?");
        terminal.Until("rarest first");
        if (end.StartsWith("SIG", StringComparison.Ordinal))
            Signal(end, Child(terminal.Shell));
        else
            terminal.Press(end);
        terminal.Until("status 0").Should().NotContain("rarest first");
        terminal.IsAlternate.Should().BeFalse();
        terminal.Settings().Should().Be(before);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task ItCanBeSuspended(bool byKey)
    {
        string recording = await recordings.MakeAsync("200", "0");
        using Tmux terminal = new(80, 24);
        string before = terminal.Settings();
        terminal.Start($"{Binary.Location} report {recording} --tui");
        terminal.Until("rarest first");
        if (byKey)
            terminal.Press("C-z");
        else
            Signal("SIGTSTP", Child(terminal.Shell));
        terminal.Until(screen => screen.TrimEnd().EndsWith(Tmux.Prompt.TrimEnd(), StringComparison.Ordinal), "the shell");
        terminal.IsAlternate.Should().BeFalse();
        terminal.Settings().Should().Be(before);
        terminal.Start("fg");
        terminal.Until("rarest first");
        terminal.Press("s");
        terminal.Until("busiest first");
        terminal.Press("q");
        terminal.Until(screen => !screen.Contains("busiest first", StringComparison.Ordinal), "the shell");
        terminal.Settings().Should().Be(before);
    }

    /// <summary>Nothing is drawn where nobody can see it.</summary>
    [Fact]
    public async Task WithoutATerminalThereIsNoScreen()
    {
        string recording = await recordings.MakeAsync("200", "0");
        Outcome outcome = await Binary.RunOtherAsync("setsid", "--wait", "env", "TERM=xterm", Binary.Location, "report", recording, "--tui");
        outcome.Should().Be(new Outcome(2, "", "livewatcher: --tui takes a terminal, and this process has none: /dev/tty: ENXIO (no such device or address) (over ssh: ssh -t)\n"));
        Outcome dumb = await Binary.RunOtherAsync("env", "TERM=dumb", Binary.Location, "report", recording, "--tui");
        dumb.Should().Be(new Outcome(2, "", "livewatcher: --tui takes a terminal that can move its cursor, and TERM names none\n"));
    }

    /// <summary>The shell's one child.</summary>
    private static int Child(int shell) =>
        int.Parse(File.ReadAllText($"/proc/{shell}/task/{shell}/children").Trim().Split(' ')[0], CultureInfo.InvariantCulture);

    private static void Signal(string name, int process)
    {
        using Process kill = Process.Start("kill", ["-s", name[3..], process.ToString(CultureInfo.InvariantCulture)]);
        kill.WaitForExit();
    }
}
