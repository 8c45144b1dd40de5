// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using Xunit;

namespace Livewatcher.Render.Tests;

public sealed class JsonSnapshotTests
{
    [Fact]
    public void EveryKindOfEventIsFrozen() => Snapshot.Verify(Rendered.Json(Scenario.WholeRun), "run.jsonl");
}
