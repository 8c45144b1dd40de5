// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using System.Globalization;
using Livewatcher.Model;

namespace Livewatcher.Render.Screen;

/// <summary>One stack: what it belongs to, its frames, and the source around the marked one.</summary>
internal static class StackScreen
{
    public static List<string> Draw(ScreenSubject subject, ScreenState state, ScreenLook look, ISourceText? source)
    {
        List<string> lines = [TextScreen.Heading(subject.Heading[0], look)];
        lines.AddRange(subject.Heading.Skip(1).Where(text => text.Length > 0).Select(text => new ScreenLine(look).Add(text).End()));
        var frames = subject.Stack.Frames;
        var marked = Math.Clamp(state.Frame, 0, Math.Max(frames.Count - 1, 0));
        var room = Math.Max(look.Height - lines.Count - 1, 1);
        var shown = Math.Min(frames.Count, Math.Max(room / 2, 1));
        var top = Math.Clamp(marked - shown + 1, 0, Math.Max(frames.Count - shown, 0));
        for (var i = top; i < top + shown; i++)
        {
            lines.Add(Line(frames[i], i, i == marked, look));
        }

        if (subject.Stack.CutShort is { } cut)
        {
            lines.Add(new ScreenLine(look).Add($"the stack is cut short here: {cut}", Tone.Warning).End());
        }

        if (frames.Count > 0)
        {
            AddSource(lines, frames[marked], look, source);
        }

        while (lines.Count < look.Height - 1)
        {
            lines.Add("");
        }

        lines.Add(new ScreenLine(look).Add($"frame {marked} of {frames.Count}  Up, Down mark a frame  Esc back", Tone.Faint).End());
        return lines;
    }

    private static string Line(Frame frame, int number, bool marked, ScreenLook look)
    {
        var place = StackText.PlaceOf(frame, fullPaths: look.Width >= 120);
        var end = place.Length > 0 ? place : frame.Address.ToString();
        var module = frame.Inlined ? "[inlined]" : frame.Module ?? "";
        var width = look.Width - 8;
        var placeWidth = look.Width < 60 ? 0 : Math.Min(Math.Max(Cells.Of(end), 20), width / 3);
        var moduleWidth = look.Width < 60 ? 0 : Math.Min(12, width / 6);
        return new ScreenLine(look)
            .Add(marked ? "> " : "  ", Tone.Alarm).Cell(number.ToString(CultureInfo.InvariantCulture), 3, Tone.Faint, right: true)
            .Cell(StackText.FunctionOf(frame), Math.Max(width - placeWidth - moduleWidth - 2, 8), Tone.Function).Cell(end, placeWidth, Tone.Place)
            .Cell(module, moduleWidth, frame.Inlined ? Tone.Warning : Tone.Faint).End(inverse: marked);
    }

    /// <summary>As many lines as there is room for, the frame's own in the middle.</summary>
    private static void AddSource(List<string> lines, Frame frame, ScreenLook look, ISourceText? source)
    {
        var room = look.Height - lines.Count - 3;
        if (room < 1)
        {
            return;
        }

        lines.Add("");
        if (frame.File is null || frame.Line < 1 || source?.Lines(frame) is not { } text || frame.Line > text.Count)
        {
            lines.Add(new ScreenLine(look).Add(frame.File is null ? "no source line is known" : $"no source here: {frame.File}", Tone.Faint).End());
            return;
        }

        var first = Math.Clamp(frame.Line - (room / 2), 1, Math.Max(text.Count - room + 1, 1));
        for (var number = first; number < first + room && number <= text.Count; number++)
        {
            var guilty = number == frame.Line;
            lines.Add(new ScreenLine(look)
                .Add(guilty ? "> " : "  ", Tone.Alarm).Add($"{number,5} ", Tone.Faint).Add(text[number - 1].Replace("\t", "    ", StringComparison.Ordinal).TrimEnd(), guilty ? Tone.Strong : Tone.Plain).End());
        }
    }
}
