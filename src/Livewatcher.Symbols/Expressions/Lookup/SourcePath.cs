// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

namespace Livewatcher.Symbols.Expressions.Lookup;

/// <summary>Source files as compilers name them and as users do.</summary>
internal static class SourcePath
{
    /// <summary>True where the wanted path is the whole file name or its end from a folder on.</summary>
    internal static bool Matches(string file, string wanted)
    {
        string path = Simplify(file);
        string end = Simplify(wanted);
        return path == end || (path.Length > end.Length && end.Length > 0 && path.EndsWith(end, StringComparison.Ordinal)
            && (path[path.Length - end.Length - 1] == '/'));
    }

    /// <summary>Removes ./ and folder/.. as text: the folders need not exist here.</summary>
    internal static string Simplify(string path)
    {
        if (!path.Contains("./", StringComparison.Ordinal) && !path.Contains("//", StringComparison.Ordinal))
        {
            return path;
        }

        List<string> parts = [];
        foreach (string part in path.Split('/', StringSplitOptions.RemoveEmptyEntries))
        {
            if (part == ".." && parts.Count > 0 && parts[^1] != "..")
            {
                parts.RemoveAt(parts.Count - 1);
            }
            else if (part != "." && (part != ".." || !path.StartsWith('/')))
            {
                parts.Add(part);
            }
        }

        return (path.StartsWith('/') ? "/" : "") + string.Join('/', parts);
    }

    internal static string Base(string path) => path[(path.LastIndexOf('/') + 1)..];

    /// <summary>The shortest ends of the paths that tell them apart.</summary>
    internal static IReadOnlyList<string> Shorten(IReadOnlyList<string> paths)
    {
        string[] simple = [.. paths.Select(Simplify)];
        return [.. simple.Select(path => Enumerable.Range(1, path.Count(c => c == '/') + 1)
            .Select(parts => Last(path, parts))
            .FirstOrDefault(end => simple.All(other => other == path || !Matches(other, end))) ?? path)];
    }

    private static string Last(string path, int parts)
    {
        int start = path.Length;
        for (int i = 0; i < parts && start > 0; i++)
        {
            start = path.LastIndexOf('/', start - 1);
        }

        return path[(start + 1)..];
    }
}
