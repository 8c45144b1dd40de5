// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using AwesomeAssertions;
using Livewatcher.Live.Tests.Building;
using Livewatcher.Live.Tests.Reports;
using Livewatcher.Live.Tests.Running;
using Xunit;

namespace Livewatcher.Live.Tests.Lifetimes;

/// <summary>The watched page goes and comes back: a debug register holds an address, not a page.</summary>
public sealed class MappingTests : LiveTest
{
    private static readonly string[] Watch = ["--watch", "*(long*)0x200000000"];

    [Theory]
    [InlineData("cpu", "off")]
    [InlineData("task", "on")]
    public async Task APageThatIsMappedAnewIsWatchedOn(string scope, string guard)
    {
        var target = await StartTargetAsync(await Toolchain.BuildAsync(new Recipe("remap.c")), "anew");
        var (report, own) = await WatchAsync(target, [.. Watch, "--scope", scope, "--guard", guard]);
        report.Hits.Should().HaveCountLessThanOrEqualTo((int)own["written"]);
        (report.Hits.Count + report.Coverage.Hits.Escaped).Should().BeGreaterThanOrEqualTo(own["written"]);
        // The new page is empty, which no hit explains.
        report.AllHits.Where(hit => hit.Escaped).Should().Contain(hit => hit.OldNumber == 5 && hit.NewNumber == 0);
        report.Coverage.Complete.Should().BeFalse();
    }

    [Fact]
    public async Task APageThatIsPagedOutIsWatchedOn()
    {
        var target = await StartTargetAsync(await Toolchain.BuildAsync(new Recipe("remap.c")), "out");
        var (report, own) = await WatchAsync(target, Watch);
        Honesty.Check(report, ("*(long*)0x200000000", own["written"]));
    }
}
