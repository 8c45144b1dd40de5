// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

namespace Livewatcher.Render.Screen;

/// <summary>The live view: a pure function from what there is and what the user has made of it to the lines of a terminal.</summary>
public static class Screens
{
    /// <returns>As many lines as the screen has, none wider than it.</returns>
    public static IReadOnlyList<string> Draw(ScreenModel model, ScreenState state, ScreenLook look, ISourceText? source)
    {
        List<string> lines = state.View switch
        {
            ScreenView.Stack when state.Subject is { } subject => StackScreen.Draw(subject, state, look, source),
            ScreenView.Help => TextScreen.Help(look),
            ScreenView.Notes => TextScreen.Draw("notes", model.Notes, state, look),
            ScreenView.Output => TextScreen.Draw(
                model.OutputFile is { } file ? $"the target's output, in {file}" : "the target's output goes its own way", model.Output, state, look),
            _ => MainScreen.Draw(model, state, look),
        };
        while (lines.Count < look.Height)
        {
            lines.Add("");
        }

        return lines.GetRange(0, Math.Max(look.Height, 0));
    }
}
