// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using Livewatcher.Model;
using Livewatcher.Render.Screen;

namespace Livewatcher.Cli.Screen;

/// <summary>What a key asks for beyond the screen itself.</summary>
internal abstract record ScreenRequest
{
    internal sealed record Quit : ScreenRequest;

    internal sealed record Suspend : ScreenRequest;

    internal sealed record Redraw : ScreenRequest;

    /// <param name="Text">Empty: everything is shown again.</param>
    internal sealed record Filter(string Text) : ScreenRequest;

    internal sealed record Ignore(WriterKey Writer) : ScreenRequest;

    internal sealed record Record(string File) : ScreenRequest;
}

/// <summary>Keys to what they change: a pure function.</summary>
internal static class ScreenKeys
{
    private const int Page = 10;
    private const int LongestText = 500;

    /// <param name="key">What was pressed.</param>
    /// <param name="state">Before it.</param>
    /// <param name="model">What is on the screen.</param>
    /// <param name="recording">A name for a recording, should one be asked for.</param>
    internal static (ScreenState State, ScreenRequest? Request) Press(Key key, ScreenState state, ScreenModel model, Func<string> recording)
    {
        if (key.Name == KeyName.Interrupt)
            return (state, new ScreenRequest.Quit());
        if (key.Name == KeyName.Suspend)
            return (state, new ScreenRequest.Suspend());
        if (key.Name == KeyName.Redraw)
            return (state, new ScreenRequest.Redraw());
        state = state with { Message = null };
        if (state.Prompt is { } prompt)
            return Type(key, state, prompt, model);
        if (key.Name == KeyName.Escape)
            return (state with { View = ScreenView.Main, Scroll = 0 }, null);
        return key.Name == KeyName.Character ? Letter((char)key.Character.Value, state, model, recording) : (Move(key.Name, state, model), null);
    }

    private static (ScreenState State, ScreenRequest? Request) Letter(char letter, ScreenState state, ScreenModel model, Func<string> recording) => letter switch
    {
        'q' when state.View != ScreenView.Main => (state with { View = ScreenView.Main, Scroll = 0 }, null),
        'q' => (state, new ScreenRequest.Quit()),
        'j' => (Move(KeyName.Down, state, model), null),
        'k' => (Move(KeyName.Up, state, model), null),
        '?' or 'h' => (state with { View = ScreenView.Help }, null),
        'n' => (state with { View = ScreenView.Notes, Scroll = 0 }, null),
        'o' => (state with { View = ScreenView.Output, Scroll = 0 }, null),
        's' => (state with { Order = WriterOrders.After(state.Order), Pane = ScreenPane.Writers }, null),
        'p' or ' ' => (state with { Paused = !state.Paused }, null),
        'f' or '/' => (state with { View = ScreenView.Main, Prompt = new ScreenPrompt(PromptKind.Filter, "show (condition or text):", state.Filter ?? "") }, null),
        'F' => (state, new ScreenRequest.Filter("")),
        'w' => (state with { View = ScreenView.Main, Prompt = new ScreenPrompt(PromptKind.Record, "write the newest hits to:", recording()) }, null),
        'i' => AskToIgnore(state, model),
        _ => (state, null),
    };

    private static (ScreenState State, ScreenRequest? Request) AskToIgnore(ScreenState state, ScreenModel model)
    {
        if (Marked(state, model) is not { } writer)
            return (state with { Message = "no writer is marked" }, null);
        // It stays marked, whatever comes meanwhile.
        string name = NameOf(state, model);
        return (state with
        {
            View = ScreenView.Main,
            Writer = state.Pane == ScreenPane.Writers ? writer : state.Writer,
            Hit = state.Pane == ScreenPane.Hits ? model.Hits[state.IndexIn(model.Hits)].Sequence : state.Hit,
            Prompt = new ScreenPrompt(PromptKind.Ignore, $"ignore {name} on {writer.Watch} from now on? (y/n)", ""),
        }, null);
    }

    private static (ScreenState State, ScreenRequest? Request) Type(Key key, ScreenState state, ScreenPrompt prompt, ScreenModel model)
    {
        if (key.Name == KeyName.Escape)
            return (state with { Prompt = null }, null);
        if (prompt.Kind == PromptKind.Ignore)
        {
            bool yes = key is { Name: KeyName.Character, Character.Value: 'y' or 'Y' };
            return (state with { Prompt = null }, yes && Marked(state, model) is { } writer ? new ScreenRequest.Ignore(writer) : null);
        }

        switch (key.Name)
        {
            case KeyName.Enter:
                ScreenRequest? request = prompt.Kind == PromptKind.Filter ? new ScreenRequest.Filter(prompt.Text.Trim())
                    : prompt.Text.Trim().Length > 0 ? new ScreenRequest.Record(prompt.Text.Trim()) : null;
                return (state with { Prompt = null }, request);
            case KeyName.Backspace:
                int last = prompt.Text.Length > 1 && char.IsLowSurrogate(prompt.Text[^1]) ? 2 : 1;
                return (state with { Prompt = prompt with { Text = prompt.Text[..Math.Max(prompt.Text.Length - last, 0)] } }, null);
            case KeyName.EraseLine:
                return (state with { Prompt = prompt with { Text = "" } }, null);
            case KeyName.Character when prompt.Text.Length < LongestText:
                return (state with { Prompt = prompt with { Text = prompt.Text + key.Character } }, null);
            default:
                return (state, null);
        }
    }

    private static ScreenState Move(KeyName key, ScreenState state, ScreenModel model)
    {
        if (key == KeyName.Tab)
            return state with { Pane = state.Pane == ScreenPane.Writers ? ScreenPane.Hits : ScreenPane.Writers };
        if (key == KeyName.Enter)
            return Open(state, model);
        int step = key switch
        {
            KeyName.Up => -1,
            KeyName.Down => 1,
            KeyName.PageUp => -Page,
            KeyName.PageDown => Page,
            KeyName.Home => -1_000_000,
            KeyName.End => 1_000_000,
            _ => 0,
        };
        return state.View switch
        {
            ScreenView.Stack => state with { Frame = Clamp(state.Frame + step, state.Subject?.Stack.Frames.Count ?? 0) },
            ScreenView.Notes => state with { Scroll = Clamp(state.Scroll - step, model.Notes.Count) },
            ScreenView.Output => state with { Scroll = Clamp(state.Scroll - step, model.Output.Count) },
            ScreenView.Main when state.Pane == ScreenPane.Writers && model.Writers.Count > 0 =>
                state with { Writer = WriterKey.Of(model.Writers[Clamp(state.IndexIn(model.Writers) + step, model.Writers.Count)]) },
            ScreenView.Main when state.Pane == ScreenPane.Hits && model.Hits.Count > 0 => MoveInHits(state, model, step),
            _ => state,
        };
    }

    /// <summary>The first place is whatever is newest.</summary>
    private static ScreenState MoveInHits(ScreenState state, ScreenModel model, int step)
    {
        int place = Clamp(state.IndexIn(model.Hits) + step, model.Hits.Count);
        return state with { Hit = place == 0 ? null : model.Hits[place].Sequence };
    }

    private static ScreenState Open(ScreenState state, ScreenModel model) => state switch
    {
        { View: not ScreenView.Main } => state,
        { Pane: ScreenPane.Writers } when model.Writers.Count > 0 =>
            state with { View = ScreenView.Stack, Frame = 0, Subject = ScreenSubject.Of(model.Writers[state.IndexIn(model.Writers)]) },
        { Pane: ScreenPane.Hits } when model.Hits.Count > 0 =>
            state with { View = ScreenView.Stack, Frame = 0, Subject = ScreenSubject.Of(model.Hits[state.IndexIn(model.Hits)]) },
        _ => state with { Message = "no writer is marked" },
    };

    private static WriterKey? Marked(ScreenState state, ScreenModel model) => state.Pane switch
    {
        ScreenPane.Writers when model.Writers.Count > 0 => WriterKey.Of(model.Writers[state.IndexIn(model.Writers)]),
        ScreenPane.Hits when model.Hits.Count > 0 && !model.Hits[state.IndexIn(model.Hits)].Escaped => WriterKey.Of(model.Hits[state.IndexIn(model.Hits)]),
        _ => null,
    };

    private static string NameOf(ScreenState state, ScreenModel model)
    {
        CallStack stack = state.Pane == ScreenPane.Writers ? model.Writers[state.IndexIn(model.Writers)].Stack : model.Hits[state.IndexIn(model.Hits)].Stack;
        return stack.Frames is [var first, ..] ? $"{first.Function ?? first.Address.ToString()}{(first.Line > 0 ? $" line {first.Line}" : "")}" : "this writer";
    }

    private static int Clamp(int place, int count) => Math.Clamp(place, 0, Math.Max(count - 1, 0));
}
