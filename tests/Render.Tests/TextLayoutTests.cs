// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using AwesomeAssertions;
using Livewatcher.Model;
using Xunit;

namespace Livewatcher.Render.Tests;

public sealed class TextLayoutTests
{
    private static readonly string LongName =
        $"std::map<{string.Join(", ", Enumerable.Repeat("std::basic_string<char>", 20))}>::operator[](int const&)";

    private static readonly string LongPath = $"/src/{new string('d', 90)}/server.cc";

    private static readonly CallStack LongStack = new(
        [
            new(new Address(0x1000), "libwithaverylongname.so.6.0.30", LongName, 4, LongPath, 88, Inlined: false),
            new(new Address(0x2000), "server", "数字数字数字数字数字数字数字数字数字数字数字数字数字数字数字数字", 4, null, 0, Inlined: false),
        ],
        null);

    [Fact]
    public void APipeKeepsLongNamesWhole() =>
        Rendered.Text(new TextOptions { FullPaths = true }, Scenario.Hit(1, 1) with { Stack = LongStack }).Should()
            .Contain(LongName).And.Contain($"{LongPath}:88").And.NotContain("...");

    [Theory]
    [InlineData(60)]
    [InlineData(80)]
    [InlineData(100)]
    [InlineData(160)]
    public void ATerminalShortensThemInTheMiddleAndNoLineCrossesTheWidth(int width)
    {
        var hit = Scenario.Hit(1, 1) with { Stack = LongStack, Merged = 8, Recovered = true };
        var row = new WriterRow(
            1, hit.Watch, "write", 1234567, 1, hit.Time, hit.Time, ["worker-2 (4127)"], 1, [Scenario.Integer(0)], 1,
            Scenario.Store, null, LongStack, "only writer of 0, in a phrase that is long");
        var other = row with { Rank = 2, Watch = Scenario.Limit };
        var text = Rendered.Text(new TextOptions { Width = width, FullPaths = true }, hit, row, other, Scenario.Coverage());
        text.Split('\n').Should().AllSatisfy(line => Columns(line).Should().BeLessThanOrEqualTo(width, line));
        text.Should().MatchRegex(@"   0 std.*\.\.\..*&\) ");
    }

    [Fact]
    public void NoLineEndsInSpaces() =>
        Rendered.Text(Scenario.WholeRun).Split('\n').Should().AllSatisfy(line => line.Should().Be(line.TrimEnd()));

    [Fact]
    public void RepeatedStacksAreFoldedOnlyWhenAskedTo()
    {
        WatchEvent[] hits = [Scenario.Hit(17, 1), Scenario.Hit(18, 2) with { Stack = Copy(Scenario.Worker) }, Scenario.Hit(19, 3)];
        var folded = Rendered.Text(new TextOptions { CollapseRepeats = true }, hits);
        Occurrences(folded, "worker_main").Should().Be(1);
        Occurrences(folded, "release(conn*)").Should().Be(3);
        Occurrences(folded, "stack as #17").Should().Be(2);
        Occurrences(Rendered.Text(hits), "worker_main").Should().Be(3);
    }

    [Fact]
    public void AStackThatDiffersInOneLineIsShownWhole()
    {
        var elsewhere = new CallStack([Scenario.Release with { Line = 89 }, .. Scenario.Worker.Frames.Skip(1)], null);
        var cut = Scenario.Worker with { CutShort = "no more stack" };
        var text = Rendered.Text(
            new TextOptions { CollapseRepeats = true },
            Scenario.Hit(1, 1), Scenario.Hit(2, 2) with { Stack = elsewhere }, Scenario.Hit(3, 3) with { Stack = cut });
        Occurrences(text, "worker_main").Should().Be(3);
        text.Should().Contain("cut short here: no more stack");
    }

    [Fact]
    public void FramesLeftOutAreCounted() =>
        Rendered.Text(new TextOptions { MaxFrames = 1 }, Scenario.Hit(1, 1)).Should()
            .Contain("-- 3 more frames not shown").And.NotContain("worker_main");

    [Fact]
    public void ANewDayIsSaid() =>
        Rendered.Text(Scenario.Hit(1, 1), Scenario.Hit(2, 86_400)).Should().Contain("\n-- 2026-11-23 --\n#2");

    [Fact]
    public void HeadersOfHitsKeepTheirColumns()
    {
        var armed = Scenario.Armed(Scenario.Refcnt, Scenario.Integer(1), new HardwareSlot(Scenario.Refcnt.Address, 4, AccessMode.Write));
        var text = Rendered.Text(
            armed, Scenario.Hit(1, 1), Scenario.Hit(2, 2) with { New = Scenario.Integer(1), Changed = false }, Scenario.Hit(99_999, 3));
        text.Split('\n').Where(line => line.StartsWith('#')).Select(line => line.IndexOf("worker-2 (4127)", StringComparison.Ordinal))
            .Should().Equal(81, 81, 81);
    }

    [Fact]
    public void WritersBeyondTheLimitAreCounted()
    {
        var rows = Enumerable.Range(1, 5).Select(rank => new WriterRow(
            rank, Scenario.Refcnt, "write", 1, 1, Scenario.Start, Scenario.Start, [], 0, [], 0, null, null, Scenario.Worker, null));
        var text = Rendered.Text(new TextOptions { WriterStacks = 3 }, [.. rows, Scenario.Coverage()]);
        Occurrences(text, "\nwriter ").Should().Be(3);
        text.Should().Contain("The stacks of 2 more writers are not shown.");
    }

    [Fact]
    public void WithoutColourThereIsNoEscapeSequence() => Rendered.Text(Scenario.WholeRun).Should().NotContain("\e");

    private static CallStack Copy(CallStack stack) => new([.. stack.Frames.Select(frame => frame with { })], stack.CutShort);

    private static int Occurrences(string text, string part) => text.Split(part).Length - 1;

    // The only wide characters of these tests are the ideographs above.
    private static int Columns(string line) => line.Length + line.Count(character => character is '数' or '字');
}
