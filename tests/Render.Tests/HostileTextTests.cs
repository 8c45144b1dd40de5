// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using AwesomeAssertions;
using CsCheck;
using Livewatcher.Model;
using Xunit;

namespace Livewatcher.Render.Tests;

/// <summary>Every string of an event may come from the target, whose author may mean harm.</summary>
public sealed partial class HostileTextTests
{
    private const string Evil = "\e]0;owned\a\e[2J\r\n\u009b31m\u202exe\t\0\ud800!\u007f";

    [Fact]
    public void EscapeSequencesAreSpelledOut()
    {
        var text = Rendered.Text(Scenario.Hit(1, 1) with { ThreadName = Evil });
        text.Should().Contain(@"\x1b]0;owned\x07\x1b[2J\x0d\x0a\x9b31m\u202exe\x09\x00\ud800!\x7f (4127)");
    }

    [Fact]
    public void PrintableTextOfAnyScriptStays() =>
        Rendered.Text(Scenario.Hit(1, 1) with { ThreadName = "Grüße-数-😀" }).Should().Contain("Grüße-数-😀 (4127)");

    [Theory]
    [InlineData(0, false)]
    [InlineData(0, true)]
    [InlineData(60, false)]
    [InlineData(100, true)]
    public void NoControlCharacterOfTheTargetReachesATerminal(int width, bool colour) => AnyText.Sample(text =>
    {
        var options = new TextOptions { Colour = colour, Width = width, Source = new OneLine(text), CollapseRepeats = colour };
        var output = Rendered.Text(options, EventsOf(text));
        var visible = colour ? Sgr().Replace(output, "") : output;
        visible.EnumerateRunes().Should().NotContain(rune => rune.Value != '\n' && Hidden(rune));
    });

    [Fact]
    public void EveryLineIsOneJsonObjectWhoseTextComesBack() => AnyText.Sample(text =>
    {
        var lines = Rendered.Json(EventsOf(text)).Split('\n');
        lines.Should().HaveCount(EventsOf(text).Count + 1);
        lines[^1].Should().BeEmpty();
        using var hit = JsonDocument.Parse(lines[1]);
        var expected = Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(text));
        hit.RootElement.GetProperty("thread").GetString().Should().Be(expected);
        hit.RootElement.GetProperty("stack")[0].GetProperty("function").GetString().Should().Be(expected);
        foreach (var line in lines[..^1])
        {
            line.Should().NotContainAny("\e", "\u009b", "\u007f");
            using var parsed = JsonDocument.Parse(line);
        }
    });

    // Lone surrogates and control characters are rare among all characters, so they get a share of their own.
    private static readonly Gen<string> AnyText = Gen.OneOf(
        Gen.Char.Array[0, 40],
        Gen.Char['\0', '\u00a0'].Array[0, 40],
        Gen.Char['\ud7f0', '\ue010'].Array[0, 20],
        Gen.Char['\u2000', '\u2070'].Array[0, 20],
        Gen.Const(Evil.ToCharArray())).Select(characters => new string(characters));

    private static IReadOnlyList<WatchEvent> EventsOf(string text)
    {
        var watch = Scenario.Refcnt with { Request = new WatchRequest(text, AccessMode.Write), TypeName = text, Resolution = text };
        var value = new Value(ValueKind.Bytes, text);
        var stack = new CallStack([new Frame(new Address(1), text, text, 1, text, 1, Inlined: false), Scenario.Release], text);
        var instruction = Scenario.Store with { Text = text };
        var hit = Scenario.Hit(1, 1) with
        {
            Watch = watch, ThreadName = text, Old = value, New = value, SystemCall = text, Instruction = instruction, Stack = stack,
        };
        return
        [
            Scenario.Armed(watch, value, new HardwareSlot(new Address(8), 8, AccessMode.Write)),
            hit,
            hit with { Sequence = 2 },
            hit with { Sequence = 3, EscapedSince = Scenario.Start },
            new NoteEvent(Scenario.Start, NoteLevel.Warning, text),
            new WriterRow(1, watch, text, 1, 1, Scenario.Start, Scenario.Start, [text], 2, [value], 2, instruction, text, stack, text),
            Scenario.Coverage(text) with { Why = text, Backend = text, Scope = text, Remarks = [text] },
            hit with { Sequence = 4, SetAt = stack },
            new MessageEvent(Scenario.Start, MessageKind.Backtrace, hit.Process, hit.Thread, text, text, stack),
            new MessageEvent(Scenario.Start, MessageKind.Mark, hit.Process, null, null, text, null),
            new RegistersEvent(Scenario.Start, hit.Process, "engine", null, [0, 0, 0, 0, 0], stack),
            new DisarmedEvent(Scenario.Start, watch, hit.Process, default),
            new StatusEvent(
                Scenario.Start, Scenario.Start, text, text, Guard: true, [new("name", text)],
                [new ServedProcess(hit.Process, text, 1, [new ServedWatch(0, watch, 0, default)], [0, 0, 0, 0, 0], 1, 1)], 1, new SyncTally(1, 2, 3, 4), [text]),
        ];
    }

    private static bool Hidden(Rune rune) => Rune.GetUnicodeCategory(rune)
        is UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator;

    [GeneratedRegex(@"\e\[[0-9;]*m", RegexOptions.None, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Sgr();

    private sealed class OneLine(string line) : ISourceText
    {
        public IReadOnlyList<string>? Lines(Frame frame) => [line];
    }
}
