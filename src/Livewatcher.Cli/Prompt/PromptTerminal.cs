// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using Livewatcher.Linux.Interop;

namespace Livewatcher.Cli.Prompt;

/// <summary>A terminal that people type into while hits are printed: what is printed goes above the line in the making, which is drawn
/// again below it.</summary>
internal sealed class PromptTerminal(Stream terminal)
{
    private const string Mark = ">> ";
    private const string ClearLine = "\r\e[K";

    private readonly Lock gate = new();
    private readonly List<string> history = [];
    private EditLine? line;
    private bool midLine;

    /// <summary>For whoever prints.</summary>
    internal Stream Output => new AboveTheLine(this);

    /// <summary>One line; null at the end of the input.</summary>
    internal string? ReadLine(Func<string, IReadOnlyList<string>> complete)
    {
        Draw(new EditLine(history, complete));
        while (true)
        {
            ConsoleKeyInfo key = Console.ReadKey(intercept: true);
            lock (gate)
            {
                switch (line!.Press(key))
                {
                    case EditResult.Done:
                        string text = line.Text;
                        Leave();
                        if (text.Trim().Length > 0 && history.LastOrDefault() != text)
                            history.Add(text);
                        return text;
                    case EditResult.End:
                        Leave();
                        return null;
                    case EditResult.Choices:
                        Write($"{ClearLine}{string.Join("  ", line.Candidates)}\n");
                        break;
                }

                Redraw();
            }
        }
    }

    private void Draw(EditLine fresh)
    {
        lock (gate)
        {
            line = fresh;
            Redraw();
        }
    }

    private void Leave()
    {
        Write("\r\n");
        line = null;
    }

    /// <summary>As much of the line as fits, with the cursor in it.</summary>
    private void Redraw()
    {
        if (line is null || midLine)
            return;
        int room = Math.Max(Console.WindowWidth - Mark.Length - 1, 8);
        int from = Math.Max(line.Cursor - room, 0);
        string shown = line.Text.Substring(from, Math.Min(line.Text.Length - from, room));
        int back = shown.Length - (line.Cursor - from);
        Write($"{ClearLine}{Mark}{shown}{(back > 0 ? $"\e[{back}D" : string.Empty)}");
    }

    private void Write(string text)
    {
        terminal.Write(System.Text.Encoding.UTF8.GetBytes(text));
        terminal.Flush();
    }

    private void Print(ReadOnlySpan<byte> text)
    {
        if (text.IsEmpty)
            return;
        lock (gate)
        {
            if (line is not null && !midLine)
                Write(ClearLine);
            terminal.Write(text);
            terminal.Flush();
            midLine = text[^1] != '\n';
            Redraw();
        }
    }

    private sealed class AboveTheLine(PromptTerminal prompt) : WriteOnlyStream
    {
        public override void Write(ReadOnlySpan<byte> buffer) => prompt.Print(buffer);
    }
}
