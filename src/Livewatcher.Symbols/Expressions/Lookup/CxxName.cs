// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using System.Text;
using Livewatcher.Symbols.Types;

namespace Livewatcher.Symbols.Expressions.Lookup;

/// <summary>Compares names that compilers, the demangler and users write differently: Box&lt;unsigned long, 3u&gt; and
/// Box&lt;long unsigned int,3&gt; are one.</summary>
internal static class CxxName
{
    private static readonly HashSet<string> IntegerWords = new(StringComparer.Ordinal)
    {
        "signed", "unsigned", "short", "long", "int", "char",
    };

    /// <summary>One spelling for all: no blanks but between words, integers as clang names them, numbers without suffix.</summary>
    internal static string Normalise(string name)
    {
        if (!name.AsSpan().ContainsAny('<', ' ', '('))
        {
            return name;
        }

        var result = new StringBuilder(name.Length);
        List<string> integer = [];
        foreach (string token in Tokens(name))
        {
            if (IntegerWords.Contains(token))
            {
                integer.Add(token);
                continue;
            }

            Flush(integer, result);
            Append(result, char.IsAsciiDigit(token[0]) ? token.TrimEnd('u', 'U', 'l', 'L') : token);
        }

        Flush(integer, result);
        return result.ToString();
    }

    /// <summary>True where two normalised names are one, or the wanted one leaves out template arguments at the end, as it may
    /// where they have defaults: vector&lt;int&gt; is vector&lt;int,std::allocator&lt;int&gt;&gt;.</summary>
    internal static bool Same(string candidate, string wanted)
    {
        int i = 0;
        foreach (char c in wanted)
        {
            if (c == '>' && i < candidate.Length && candidate[i] == ',')
            {
                i = EndOfArguments(candidate, i);
            }

            if (i >= candidate.Length || candidate[i] != c)
            {
                return false;
            }

            i++;
        }

        return i == candidate.Length;
    }

    /// <summary>Splits a demangled function at its parameter list and drops a template's result type.</summary>
    /// <returns>The qualified name, and the rest from the opening parenthesis; the rest is empty where there is no list.</returns>
    internal static (string Name, string Parameters) SplitFunction(string demangled)
    {
        int depth = 0;
        int open = demangled.Length;
        for (int i = demangled.LastIndexOf(')'); i >= 0; i--)
        {
            depth += demangled[i] is ')' or '>' ? 1 : demangled[i] is '(' or '<' ? -1 : 0;
            if (depth == 0 && demangled[i] == '(')
            {
                open = i;
                break;
            }
        }

        string name = demangled[..open];
        bool isAnonymous = demangled.AsSpan(open).StartsWith(ScopePath.Anonymous) || name.EndsWith("operator", StringComparison.Ordinal);
        return isAnonymous ? (WithoutResult(demangled), "") : (WithoutResult(name), demangled[open..]);
    }

    /// <summary>Splits a path before its last part; the scope is empty for a plain name.</summary>
    internal static (string Scope, string Name) SplitLast(string path)
    {
        int depth = 0;
        for (int i = path.Length - 1; i > 0; i--)
        {
            depth += path[i] is ')' or '>' ? 1 : path[i] is '(' or '<' ? -1 : 0;
            if (depth == 0 && path[i] == ':' && path[i - 1] == ':')
            {
                return (path[..(i - 1)], path[(i + 1)..]);
            }
        }

        return ("", path);
    }

    /// <summary>True where the wanted path names the candidate: all of it, or its end from a scope on.</summary>
    internal static bool EndsWithPath(string candidate, string wanted) =>
        candidate.Length == wanted.Length
            ? candidate == wanted
            : candidate.Length > wanted.Length + 2
              && candidate.EndsWith(wanted, StringComparison.Ordinal)
              && candidate.AsSpan(0, candidate.Length - wanted.Length).EndsWith("::");

    private static int EndOfArguments(string name, int i)
    {
        int depth = 0;
        while (i < name.Length && (depth > 0 || name[i] != '>'))
        {
            depth += name[i] is '(' or '<' ? 1 : name[i] is ')' or '>' ? -1 : 0;
            i++;
        }

        return i;
    }

    private static string WithoutResult(string name)
    {
        if (name.Contains("operator", StringComparison.Ordinal))
        {
            return name;
        }

        int depth = 0;
        for (int i = name.Length - 1; i >= 0; i--)
        {
            depth += name[i] is ')' or '>' ? 1 : name[i] is '(' or '<' ? -1 : 0;
            if (name[i] == ' ' && depth == 0)
            {
                return name[(i + 1)..];
            }
        }

        return name;
    }

    private static IEnumerable<string> Tokens(string name)
    {
        int i = 0;
        while (i < name.Length)
        {
            int start = i++;
            if (IsWord(name[start]))
            {
                while (i < name.Length && IsWord(name[i]))
                {
                    i++;
                }
            }

            if (name[start] is not (' ' or '\t'))
            {
                yield return name[start..i];
            }
        }
    }

    private static bool IsWord(char c) => char.IsLetterOrDigit(c) || c is '_' or '$';

    private static void Append(StringBuilder result, string token)
    {
        if (result.Length > 0 && token.Length > 0 && IsWord(result[^1]) && IsWord(token[0]))
        {
            result.Append(' ');
        }

        result.Append(token);
    }

    private static void Flush(List<string> integer, StringBuilder result)
    {
        if (integer.Count > 0)
        {
            Append(result, BuiltinTypes.Canonical(integer) ?? string.Join(' ', integer));
            integer.Clear();
        }
    }
}
