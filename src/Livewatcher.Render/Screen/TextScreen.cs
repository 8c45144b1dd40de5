// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

namespace Livewatcher.Render.Screen;

/// <summary>Screens that are a list of lines.</summary>
internal static class TextScreen
{
    private static readonly (string Key, string Meaning)[] Keys =
    [
        ("q, Ctrl-C", "leave; the watching ends, the target runs on"),
        ("Up, Down, j, k", "mark a writer or a hit; PgUp, PgDn, Home, End"),
        ("Tab", "from the writers to the newest hits, and back"),
        ("Enter", "its stack, with the source around the marked frame"),
        ("s", "sort the writers: rarest, busiest, newest, by function"),
        ("p, Space", "let the screen stand still; counting goes on"),
        ("f, /", "show only some: a condition (new == 0 && tid == 7)"),
        ("", "or a text of functions, files, threads, values"),
        ("F", "show all again"),
        ("i", "ignore the marked writer from now on"),
        ("w", "write the newest hits into a recording"),
        ("n", "notes and gaps"),
        ("o", "the target's output"),
        ("Ctrl-Z", "suspend livewatcher, not the target; Ctrl-L: draw anew"),
        ("Esc", "back"),
    ];

    public static List<string> Help(ScreenLook look)
    {
        List<string> lines = [Heading("keys", look)];
        foreach (var (key, meaning) in Keys)
        {
            lines.Add(new ScreenLine(look).Cell(key, Math.Min(15, look.Width / 3), Tone.Strong).Add(meaning).End());
        }

        return lines;
    }

    /// <summary>The end of a text, or what stands before it where the user has scrolled.</summary>
    public static List<string> Draw(string title, IReadOnlyList<string> text, ScreenState state, ScreenLook look)
    {
        var room = Math.Max(look.Height - 2, 1);
        var last = Math.Max(text.Count - state.Scroll, Math.Min(text.Count, room));
        List<string> lines = [Heading(title, look)];
        lines.AddRange(text.Take(last).TakeLast(room).Select(line => new ScreenLine(look).Add(line).End()));
        if (text.Count == 0)
        {
            lines.Add(new ScreenLine(look).Add("nothing yet", Tone.Faint).End());
        }

        while (lines.Count < look.Height - 1)
        {
            lines.Add("");
        }

        lines.Add(new ScreenLine(look).Add("Up, Down scroll  Esc back", Tone.Faint).End());
        return lines;
    }

    public static string Heading(string text, ScreenLook look) => new ScreenLine(look).Add(text, Tone.Strong).End(inverse: true);
}
