// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using AwesomeAssertions;
using Livewatcher.Symbols.Naming;
using Xunit;

namespace Livewatcher.Symbols.Tests.Naming;

/// <summary>Searching code ranges, against a search that looks at all of them.</summary>
public sealed class RangeMapTests
{
    [Fact]
    public void TheInnermostRangeIsFound()
    {
        var random = new Random(3);
        for (var round = 0; round < 200; round++)
        {
            // Ranges that nest or lie apart, as code does: each is cut out of a free or an outer one.
            List<(ulong Start, ulong End, int Item)> ranges = [];
            Split(random, 0, 4096, ranges, 0);
            var map = new RangeMap<int>(ranges.OrderBy(_ => random.Next()));
            for (ulong address = 0; address < 4200; address += 7)
            {
                var covering = ranges.Where(range => range.Start <= address && address < range.End)
                    .OrderBy(range => range.End - range.Start).ToList();

                var found = map.TryFind(address, out var item);

                found.Should().Be(covering.Count > 0);
                if (found)
                {
                    item.Should().Be(covering[0].Item);
                }
            }
        }
    }

    [Fact]
    public void EmptyAndInvertedRangesCoverNothing() =>
        new RangeMap<int>([(10, 10, 1), (20, 5, 2)]).TryFind(10, out _).Should().BeFalse();

    private static void Split(Random random, ulong start, ulong end, List<(ulong Start, ulong End, int Item)> ranges, int depth)
    {
        while (depth < 4 && end > start + 8)
        {
            var from = start + 1 + (ulong)random.NextInt64((long)(end - start) / 2);
            var to = from + 1 + (ulong)random.NextInt64((long)(end - from));
            to = Math.Min(to, end - 1);
            if (from >= to)
            {
                return;
            }

            ranges.Add((from, to, ranges.Count));
            Split(random, from, to, ranges, depth + 1);
            start = to;
        }
    }
}
