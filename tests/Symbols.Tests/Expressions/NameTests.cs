// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using AwesomeAssertions;
using CsCheck;
using Livewatcher.Symbols.Expressions.Lookup;
using Livewatcher.Symbols.Expressions.Memory;
using Xunit;

namespace Livewatcher.Symbols.Tests.Expressions;

/// <summary>Names, paths and distances: pure functions.</summary>
public sealed class NameTests
{
    [Theory]
    [InlineData("Box<long unsigned int, 3u>", "Box<unsigned long,3>")]
    [InlineData("f(int, char const*)", "f(int,char const*)")]
    [InlineData("std::map<int, std::vector<short int> >::x", "std::map<int,std::vector<short>>::x")]
    [InlineData("unsigned", "unsigned")]
    [InlineData("operator new", "operator new")]
    public void SpellingsAreBroughtTogether(string name, string normal) => CxxName.Normalise(name).Should().Be(normal);

    [Theory]
    [InlineData("vector<int,std::allocator<int>>", "vector<int>", true)]
    [InlineData("map<vector<int,A<int>>,long,less<long>>::x", "map<vector<int>,long>::x", true)]
    [InlineData("vector<int>", "vector<int,std::allocator<int>>", false)]
    [InlineData("vector<int,A>", "vector<long>", false)]
    [InlineData("a", "ab", false)]
    [InlineData("ab", "a", false)]
    public void DefaultArgumentsMayBeLeftOut(string candidate, string wanted, bool same) => CxxName.Same(candidate, wanted).Should().Be(same);

    [Theory]
    [InlineData("ns::C::f(int, char)", "ns::C::f", "(int, char)")]
    [InlineData("int twice<int>(int)", "twice<int>", "(int)")]
    [InlineData("ns::C::look() const", "ns::C::look", "() const")]
    [InlineData("(anonymous namespace)::f(void (*)(int))", "(anonymous namespace)::f", "(void (*)(int))")]
    [InlineData("ns::operator()(int)", "ns::operator()", "(int)")]
    [InlineData("C::operator+=(int)", "C::operator+=", "(int)")]
    [InlineData("main", "main", "")]
    public void FunctionsAreSplitAtTheirParameters(string text, string name, string parameters) => CxxName.SplitFunction(text).Should().Be((name, parameters));

    [Theory]
    [InlineData("a", "", "a")]
    [InlineData("a::b<c::d>", "a", "b<c::d>")]
    [InlineData("a<b::c>::d", "a<b::c>", "d")]
    public void PathsAreSplitBeforeTheLastPart(string path, string scope, string name) => CxxName.SplitLast(path).Should().Be((scope, name));

    [Theory]
    [InlineData("/src/lib/util.c", "util.c", true)]
    [InlineData("/src/lib/util.c", "lib/util.c", true)]
    [InlineData("/src/lib/util.c", "til.c", false)]
    [InlineData("/src/lib/../app/util.c", "app/util.c", true)]
    [InlineData("./util.c", "util.c", true)]
    [InlineData("util.c", "/src/util.c", false)]
    public void FilesMatchByTheirEnd(string file, string wanted, bool matches) => SourcePath.Matches(file, wanted).Should().Be(matches);

    [Fact]
    public void PathsAreShortenedAsFarAsTheyDiffer() =>
        SourcePath.Shorten(["/src/a/util.c", "/src/b/util.c", "/src/b/main.c"]).Should().Equal("a/util.c", "b/util.c", "main.c");

    [Theory]
    [InlineData("counter", "conuter", 1)]
    [InlineData("counter", "Counter", 0)]
    [InlineData("counter", "count", 2)]
    [InlineData("ab", "ba", 1)]
    public void DistancesCountEdits(string left, string right, int distance) => NearestNames.Distance(left, right, 4).Should().Be(distance);

    [Fact]
    public void DistancesAreSymmetricAndBounded() =>
        Gen.Select(Gen.String[Gen.Char["abcX"], 0, 8], Gen.String[Gen.Char["abcX"], 0, 8], Gen.Int[0, 5]).Sample((left, right, bound) =>
        {
            int distance = NearestNames.Distance(left, right, bound);
            int other = NearestNames.Distance(right, left, bound);
            return Math.Min(distance, bound + 1) == Math.Min(other, bound + 1)
                && (distance > bound || distance >= Math.Abs(left.Length - right.Length))
                && (distance != 0 || string.Equals(left, right, StringComparison.OrdinalIgnoreCase));
        });

    /// <summary>The smallest distance that is no less than the size and keeps the alignment the file has.</summary>
    [Fact]
    public void TheProgramsThreadLocalBlockEndsAtTheThreadPointer() =>
        Gen.Select(Gen.ULong[0, 1 << 20], Gen.ULong[0, 5000], Gen.Int[0, 12]).Sample((address, size, shift) =>
        {
            ulong alignment = 1UL << shift;
            ulong distance = ThreadLocalStorage.MainOffset(new TlsSegment(address, size, alignment));
            return distance >= size && distance < size + alignment && unchecked(0UL - distance) % alignment == address % alignment;
        });
}
