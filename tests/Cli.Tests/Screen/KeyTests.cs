// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using System.Text;
using AwesomeAssertions;
using Livewatcher.Cli.Screen;
using Livewatcher.Model;
using Livewatcher.Render.Screen;
using Xunit;

namespace Livewatcher.Cli.Tests.Screen;

/// <summary>From the bytes of a terminal to keys, and from keys to what they do.</summary>
public sealed class KeyTests
{
    private static readonly Watch State = new(new WatchRequest("g_state", AccessMode.Write), new Address(0x1000), 4, NoFormat.Instance, "int", null);

    private static readonly ScreenModel Model = new() { Title = "t", Writers = [Row(1, 0x10), Row(2, 0x20), Row(3, 0x30)], Hits = [HitOf(3), HitOf(2), HitOf(1)] };

    [Theory]
    [InlineData("q", "Character")]
    [InlineData("\e[A\e[B\eOA\eOB", "Up Down Up Down")]
    [InlineData("\e[5~\e[6~\e[H\e[F\e[1~\e[4~\eOH\eOF", "PageUp PageDown Home End Home End Home End")]
    [InlineData("\r\n\t\u007f\b", "Enter Enter Tab Backspace Backspace")]
    [InlineData("\u0003\u001a\f\u0015", "Interrupt Suspend Redraw EraseLine")]
    [InlineData("\e[1;5A\e[200~x", "Up Character")]
    [InlineData("\u20acé", "Character Character")]
    [InlineData("\e[99999999999999999999999999999999", "Character Character Character Character Character Character Character Character Character Character Character Character Character Character Character Character Character Character")]
    public void KeysOfATerminal(string typed, string expected)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(typed);
        Names(new KeyReader().Take(bytes)).Should().Be(expected);
        KeyReader piecewise = new();
        Names([.. bytes.SelectMany(one => piecewise.Take([one]))]).Should().Be(expected, "a slow line brings them one by one");
    }

    [Fact]
    public void AnEscapeThatNothingFollowsIsAKey()
    {
        KeyReader reader = new();
        reader.Take("\e"u8).Should().BeEmpty();
        Names(reader.TakeRest()).Should().Be("Escape");
        reader.Take("\e["u8).Should().BeEmpty();
        Names(reader.TakeRest()).Should().Be("Escape", "a sequence that stays without an end");
        Names(reader.Take("q"u8)).Should().Be("Character");
    }

    [Fact]
    public void TheMarkMovesAndStaysInItsList()
    {
        ScreenState state = new();
        foreach ((string typed, ulong code) in (ReadOnlySpan<(string, ulong)>)[("j", 0x20), ("\e[B", 0x30), ("j", 0x30), ("k", 0x20), ("\e[H", 0x10), ("\e[6~", 0x30)])
        {
            state = Press(typed, state).State;
            state.Writer!.Value.Code.Should().Be(code, typed);
        }

        state = Press("\tj", state).State;
        state.Hit.Should().Be(2);
        Press("\e[H", state).State.Hit.Should().BeNull("the first place is whatever is newest");
    }

    [Fact]
    public void EnterOpensAStackAndEscapeLeavesIt()
    {
        ScreenState state = Press("j\r", new ScreenState()).State;
        state.View.Should().Be(ScreenView.Stack);
        state.Subject!.Heading[0].Should().StartWith("2 hits of g_state");
        Press("q", state).Should().Be((state with { View = ScreenView.Main }, null), "q leaves what is open first");
        Press("\r", new ScreenState(), new ScreenModel { Title = "t" }).State.Message.Should().Be("no writer is marked");
    }

    [Fact]
    public void AFilterIsTyped()
    {
        ScreenState state = Press("fnew == 1\u007f0", new ScreenState()).State;
        state.Prompt!.Text.Should().Be("new == 0");
        Press("\r", state).Request.Should().Be(new ScreenRequest.Filter("new == 0"));
        state = state with { Prompt = state.Prompt with { Text = "q" } };
        Press("q", state).State.Prompt!.Text.Should().Be("qq", "letters are letters where one types");
        Press("\u0003", state).Request.Should().Be(new ScreenRequest.Quit(), "but Ctrl-C always leaves");
        Press("F", new ScreenState()).Request.Should().Be(new ScreenRequest.Filter(""));
    }

    [Fact]
    public void IgnoringIsAskedFor()
    {
        ScreenState state = Press("ji", new ScreenState()).State;
        state.Prompt!.Label.Should().Be("ignore f_20 line 2 on g_state from now on? (y/n)");
        Press("n", state).Request.Should().BeNull();
        // Another writer has come to stand in its place meanwhile.
        ScreenModel later = Model with { Writers = [Row(1, 0x10), Row(9, 0x90), Row(2, 0x20)] };
        Press("y", state, later).Request.Should().BeOfType<ScreenRequest.Ignore>().Which.Writer.Code.Should().Be(0x20);
    }

    [Fact]
    public void OtherKeys()
    {
        Press("q", new ScreenState()).Request.Should().Be(new ScreenRequest.Quit());
        Press("ss", new ScreenState()).State.Order.Should().Be(WriterOrder.Newest);
        Press("ssss", new ScreenState()).State.Order.Should().Be(WriterOrder.Rarest);
        Press("p", new ScreenState()).State.Paused.Should().BeTrue();
        Press("?", new ScreenState()).State.View.Should().Be(ScreenView.Help);
        Press("w\r", new ScreenState()).Request.Should().Be(new ScreenRequest.Record("next.lwr"));
        Press("w\u0015\r", new ScreenState()).Request.Should().BeNull("no name, no file");
        Press("\u001a", new ScreenState()).Request.Should().Be(new ScreenRequest.Suspend());
    }

    private static (ScreenState State, ScreenRequest? Request) Press(string typed, ScreenState state, ScreenModel? model = null)
    {
        ScreenRequest? request = null;
        KeyReader reader = new();
        foreach (Key key in (Key[])[.. reader.Take(Encoding.UTF8.GetBytes(typed)), .. reader.TakeRest()])
            (state, request) = ScreenKeys.Press(key, state, model ?? Model, () => "next.lwr");
        return (state, request);
    }

    private static string Names(IEnumerable<Key> keys) => string.Join(' ', keys.Select(key => key.Name));

    private static CallStack StackOf(ulong code) => new([new Frame(new Address(code), "m", $"f_{code:x}", 1, "/s/f.c", (int)(code >> 4), Inlined: false)], null);

    private static WriterRow Row(int count, ulong code) => new(
        count, State, "write", count, count, DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch, ["main (7)"], 1, [], 0, new Instruction(new Address(code), "mov", true, null, null), null, StackOf(code), null);

    private static Hit HitOf(long sequence) => new()
    {
        Sequence = sequence,
        Time = DateTimeOffset.UnixEpoch,
        Watch = State,
        Address = State.Address,
        Process = new ProcessId(7),
        Thread = new ThreadId(7),
        Stack = StackOf((ulong)sequence * 16),
    };
}
