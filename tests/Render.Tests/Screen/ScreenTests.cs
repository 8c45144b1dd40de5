// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using AwesomeAssertions;
using Livewatcher.Model;
using Livewatcher.Render.Screen;
using Xunit;

namespace Livewatcher.Render.Tests.Screen;

/// <summary>The live view as text, at the sizes that people have.</summary>
public sealed class ScreenTests
{
    private static readonly string[] Code = [.. Enumerable.Range(1, 200).Select(line => line == 88 ? "\tc->refcnt = 0; /* gone */" : $"\tline_{line}();")];

    private static readonly IReadOnlyList<WriterRow> Rows = [.. Scenario.WholeRun.OfType<WriterRow>()];

    private static readonly ScreenModel Model = new()
    {
        Title = "server (pid 4121)",
        Mode = "bpf, scope task, guard on",
        Elapsed = TimeSpan.FromSeconds(3723),
        Watches =
        [
            new("g_table[3].refcnt", "write", "0", 4_123, [.. Enumerable.Range(0, 120).Select(i => (long)((i * i) % 97))]),
            new("g_conf->limits", "access", "{10 00 00 00 ff ff ff ff 00 00 00 00}", 12, [0, 0, 0, 12, 0, 0, 0]),
        ],
        Writers = Rows,
        Hits = [.. Scenario.WholeRun.OfType<Hit>().Reverse()],
        Reported = 4_135,
        Counts = new HitCounts { Counted = 4_200, Recorded = 4_135, Filtered = 65 },
        Notes = ["14:02:10 libplugin.so was mapped at 0x7f12a5000000."],
        OutputFile = "/tmp/livewatcher-x/output",
        Output = ["listening on port 80", "accepted \e[31mred\e[0m \u202e"],
    };

    [Theory]
    [InlineData(80, 24)]
    [InlineData(40, 12)]
    [InlineData(200, 50)]
    public void TheMainScreen(int width, int height) => Verify(new ScreenState(), width, height, "main");

    [Theory]
    [InlineData(80, 24)]
    [InlineData(40, 12)]
    [InlineData(200, 50)]
    public void AStackWithItsSource(int width, int height) =>
        Verify(new ScreenState { View = ScreenView.Stack, Subject = ScreenSubject.Of(Rows[0]) }, width, height, "stack");

    [Fact]
    public void TheHelp() => Verify(new ScreenState { View = ScreenView.Help }, 80, 24, "help");

    [Fact]
    public void TheTargetsOutput() => Verify(new ScreenState { View = ScreenView.Output }, 80, 24, "output");

    [Fact]
    public void AWatchWhoseTurnItIsNotWaits()
    {
        var lines = Draw(Model with { Watches = [Model.Watches[0] with { Waits = true }, Model.Watches[1]] }, new ScreenState(), 80, 24);
        lines.Single(line => line.StartsWith("g_table[3].refcnt", StringComparison.Ordinal)).Should().Contain(" waits ");
        lines.Single(line => line.StartsWith("g_conf->limits", StringComparison.Ordinal)).Should().NotContain("waits");
    }

    /// <summary>What is wrong is at the beginning of its line: the end may not fit.</summary>
    [Theory]
    [InlineData(80, "NOT COMPLETE: 2 gaps (n) | 4,135 hits, 7 dropped, 0 skipped, 1 escaped")]
    [InlineData(40, "2 gaps d7 s0 e1")]
    public void LossesAreInTheAccount(int width, string words) =>
        Draw(Model with { Gaps = ["a", "b"], Counts = new HitCounts { Dropped = 7, Escaped = 1 } }, new ScreenState(), width, 24)[^2].Should().StartWith(words);

    [Fact]
    public void TheMarkedWriterStaysMarkedWhereverItComesToStand()
    {
        ScreenState state = new() { Writer = WriterKey.Of(Rows[1]) };
        Marked(Model).Should().Contain("4,001");
        Marked(Model with { Writers = [Rows[1], Rows[0]] }).Should().Contain("4,001");
        Marked(Model with { Writers = [Rows[0]] }).Should().NotContain("4,001", "it is not there any more");
        string Marked(ScreenModel model) => Draw(model, state, 80, 24).Single(line => line.StartsWith('>'));
    }

    [Fact]
    public void WhatIsTypedIsShownWithItsEnd()
    {
        ScreenState state = new() { Prompt = new ScreenPrompt(PromptKind.Filter, "show:", new string('x', 200) + "end") };
        Draw(Model, state, 40, 12)[^1].Should().StartWith("show: x").And.EndWith("end_");
    }

    /// <summary>Names of the target are obeyed by no terminal, and move no line.</summary>
    [Theory]
    [InlineData("\e]0;title\a")]
    [InlineData("\e[2J\e[1;1H")]
    [InlineData("\r\n\t\b")]
    [InlineData("\u202e\u009b31m")]
    public void NothingOfTheTargetReachesTheTerminalRaw(string hostile)
    {
        Hit hit = Scenario.Hit(1, 1) with { ThreadName = hostile, New = new Value(ValueKind.Bytes, hostile), SystemCall = $"{hostile}()", Stack = new CallStack([Scenario.Release with { Function = hostile, File = hostile, Module = hostile }], hostile) };
        WriterRow row = Rows[0] with { Threads = [hostile], Values = [hit.New], Stack = hit.Stack, SystemCall = hostile, Reason = hostile };
        ScreenModel model = Model with
        {
            Title = hostile, Mode = hostile, Ended = hostile, Hits = [hit], Writers = [row], Notes = [hostile], Output = [hostile], OutputFile = hostile, Gaps = [hostile],
            Watches = [new ScreenWatch(hostile, "write", hostile, 1, [1])],
        };
        foreach (ScreenView view in Enum.GetValues<ScreenView>())
        {
            foreach (ScreenSubject subject in (ScreenSubject[])[ScreenSubject.Of(hit), ScreenSubject.Of(row)])
            {
                ScreenState state = new() { View = view, Subject = subject, Filter = hostile, Message = hostile, Prompt = new ScreenPrompt(PromptKind.Ignore, hostile, hostile) };
                IReadOnlyList<string> lines = Screens.Draw(model, state, new ScreenLook(100, 30, Colour: false, Unicode: true), new Source());
                lines.Should().HaveCount(30);
                string.Concat(lines).Any(one => char.IsControl(one) || one == '\u202e').Should().BeFalse(view.ToString());
                Screens.Draw(model, state, new ScreenLook(100, 30, Colour: true, Unicode: true), new Source())
                    .Should().OnlyContain(line => !line.Contains(hostile, StringComparison.Ordinal));
            }
        }
    }

    /// <summary>No size makes a line that is too long, or a screen that is too high.</summary>
    [Fact]
    public void ItFitsIntoEverySize()
    {
        for (int width = 1; width <= 240; width += 7)
        {
            for (int height = 1; height <= 60; height += 5)
            {
                foreach (ScreenView view in Enum.GetValues<ScreenView>())
                {
                    ScreenState state = new() { View = view, Subject = ScreenSubject.Of(Rows[1]), Filter = "new == 0" };
                    IReadOnlyList<string> lines = Screens.Draw(Model, state, new ScreenLook(width, height, Colour: false, Unicode: true), new Source());
                    lines.Should().HaveCount(height).And.OnlyContain(line => line.Length <= width);
                }
            }
        }
    }

    [Fact]
    public void ColoursAndBlocksOnlyWhereTheyAreWanted()
    {
        string.Concat(Draw(Model, new ScreenState(), 120, 40)).Should().NotContain("\e").And.Contain("█");
        string.Concat(Screens.Draw(Model, new ScreenState(), new ScreenLook(120, 40, Colour: true, Unicode: false), null)).Should().Contain("\e[7m").And.Match(text => text.All(char.IsAscii));
    }

    private static IReadOnlyList<string> Draw(ScreenModel model, ScreenState state, int width, int height) =>
        Screens.Draw(model, state, new ScreenLook(width, height, Colour: false, Unicode: true), new Source());

    private static void Verify(ScreenState state, int width, int height, string name) =>
        Snapshot.Verify(string.Join('\n', Draw(Model, state, width, height)) + "\n", $"screen.{name}.{width}x{height}.txt");

    private sealed class Source : ISourceText
    {
        public IReadOnlyList<string>? Lines(Frame frame) => frame.File == "/src/demo/server.c" ? Code : null;
    }
}
