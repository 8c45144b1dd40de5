// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using Livewatcher.Model;
using Xunit;

namespace Livewatcher.Render.Tests;

public sealed class TextSnapshotTests
{
    [Fact]
    public void PipeIsPlainAndWhole() => Snapshot.Verify(Rendered.Text(Scenario.WholeRun), "run.pipe.txt");

    [Fact]
    public void TerminalFits100Columns() =>
        Snapshot.Verify(Rendered.Text(Terminal with { Colour = false }, Scenario.WholeRun), "run.terminal-100.txt");

    [Fact]
    public void TerminalFits60Columns() =>
        Snapshot.Verify(Rendered.Text(Terminal with { Colour = false, Width = 60 }, Scenario.WholeRun), "run.terminal-60.txt");

    [Fact]
    public void TerminalHasColours() => Snapshot.Verify(Rendered.Text(Terminal, Scenario.WholeRun), "run.colour.txt");

    [Fact]
    public void SourceShowsTheGuiltyLine() =>
        Snapshot.Verify(Rendered.Text(new TextOptions { Source = new ServerSource() }, Scenario.Hit(1, 1)), "hit.source.txt");

    private static TextOptions Terminal => new() { Colour = true, Width = 100, CollapseRepeats = true };

    private sealed class ServerSource : ISourceText
    {
        private readonly string[] _lines = [.. Enumerable.Range(1, 87).Select(i => $"// line {i}"), "\tc->refcnt--;", "}"];

        public IReadOnlyList<string>? Lines(Frame frame) => frame.File == "/src/demo/server.c" ? _lines : null;
    }
}
