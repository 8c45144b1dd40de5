// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using AwesomeAssertions;
using Livewatcher.Live.Tests.Building;
using Xunit;

namespace Livewatcher.Live.Tests.Acting;

/// <summary>Killed at the hit: what came before it has happened, and nothing behind it.</summary>
public sealed class KillTests : ActingTest
{
    private const int Killed = 128 + 9;

    [Theory]
    [MemberData(nameof(Builds))]
    public async Task ExactlySoManyWritesHappen(string compiler, string optimization, Linking linking, string backend, string scope)
    {
        var own = NewPath("page");
        var run = await RunAsync(
            await BuildAsync(compiler, optimization, linking), ["--watch", Field, "--on-hit", "kill", "--after", "37", .. Backend(backend, scope)], "100", own);
        run.Status.Should().Be(Killed);
        SharedPage.Read(own).Should().BeEquivalentTo(new { Before = 37L, After = 36L });
        run.Report.Hits.Should().HaveCount(37);
        run.Report.Hits[^1].Actions.Should().ContainSingle().Which.Should().BeEquivalentTo(new { Action = "kill", Done = true, AtHit = true });
        run.Report.Coverage.Actions.Should().ContainSingle().Which.AtHit.Should().Be(1);
    }
}
