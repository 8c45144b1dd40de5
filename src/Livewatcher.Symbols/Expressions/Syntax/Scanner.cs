// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

namespace Livewatcher.Symbols.Expressions.Syntax;

internal enum TokenKind
{
    End,
    Identifier,
    Number,

    /// <summary>A constant with a fraction or an exponent; Number has the bits of the double.</summary>
    Real,

    /// <summary>A text in double quotes; Text is what stands between them.</summary>
    Literal,

    /// <summary>One or two characters of punctuation.</summary>
    Mark,

    /// <summary>Something that no token begins with, or a malformed number; Text says what is wrong.</summary>
    Bad,
}

/// <summary>A piece of the input.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Text">As written; for Bad the complaint.</param>
/// <param name="Start">Index of the first character.</param>
/// <param name="End">Index after the last character.</param>
/// <param name="Number">Value of a number or character constant.</param>
internal readonly record struct Token(TokenKind Kind, string Text, int Start, int End, ulong Number = 0, bool IsHexadecimal = false)
{
    internal bool Is(string mark) => Kind == TokenKind.Mark && Text == mark;
}

/// <summary>Cuts an expression into tokens, without memory: every question names the place it is asked for.</summary>
/// <param name="text">All of it.</param>
/// <param name="hasOperators">A condition: it knows all of C's operators, fractions and texts.</param>
internal sealed class Scanner(string text, bool hasOperators = false)
{
    private const string FewMarks = "()[]*&.+-:@";

    private const string MoreMarks = "<>=!~^|/%";

    private static readonly string[] Pairs = ["==", "!=", "<=", ">=", "<<", ">>", "&&", "||"];

    private static readonly HashSet<string> SourceExtensions = new(StringComparer.Ordinal)
    {
        "c", "h", "C", "H", "cc", "hh", "cpp", "hpp", "cxx", "hxx", "c++", "h++", "inc", "inl", "ipp", "tpp", "tcc", "m", "mm", "s", "S",
        "y", "l", "yy", "ll", "cu", "rs",
    };

    internal string Text => text;

    internal bool HasOperators => hasOperators;

    internal static bool IsIdentifierStart(char c) => char.IsAsciiLetter(c) || c is '_' or '$' || (c > 0x7f && char.IsLetter(c));

    internal static bool IsIdentifierPart(char c) => IsIdentifierStart(c) || char.IsAsciiDigit(c);

    /// <summary>True for a file name that may stand before :: without quotes.</summary>
    internal static bool IsPlainFile(string file)
    {
        int dot = file.LastIndexOf('.');
        return dot >= 0 && SourceExtensions.Contains(file[(dot + 1)..]) && file[0] is not ('-' or '+') && file.All(IsFilePart);
    }

    internal int SkipBlanks(int position)
    {
        while (position < text.Length && text[position] is ' ' or '\t')
        {
            position++;
        }

        return position;
    }

    internal Token At(int position)
    {
        position = SkipBlanks(position);
        if (position >= text.Length)
        {
            return new(TokenKind.End, "end of expression", text.Length, text.Length);
        }

        char c = text[position];
        if (IsIdentifierStart(c))
        {
            int end = position;
            while (end < text.Length && IsIdentifierPart(text[end]))
            {
                end++;
            }

            return new(TokenKind.Identifier, text[position..end], position, end);
        }

        if (char.IsAsciiDigit(c))
        {
            return hasOperators && Constants.Real(text, position) is { } real ? real : Constants.Number(text, position);
        }

        if (c == '\'')
        {
            return Constants.Character(text, position);
        }

        if (hasOperators && c == '"')
        {
            int end = text.IndexOf('"', position + 1);
            return end < 0
                ? new(TokenKind.Bad, "a text without its closing quote", position, text.Length)
                : new(TokenKind.Literal, text[(position + 1)..end], position, end + 1);
        }

        string mark = text.AsSpan(position) switch
        {
            ['-', '>', ..] => "->",
            [':', ':', ..] => "::",
            _ => c.ToString(),
        };
        if (hasOperators && position + 1 < text.Length && Pairs.Contains(text.Substring(position, 2)))
        {
            mark = text.Substring(position, 2);
        }

        return mark.Length == 2 || FewMarks.Contains(c) || (hasOperators && MoreMarks.Contains(c))
            ? new(TokenKind.Mark, mark, position, position + mark.Length)
            : new(TokenKind.Bad, $"unexpected {Describe(c)}", position, position + 1);
    }

    /// <summary>A source file before ::, as in file.c::name or 'any file'::name.</summary>
    /// <param name="position">Where it would begin.</param>
    /// <param name="end">Index after the ::.</param>
    internal string? FileAt(int position, out int end)
    {
        position = SkipBlanks(position);
        int stop = position;
        if (position < text.Length && text[position] == '\'')
        {
            stop = text.IndexOf('\'', position + 1);
            end = stop + 3;
            return stop > position + 1 && text.AsSpan(stop + 1).StartsWith("::") ? text[(position + 1)..stop] : null;
        }

        while (stop < text.Length && IsFilePart(text[stop]))
        {
            stop++;
        }

        end = stop + 2;
        string file = text[position..stop];
        return text.AsSpan(stop).StartsWith("::") && IsPlainFile(file) ? file : null;
    }

    /// <summary>Index after the bracket that closes the one at a position; -1 where none does.</summary>
    internal int AfterClosing(int position)
    {
        var open = new Stack<char>();
        for (int i = position; i < text.Length; i++)
        {
            switch (text[i])
            {
                case '<' or '(' or '[' or '{':
                    open.Push(text[i]);
                    break;
                case '>' when i > 0 && text[i - 1] == '-':
                    break;
                case '>' or ')' or ']' or '}':
                    if (!open.TryPop(out char before) || (before, text[i]) is not (('<', '>') or ('(', ')') or ('[', ']') or ('{', '}')))
                    {
                        return -1;
                    }

                    if (open.Count == 0)
                    {
                        return i + 1;
                    }

                    break;
                default:
                    break;
            }
        }

        return -1;
    }

    internal static string Describe(char c) =>
        c is > ' ' and < (char)0x7f ? $"'{c}'" : char.IsLetterOrDigit(c) ? $"'{c}'" : $"character U+{(int)c:X4}";

    private static bool IsFilePart(char c) => IsIdentifierPart(c) || c is '.' or '/' or '-' or '+';
}
