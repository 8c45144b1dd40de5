// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using Xunit;

namespace Livewatcher.Render.Tests.Serving;

public sealed class ServingSnapshotTests
{
    [Fact]
    public void PipeIsPlainAndWhole() => Snapshot.Verify(Rendered.Text(ServingScenario.WholeRun), "serve.pipe.txt");

    [Fact]
    public void TerminalFits80Columns() =>
        Snapshot.Verify(Rendered.Text(new TextOptions { Width = 80, CollapseRepeats = true }, ServingScenario.WholeRun), "serve.terminal-80.txt");

    [Fact]
    public void EveryKindOfEventIsFrozen() => Snapshot.Verify(Rendered.Json(ServingScenario.WholeRun), "serve.jsonl");
}
