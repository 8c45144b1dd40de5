// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using AwesomeAssertions;
using Livewatcher.Live.Tests.Building;
using Livewatcher.Live.Tests.Running;
using Xunit;

namespace Livewatcher.Live.Tests.Systems;

/// <summary>Writes that no debug register sees: the audit finds each, says between which times, and blames nobody.</summary>
public sealed class UnseenWriteTests : LiveTest
{
    [Theory]
    [InlineData("alias")]
    [InlineData("process_vm_writev")]
    public async Task ChangesBehindTheProcessorsBackAreEscapedWrites(string mode)
    {
        var target = await StartTargetAsync(await Toolchain.BuildAsync(new Recipe("behind.c")), mode);
        var (report, own) = await WatchAsync(target, "--watch", "g_view->value");
        var count = (int)own["behind"];
        report.Hits.Should().BeEmpty();
        report.AllHits.Should().HaveCount(count).And.OnlyContain(hit => hit.Escaped && hit.Tid == null && hit.Stack.Count == 0);
        report.AllHits.Select(hit => hit.NewNumber).Should().Equal(Enumerable.Range(1, count).Select(i => (long)i));
        report.AllHits.Select(hit => hit.OldNumber).Should().Equal(Enumerable.Range(0, count).Select(i => (long)i));
        report.Coverage.Hits.Escaped.Should().Be(count);
        report.Coverage.Complete.Should().BeFalse();
        report.Coverage.Gaps.Should().NotBeEmpty();
    }
}
