// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using System.Text;

namespace Livewatcher.Cli.Manual;

/// <summary>A manual page under construction, in the macros of man(7). Text goes in as it is meant to be read; `code` between
/// grave accents becomes bold. Each sentence is on a line of its own and no line is long, as man-pages(7) wants it.</summary>
internal sealed class RoffPage
{
    private const int LineLength = 76;
    private readonly StringBuilder text = new();

    /// <summary>Right behind a section's head, where a paragraph's request would be one too many.</summary>
    private bool fresh;

    /// <param name="name">Of the page, as "livewatcher-run".</param>
    /// <param name="purpose">One line for whatis(1).</param>
    /// <param name="date">YYYY-MM-DD.</param>
    /// <param name="source">Program and version, for the footer.</param>
    internal RoffPage(string name, string purpose, string date, string source)
    {
        text.Append(".\\\" Made by \"livewatcher man\" from the definitions of --help.\n");
        text.Append($".TH {Literal(name.ToUpperInvariant())} 1 {date} \"{Literal(source)}\" \"User Commands\"\n");
        text.Append($".SH NAME\n{name} \\- {Literal(purpose)}\n");
    }

    internal RoffPage Section(string title)
    {
        text.Append($".SH {title}\n");
        fresh = true;
        return this;
    }

    internal RoffPage Paragraph(string content)
    {
        Break();
        AppendLines(content);
        return this;
    }

    /// <summary>A term, and below it, indented, what it is.</summary>
    internal RoffPage Item(string term, string content)
    {
        fresh = false;
        text.Append($".TP\n{Guarded(Marked(term))}\n");
        AppendLines(content);
        return this;
    }

    /// <summary>Lines to be typed, kept as they are.</summary>
    internal RoffPage Example(IEnumerable<string> lines)
    {
        Break();
        text.Append(".RS 4\n.EX\n");
        foreach (string line in lines)
            text.Append($"{Guarded(Literal(line))}\n");
        text.Append(".EE\n.RE\n");
        return this;
    }

    public override string ToString() => text.ToString();

    /// <summary>Every character stands for itself: a hyphen can be copied as the minus it is.</summary>
    internal static string Literal(string content)
    {
        StringBuilder escaped = new(content.Length);
        foreach (char one in content)
        {
            escaped.Append(one switch
            {
                '\\' => "\\(rs",
                '-' => "\\-",
                '\'' => "\\(aq",
                '"' => "\\(dq",
                '`' => "\\(ga",
                '^' => "\\(ha",
                '~' => "\\(ti",
                _ => one.ToString(),
            });
        }

        return escaped.ToString();
    }

    private void Break()
    {
        text.Append(fresh ? "" : ".PP\n");
        fresh = false;
    }

    private void AppendLines(string content)
    {
        foreach (string sentence in Sentences(content))
        {
            foreach (string line in Wrap(sentence))
                text.Append($"{Guarded(Marked(line))}\n");
        }
    }

    /// <summary>A stretch of code may be broken like any other; then each part is marked for itself.</summary>
    private static IEnumerable<string> Wrap(string sentence)
    {
        StringBuilder line = new();
        int length = 0;
        bool code = false;
        foreach (string word in sentence.Split(' ', StringSplitOptions.RemoveEmptyEntries))
        {
            int more = Literal(word).Length + 1;
            if (line.Length > 0 && length + more > LineLength)
            {
                yield return code ? $"{line}`" : line.ToString();
                line.Clear().Append(code ? "`" : "");
                length = 0;
            }
            else if (line.Length > 0)
            {
                line.Append(' ');
            }

            line.Append(word);
            length += more;
            code ^= word.Count(c => c == '`') % 2 == 1;
        }

        if (line.Length > 0)
            yield return line.ToString();
    }

    /// <summary>Bold for code; in prose, options and code keep their dashes, words their hyphens.</summary>
    private static string Marked(string content)
    {
        StringBuilder marked = new();
        foreach ((int index, string part) in content.Split('`').Index())
        {
            if (part.Length > 0)
                marked.Append(index % 2 == 1 ? $"\\fB\\%{Literal(part)}\\fR" : string.Join(' ', part.Split(' ').Select(Word)));
        }

        return marked.ToString();
    }

    /// <summary>A line that begins with a dot or a quote would be a request.</summary>
    private static string Guarded(string line) => line.StartsWith('.') || line.StartsWith('\'') ? $"\\&{line}" : line;

    private static IEnumerable<string> Sentences(string content)
    {
        int start = 0;
        for (int i = 1; i + 1 < content.Length; i++)
        {
            if (content[i] == ' ' && ".:;?!".Contains(content[i - 1]) && (char.IsAsciiLetterUpper(content[i + 1]) || content[i + 1] == '`'))
            {
                yield return content[start..i];
                start = i + 1;
            }
        }

        yield return content[start..];
    }

    /// <summary>A hyphen between letters stays one; the dashes of an option and of an expression are minus signs.</summary>
    private static string Word(string word)
    {
        if (word.TrimStart('(').StartsWith('-'))
            return Literal(word);
        StringBuilder marked = new(word.Length);
        for (int i = 0; i < word.Length; i++)
        {
            bool hyphen = word[i] == '-' && i > 0 && i + 1 < word.Length && char.IsLetterOrDigit(word[i - 1]) && char.IsLetterOrDigit(word[i + 1]);
            marked.Append(hyphen ? "-" : Literal(word[i].ToString()));
        }

        return marked.ToString();
    }
}
