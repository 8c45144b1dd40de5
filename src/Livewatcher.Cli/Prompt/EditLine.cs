// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

namespace Livewatcher.Cli.Prompt;

/// <summary>What a key has led to.</summary>
internal enum EditResult
{
    /// <summary>The line goes on.</summary>
    Editing,

    /// <summary>Enter.</summary>
    Done,

    /// <summary>Ctrl-D on an empty line.</summary>
    End,

    /// <summary>Several words fit: <see cref="EditLine.Candidates"/>.</summary>
    Choices,
}

/// <summary>A line in the making, with the keys of readline(3), its history and completion. Knows no terminal.</summary>
/// <param name="history">Earlier lines, oldest first.</param>
/// <param name="complete">Words that the text before the cursor may go on to.</param>
internal sealed class EditLine(IReadOnlyList<string> history, Func<string, IReadOnlyList<string>> complete)
{
    private int shown = history.Count;
    private string own = string.Empty;

    internal string Text { get; private set; } = string.Empty;

    internal int Cursor { get; private set; }

    internal IReadOnlyList<string> Candidates { get; private set; } = [];

    internal EditResult Press(ConsoleKeyInfo key)
    {
        bool control = key.Modifiers.HasFlag(ConsoleModifiers.Control);
        switch (key.Key)
        {
            case ConsoleKey.Enter:
                return EditResult.Done;
            case ConsoleKey.D when control && Text.Length == 0:
                return EditResult.End;
            case ConsoleKey.Tab:
                return Complete();
            case ConsoleKey.Backspace:
                Remove(Cursor - 1, 1);
                break;
            case ConsoleKey.Delete:
            case ConsoleKey.D when control:
                Remove(Cursor, 1);
                break;
            case ConsoleKey.LeftArrow:
            case ConsoleKey.B when control:
                Cursor = Math.Max(Cursor - 1, 0);
                break;
            case ConsoleKey.RightArrow:
            case ConsoleKey.F when control:
                Cursor = Math.Min(Cursor + 1, Text.Length);
                break;
            case ConsoleKey.Home:
            case ConsoleKey.A when control:
                Cursor = 0;
                break;
            case ConsoleKey.End:
            case ConsoleKey.E when control:
                Cursor = Text.Length;
                break;
            case ConsoleKey.UpArrow:
            case ConsoleKey.P when control:
                Recall(shown - 1);
                break;
            case ConsoleKey.DownArrow:
            case ConsoleKey.N when control:
                Recall(shown + 1);
                break;
            case ConsoleKey.K when control:
                Remove(Cursor, Text.Length - Cursor);
                break;
            case ConsoleKey.U when control:
                Remove(0, Cursor);
                break;
            case ConsoleKey.W when control:
                int word = Text[..Cursor].TrimEnd(' ').LastIndexOf(' ') + 1;
                Remove(word, Cursor - word);
                break;
            default:
                if (!char.IsControl(key.KeyChar))
                    Insert(key.KeyChar.ToString());
                break;
        }

        return EditResult.Editing;
    }

    private EditResult Complete()
    {
        string before = Text[..Cursor];
        IReadOnlyList<string> fits = complete(before);
        if (fits.Count == 0)
            return EditResult.Editing;
        string word = before[(before.LastIndexOf(' ') + 1)..];
        string common = fits.Aggregate(Common);
        Insert(common[word.Length..] + (fits.Count == 1 ? " " : string.Empty));
        Candidates = fits;
        return fits.Count > 1 && common.Length == word.Length ? EditResult.Choices : EditResult.Editing;
    }

    private void Recall(int index)
    {
        if (index < 0 || index > history.Count)
            return;
        if (shown == history.Count)
            own = Text;
        shown = index;
        Text = index == history.Count ? own : history[index];
        Cursor = Text.Length;
    }

    private void Insert(string text)
    {
        Text = Text.Insert(Cursor, text);
        Cursor += text.Length;
    }

    private void Remove(int from, int count)
    {
        if (from < 0 || from + count > Text.Length)
            return;
        Text = Text.Remove(from, count);
        Cursor = from;
    }

    private static string Common(string one, string other)
    {
        int length = 0;
        while (length < Math.Min(one.Length, other.Length) && one[length] == other[length])
            length++;
        return one[..length];
    }
}
