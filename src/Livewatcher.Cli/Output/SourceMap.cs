// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using Livewatcher.Model;

namespace Livewatcher.Cli.Output;

/// <summary>Folders that lie elsewhere than debug information says.</summary>
internal sealed class SourceMap
{
    private readonly List<(string Old, string New)> pairs;

    private SourceMap(IEnumerable<(string Old, string New)> pairs) => this.pairs = [.. pairs.OrderByDescending(pair => pair.Old.Length)];

    internal static SourceMap None { get; } = new([]);

    /// <param name="texts">OLD=NEW each.</param>
    /// <exception cref="UserException">One is no such pair.</exception>
    internal static SourceMap Parse(IEnumerable<string> texts) => new(texts.Select(text =>
    {
        string[] parts = text.Split('=', 2);
        return parts is [{ Length: > 0 }, { Length: > 0 }]
            ? (WithoutEnd(parts[0]), WithoutEnd(parts[1]))
            : throw new UserException($"--source-map {text}: OLD=NEW is meant, two folders");
    }));

    /// <returns>Where the file would be; null where no folder of it is mapped.</returns>
    internal string? Find(string path)
    {
        foreach ((string old, string now) in pairs)
        {
            if (path.StartsWith(old, StringComparison.Ordinal) && (path.Length == old.Length || path[old.Length] == '/' || old.EndsWith('/')))
                return $"{now.TrimEnd('/')}/{path[old.Length..].TrimStart('/')}";
        }

        return null;
    }

    /// <summary>/a/ is /a; / stays.</summary>
    private static string WithoutEnd(string folder) => folder.Length > 1 ? folder.TrimEnd('/') is { Length: > 0 } some ? some : "/" : folder;
}
