// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using Livewatcher.Render;

namespace Livewatcher.Cli.Output;

/// <summary>Source files of this machine, read once, within bounds: debug information names paths that may hold anything.</summary>
internal sealed class SourceFiles : ISourceText
{
    private const long LargestFile = 8 << 20;
    private readonly Dictionary<string, IReadOnlyList<string>?> known = new(StringComparer.Ordinal);

    public IReadOnlyList<string>? Lines(string path)
    {
        if (known.TryGetValue(path, out IReadOnlyList<string>? lines))
            return lines;
        return known[path] = Read(path);
    }

    private static string[]? Read(string path)
    {
        try
        {
            FileInfo file = new(path);
            // A device or a pipe has no length, and reading it might never end.
            return file is { Exists: true, Length: > 0 and < LargestFile } ? File.ReadAllLines(path) : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException)
        {
            return null;
        }
    }
}
