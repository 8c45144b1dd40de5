// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using AwesomeAssertions;
using Livewatcher.Engine.Comparing;
using Livewatcher.Engine.Tests.Fakes;
using Livewatcher.Model;
using Xunit;

namespace Livewatcher.Engine.Tests.Comparing;

public sealed class WriterComparisonTests
{
    private static readonly Watch State = new(
        new WatchRequest("g_state", AccessMode.Write), new Address(0x1000), 4, NumberFormat.Instance, "int", null);

    [Fact]
    public void AWriterIsKnownAgainWhereverItWasLoaded()
    {
        WriterDifference one = Compare([Row("store", 7, bias: 0x1000)], [Row("store", 7, bias: 0x7000)]).Should().ContainSingle().Subject;
        one.Kind.Should().Be(DifferenceKind.Same);
        one.What.Should().BeEmpty();
    }

    [Fact]
    public void NewAndGoneComeFirst()
    {
        Compare([Row("a", 1), Row("b", 2), Row("c", 3)], [Row("a", 1), Row("b", 2, hits: 9), Row("d", 4)])
            .Select(one => (one.Kind, one.Row.Stack.Frames[0].Function))
            .Should().Equal((DifferenceKind.New, "d"), (DifferenceKind.Gone, "c"), (DifferenceKind.Changed, "b"), (DifferenceKind.Same, "a"));
    }

    [Theory]
    [InlineData("g_other", "write", null)]
    [InlineData("g_state", "access", null)]
    [InlineData("g_state", "write", "read")]
    public void AnotherWatchAccessOrCallIsAnotherWriter(string watch, string access, string? call)
    {
        WriterRow row = Row("a", 1);
        WriterRow other = row with { Watch = State with { Request = new WatchRequest(watch, AccessMode.Write) }, Access = access, SystemCall = call };
        Compare([row], [other]).Select(one => one.Kind).Should().Equal(DifferenceKind.New, DifferenceKind.Gone);
    }

    [Fact]
    public void InAnotherBuildTheFunctionsTell()
    {
        WriterDifference one = Compare([Row("a", 1, build: "01")], [Row("a", 4, build: "02")]).Should().ContainSingle().Subject;
        one.Kind.Should().Be(DifferenceKind.Changed);
        one.What.Should().Equal("its code has moved");
    }

    /// <summary>The exact one is taken, though another one would do.</summary>
    [Fact]
    public void TheSameLineGoesBeforeTheSameFunction()
    {
        Compare([Row("a", 1), Row("a", 2)], [Row("a", 2), Row("a", 3)]).Select(one => (one.Kind, Before: one.Before?.Stack.Frames[0].Line, After: one.After?.Stack.Frames[0].Line))
            .Should().Equal((DifferenceKind.Changed, 1, 3), (DifferenceKind.Same, 2, 2));
    }

    [Fact]
    public void SaysWhatHasChanged()
    {
        WriterRow before = Row("a", 1, hits: 3) with { Values = [Number(1), Number(2)], ValueCount = 2 };
        WriterRow after = Row("a", 1, hits: 4) with { Changes = 2, Values = [Number(2), Number(0)], ValueCount = 2 };
        Compare([before], [after]).Single().What.Should().Equal("hits 3 -> 4", "changes 3 -> 2", "writes 0 now", "writes 1 no more");
    }

    [Fact]
    public void ValuesThatAreNotAllKnownAreCounted()
    {
        WriterRow before = Row("a", 1) with { Values = [Number(1)], ValueCount = 100 };
        Compare([before], [before with { Values = [Number(2)], ValueCount = 100 }]).Single().Kind.Should().Be(DifferenceKind.Same);
        Compare([before], [before with { ValueCount = 120 }]).Single().What.Should().Equal("distinct values 100 -> 120");
    }

    /// <summary>Two stores of one line, one program in two processes.</summary>
    [Fact]
    public void RowsThatDifferByAddressOnlyAreOneWriter()
    {
        WriterDifference one = Compare([Row("a", 1, hits: 2), Row("a", 1, hits: 3, bias: 0x9000)], [Row("a", 1, hits: 5)]).Should().ContainSingle().Subject;
        (one.Kind, one.Before!.Count).Should().Be((DifferenceKind.Same, 5));
    }

    [Fact]
    public void WithoutNamesThePlaceInTheFileTells()
    {
        Compare([Row(null, 0, bias: 0x1000)], [Row(null, 0, bias: 0x7000)]).Single().Kind.Should().Be(DifferenceKind.Same);
        WriterRow elsewhere = Row(null, 0, bias: 0x7000);
        elsewhere = elsewhere with { Stack = new CallStack([elsewhere.Stack.Frames[0] with { Address = new Address(0x7999) }], null) };
        Compare([Row(null, 0, bias: 0x1000)], [elsewhere]).Single().What.Should().Equal("its code has moved");
    }

    private static IReadOnlyList<WriterDifference> Compare(IEnumerable<WriterRow> before, IEnumerable<WriterRow> after) => WriterComparison.Compare(before, after);

    private static Value Number(int number) => new(ValueKind.Integer, $"{number}", number);

    private static WriterRow Row(string? function, int line, long hits = 1, ulong bias = 0x1000, string build = "01") => new(
        1, State, "write", hits, hits, FakeClock.Wall(1), FakeClock.Wall(2), ["main (7)"], 1, [], 0, null, null,
        new CallStack([new Frame(new Address(bias + 0x10), "program", function, 0x10, function is null ? null : "program.c", line, false) { Binary = new Binary("/bin/program", build, bias) }], null), null);
}
