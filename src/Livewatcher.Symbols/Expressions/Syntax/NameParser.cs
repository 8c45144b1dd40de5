// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using System.Text;
using Livewatcher.Symbols.Types;

namespace Livewatcher.Symbols.Expressions.Syntax;

/// <summary>Names and type names. Looks ahead as far as it must and leaves the caller's position alone.</summary>
internal sealed class NameParser(Scanner scanner)
{
    private const int MaximumStars = 16;
    private const int MaximumDimensions = 8;

    private static readonly HashSet<string> FundamentalWords = new(StringComparer.Ordinal)
    {
        "void", "char", "short", "int", "long", "float", "double", "signed", "unsigned", "bool", "_Bool", "__int128",
    };

    /// <summary>A name with its scopes; null where none stands there, with the place that spoils it.</summary>
    internal QualifiedName? NameAt(int position, bool mayHaveFile, out int end)
    {
        end = scanner.SkipBlanks(position);
        string? file = mayHaveFile ? scanner.FileAt(end, out int after) is { } found ? Take(found, after, ref end) : null : null;
        if (file is null && scanner.At(end).Is("::"))
        {
            end = scanner.At(end).End;
        }

        List<string> parts = [];
        while (true)
        {
            string? part = PartAt(end, out int partEnd);
            if (part is null)
            {
                return null;
            }

            parts.Add(part);
            end = partEnd;
            if (!scanner.At(end).Is("::"))
            {
                break;
            }

            end = scanner.At(end).End;
        }

        return parts[^1] == ScopePath.Anonymous || parts[^1].EndsWith(')')
            ? null
            : new(file, string.Join("::", parts.SkipLast(1)), parts[^1]);
    }

    /// <summary>A type's name and the closing parenthesis of a cast.</summary>
    /// <param name="position">After the opening parenthesis.</param>
    /// <param name="end">After the closing one.</param>
    /// <param name="problem">Set where it can only be a cast, and a wrong one.</param>
    internal TypeSyntax? CastAt(int position, out int end, out string? problem)
    {
        end = position;
        problem = null;
        Token first = scanner.At(position);
        if (first.Kind != TokenKind.Identifier && !first.Is("::") && scanner.FileAt(position, out _) is null)
        {
            return null;
        }

        if (SpecifierAt(position, out int cursor, out bool isCertain, out problem) is not { } type)
        {
            return null;
        }

        type = type with { Pointers = Stars(ref cursor) };
        if (scanner.At(cursor).Is("(") && scanner.At(scanner.At(cursor).End).Is("*"))
        {
            cursor = scanner.At(cursor).End;
            type = type with { Groups = Stars(ref cursor) };
            if (!scanner.At(cursor).Is(")"))
            {
                return Reject(cursor, isCertain, out problem);
            }

            cursor = scanner.At(cursor).End;
        }

        type = type with { Dimensions = Bounds(ref cursor) };
        if (scanner.At(cursor).Is("&"))
        {
            type = type with { IsReference = true };
            cursor = scanner.At(cursor).End;
        }

        if (!scanner.At(cursor).Is(")"))
        {
            return Reject(cursor, isCertain, out problem);
        }

        end = scanner.At(cursor).End;
        return isCertain || !type.IsName || BeginsOperand(end) ? type : null;
    }

    /// <summary>(name) is a cast before what cannot go on an expression. Before * + - it stays open.</summary>
    private bool BeginsOperand(int position)
    {
        Token next = scanner.At(position);
        return next.Kind is TokenKind.Identifier or TokenKind.Number || next.Is("(") || next.Is("&") || next.Is("::")
            || scanner.FileAt(position, out _) is not null;
    }

    private TypeSyntax? SpecifierAt(int position, out int end, out bool isCertain, out string? problem)
    {
        problem = null;
        isCertain = false;
        end = position;
        string? word = null;
        QualifiedName? name = null;
        List<string> fundamental = [];
        while (scanner.At(end) is { Kind: TokenKind.Identifier } token)
        {
            if (token.Text is "const" or "volatile" or "restrict")
            {
                isCertain = true;
            }
            else if (FundamentalWords.Contains(token.Text) && name is null && word is null)
            {
                fundamental.Add(token.Text);
                isCertain = true;
            }
            else if (token.Text is "struct" or "union" or "class" or "enum" && word is null && fundamental.Count == 0 && name is null)
            {
                word = token.Text;
                isCertain = true;
            }
            else
            {
                break;
            }

            end = token.End;
        }

        if (fundamental.Count == 0)
        {
            name = NameAt(end, mayHaveFile: true, out int after);
            if (name is null)
            {
                return Reject(after, isCertain, out problem);
            }

            end = after;
            SkipQualifiers(ref end);
            return new(word, null, name, 0, 0, default, IsReference: false);
        }

        if (BuiltinTypes.Canonical(fundamental) is not { } canonical)
        {
            problem = $"'{string.Join(' ', fundamental)}' is not a type, at column {position + 1}";
            return null;
        }

        return new(null, canonical, null, 0, 0, default, IsReference: false);
    }

    private TypeSyntax? Reject(int position, bool isCertain, out string? problem)
    {
        problem = isCertain ? ExpressionParser.Complaint(scanner.At(position), "the rest of a type or ')'") : null;
        return null;
    }

    private int Stars(ref int cursor)
    {
        int stars = 0;
        SkipQualifiers(ref cursor);
        while (scanner.At(cursor).Is("*") && stars < MaximumStars)
        {
            stars++;
            cursor = scanner.At(cursor).End;
            SkipQualifiers(ref cursor);
        }

        return stars;
    }

    private void SkipQualifiers(ref int cursor)
    {
        while (scanner.At(cursor) is { Kind: TokenKind.Identifier, Text: "const" or "volatile" or "restrict" } token)
        {
            cursor = token.End;
        }
    }

    private Dimensions Bounds(ref int cursor)
    {
        List<ulong> bounds = [];
        while (bounds.Count < MaximumDimensions && scanner.At(cursor).Is("[")
            && scanner.At(scanner.At(cursor).End) is { Kind: TokenKind.Number } bound && scanner.At(bound.End).Is("]"))
        {
            bounds.Add(bound.Number);
            cursor = scanner.At(bound.End).End;
        }

        return new(bounds);
    }

    /// <summary>One scope or name: an identifier, with template arguments, and for a function before :: with its parameters.</summary>
    private string? PartAt(int position, out int end)
    {
        position = scanner.SkipBlanks(position);
        end = position;
        if (scanner.Text.AsSpan(position).StartsWith(ScopePath.Anonymous))
        {
            end = position + ScopePath.Anonymous.Length;
            return scanner.At(end).Is("::") ? ScopePath.Anonymous : null;
        }

        Token token = scanner.At(position);
        // A qualifier is no part of a name, though a scope operator before it makes it look like one.
        if (token.Kind != TokenKind.Identifier || token.Text is "const" or "volatile" or "restrict")
        {
            return null;
        }

        end = token.End;
        if (end < scanner.Text.Length && scanner.Text[end] == '<')
        {
            int closed = scanner.AfterClosing(end);
            if (!scanner.HasOperators || (closed > 0 && IsArgumentList(scanner.Text.AsSpan(end, closed - end))))
            {
                if (closed < 0)
                {
                    return null;
                }

                end = closed;
            }
        }

        int parameters = end < scanner.Text.Length && scanner.Text[end] == '(' ? scanner.AfterClosing(end) : -1;
        if (parameters > 0 && scanner.At(parameters).Is("::"))
        {
            end = parameters;
        }

        return Printable(scanner.Text[position..end]);
    }

    /// <summary>In a condition, a&lt;b may be a comparison.</summary>
    private static bool IsArgumentList(ReadOnlySpan<char> text) =>
        !text.Contains("&&", StringComparison.Ordinal) && !text.Contains("||", StringComparison.Ordinal) && !text.Contains('=');

    private static string? Printable(string text)
    {
        var result = new StringBuilder(text.Length);
        foreach (char c in text)
        {
            if (char.IsControl(c) && c != '\t')
            {
                return null;
            }

            result.Append(c == '\t' ? ' ' : c);
        }

        return result.ToString();
    }

    private static string Take(string file, int after, ref int end)
    {
        end = after;
        return file;
    }
}
