// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using AwesomeAssertions;
using Livewatcher.Cli.Prompt;
using Xunit;

namespace Livewatcher.Cli.Tests.Prompt;

/// <summary>The keys of readline(3), in the shorthand of <see cref="Keys"/>; a bar stands where the cursor is.</summary>
public sealed class EditLineTests
{
    private static readonly string[] History = ["first", "second"];

    [Theory]
    [InlineData("abc", "abc|")]
    [InlineData("abc<", "ab|c")]
    [InlineData("abc<<X", "aX|bc")]
    [InlineData("abc<<<<<X", "X|abc")]
    [InlineData("ab<c>>>>d", "acbd|")]
    [InlineData("abc^BX", "abX|c")]
    [InlineData("abc^A^FX", "aX|bc")]
    [InlineData("abc^AX", "X|abc")]
    [InlineData("abc^A^EX", "abcX|")]
    [InlineData("abc{Home}X", "X|abc")]
    [InlineData("abc{Home}{End}X", "abcX|")]
    public void TheCursorMovesAndTextIsPutWhereItIs(string keys, string expected) => After(keys).Should().Be(expected);

    [Theory]
    [InlineData("abc{Backspace}", "ab|")]
    [InlineData("abc<{Backspace}", "a|c")]
    [InlineData("abc^A{Backspace}", "|abc")]
    [InlineData("abc{Delete}", "abc|")]
    [InlineData("abc^A{Delete}", "|bc")]
    [InlineData("abc<^D", "ab|")]
    [InlineData("abc^D", "abc|")]
    [InlineData("abc<<^K", "a|")]
    [InlineData("abc^K", "abc|")]
    [InlineData("abc<<^U", "|bc")]
    [InlineData("abc^A^U", "|abc")]
    [InlineData("one two^W", "one |")]
    [InlineData("one two  ^W", "one |")]
    [InlineData("one two<^W", "one |o")]
    [InlineData("one^W^W", "|")]
    public void TextIsTakenOut(string keys, string expected) => After(keys).Should().Be(expected);

    [Theory]
    [InlineData("{UpArrow}", "second|")]
    [InlineData("{UpArrow}{UpArrow}", "first|")]
    [InlineData("{UpArrow}{UpArrow}{UpArrow}", "first|")]
    [InlineData("^P^P^N", "second|")]
    [InlineData("own{UpArrow}{DownArrow}", "own|")]
    [InlineData("own{DownArrow}", "own|")]
    [InlineData("own^P^P^N^N^N", "own|")]
    [InlineData("own<{UpArrow}X", "secondX|")]
    [InlineData("{UpArrow}{Backspace}", "secon|")]
    public void EarlierLinesComeBack(string keys, string expected) => After(keys).Should().Be(expected);

    [Fact]
    public void EnterEndsTheLineWhereverTheCursorIs()
    {
        EditLine line = Typed("abc<", out EditResult before);
        before.Should().Be(EditResult.Editing);
        line.Press(Keys.Of("{Enter}")[0]).Should().Be(EditResult.Done);
        line.Text.Should().Be("abc");
    }

    [Fact]
    public void EndOfInputIsCtrlDOnAnEmptyLineOnly()
    {
        Typed("^D", out EditResult empty);
        empty.Should().Be(EditResult.End);
        Typed("a^D", out EditResult full);
        full.Should().Be(EditResult.Editing);
        Typed("a{Backspace}^D", out EditResult again);
        again.Should().Be(EditResult.End);
    }

    [Theory]
    [InlineData("{F5}")]
    [InlineData("{Escape}")]
    [InlineData("^G")]
    [InlineData("^C")]
    public void KeysWithoutAMeaningDoNothing(string key) => After($"ab<{key}").Should().Be("a|b");

    [Theory]
    [InlineData("st{Tab}", "status |")]
    [InlineData("status{Tab}", "status |")]
    [InlineData("s{Tab}", "s|")]
    [InlineData("se{Tab}re{Tab}", "set record |")]
    [InlineData("set re rest<<<<<{Tab}", "set record | rest")]
    [InlineData("x{Tab}", "x|")]
    [InlineData("alp{Tab}", "alpha|")]
    public void TabGoesOnAsFarAsThereIsOneWay(string keys, string expected) => After(keys).Should().Be(expected);

    [Fact]
    public void WhereSeveralFitTheyAreShown()
    {
        EditLine line = Typed("s{Tab}", out EditResult result);
        result.Should().Be(EditResult.Choices);
        line.Candidates.Should().Equal("set", "status");
        Typed("alp{Tab}", out EditResult furthered);
        furthered.Should().Be(EditResult.Editing, "it went on to what they have in common");
        Typed("alp{Tab}{Tab}", out EditResult again);
        again.Should().Be(EditResult.Choices);
    }

    private static string After(string keys)
    {
        EditLine line = Typed(keys, out _);
        return line.Text.Insert(line.Cursor, "|");
    }

    private static EditLine Typed(string keys, out EditResult last)
    {
        EditLine line = new(History, Complete);
        last = EditResult.Editing;
        foreach (ConsoleKeyInfo key in Keys.Of(keys))
            last = line.Press(key);
        return line;
    }

    private static IReadOnlyList<string> Complete(string before)
    {
        string word = before[(before.LastIndexOf(' ') + 1)..];
        string[] words = before.StartsWith("set ", StringComparison.Ordinal) ? ["record"] : ["alphabet", "alphanumeric", "set", "status"];
        return [.. words.Where(one => one.StartsWith(word, StringComparison.Ordinal))];
    }
}
