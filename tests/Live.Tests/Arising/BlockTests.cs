// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using AwesomeAssertions;
using Livewatcher.Live.Tests.Building;
using Xunit;

namespace Livewatcher.Live.Tests.Arising;

/// <summary>Fields of heap blocks, from the allocation to the free, and beyond.</summary>
public sealed class BlockTests : ArisingTest
{
    private static string First => $"blocks.c:{Source.Line("blocks.c", "first")}";

    [Theory]
    [MemberData(nameof(Builds))]
    public async Task ByTheirSize(string compiler, string optimization, Linking linking)
    {
        var run = await RunAsync(await BuildAsync("blocks.c", compiler, optimization, linking), ["--alloc-size", "48", "--offset", "24:8"], "life", "10");
        AreAt(run.Report, "stamp", "blocks.c", "stamp", run.Facts["stamped"] + run.Facts["others"]);
        run.Report.Coverage.Complete.Should().BeTrue(string.Join(" | ", run.Report.Coverage.Gaps));
        run.Report.Coverage.Arisings.Single().Should().BeEquivalentTo(new { Watch = "offset 24:8 of blocks of 48 bytes", Candidates = 20L, Armed = 20L, Ended = 20L, StillArmed = 0L });
    }

    [Theory]
    [MemberData(nameof(Builds))]
    public async Task ByTheLineThatAllocates(string compiler, string optimization, Linking linking)
    {
        var run = await RunAsync(await BuildAsync("blocks.c", compiler, optimization, linking), ["--alloc", First, "--offset", "24:8"], "life", "10");
        AreAt(run.Report, "stamp", "blocks.c", "stamp", run.Facts["stamped"]);
        // What has jumped to malloc() in place of a call is on no stack any more; its caller is.
        var teller = optimization == "-O0" ? "first_line" : "life";
        run.Report.Hits.Should().OnlyContain(hit => hit.SetAt!.Stack.Any(frame => frame.Function == teller), "the allocation is told");
    }

    [Fact]
    public async Task ByTheirNumber()
    {
        var run = await RunAsync(await BuildAsync("blocks.c", "gcc", "-O2", Linking.Pie), ["--alloc", First, "--alloc-nth", "3", "--offset", "24:8"], "life", "10");
        run.Report.Hits.Select(hit => unchecked((long)hit.New!.Value.GetUInt64())).Should().Equal([2, -2], "of a block's bytes no sign is known");
        run.Report.Coverage.Arisings.Single().Should().BeEquivalentTo(new { Candidates = 1L, Armed = 1L, Ended = 1L });
    }

    [Theory]
    [MemberData(nameof(Builds))]
    public async Task WhoWritesToFreedMemoryIsNamedUntilItIsAnothers(string compiler, string optimization, Linking linking)
    {
        var run = await RunAsync(await BuildAsync("blocks.c", compiler, optimization, linking), ["--alloc", First, "--alloc-nth", "1", "--offset", "24:8", "--after-free"], "after");
        run.Facts["reused"].Should().Be(1);
        run.Report.Hits.Select(hit => hit.Stack[0].Function).Should().Equal("stamp", "late");
        run.Report.Hits[1].Stack[0].Line.Should().Be(Source.Line("blocks.c", "late"));
        run.Report.Coverage.Arisings.Single().Should().BeEquivalentTo(new { Candidates = 1L, Armed = 1L, Ended = 1L });
    }

    [Theory]
    [InlineData("oldest", 0)]
    [InlineData("newest", 2)]
    public async Task WhereTheyAreTooManyItIsAsChosenAndCounted(string which, int first)
    {
        var run = await RunAsync(await BuildAsync("blocks.c", "clang", "-O2", Linking.Pie), ["--alloc", First, "--offset", "24:8", "--keep", which], "many");
        run.Report.Hits.Select(hit => hit.NewNumber % 10).Should().Equal(Enumerable.Range(first, 4).SelectMany(block => new long[] { block, block }));
        run.Report.Coverage.Arisings.Single().Should().BeEquivalentTo(new { Candidates = 6L, Skipped = first == 0 ? 2L : 0L, Displaced = first == 0 ? 0L : 2L });
    }
}
