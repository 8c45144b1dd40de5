// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using Livewatcher.Model;
using Livewatcher.Render;
using Livewatcher.Symbols.Servers;

namespace Livewatcher.Cli.Output;

/// <summary>Where source lines come from.</summary>
/// <param name="Map">Folders that lie elsewhere.</param>
/// <param name="Servers">Asked for what is not here; null: nobody.</param>
internal sealed record SourcePlaces(SourceMap Map, Debuginfod? Servers);

/// <summary>Source files, read once, within bounds: debug information names paths that may hold anything. Looked for where the map says, then
/// where the debug information says, then on servers by the build-id of the code.</summary>
internal sealed class SourceFiles(SourcePlaces places) : ISourceText
{
    private const long LargestFile = 8 << 20;
    private readonly Dictionary<(string? Build, string Path), IReadOnlyList<string>?> known = [];

    public IReadOnlyList<string>? Lines(Frame frame)
    {
        if (frame.File is not { } path)
            return null;
        (string?, string) key = (places.Servers is null ? null : frame.Binary?.BuildId, path);
        if (known.TryGetValue(key, out IReadOnlyList<string>? lines))
            return lines;
        return known[key] = Find(path, frame.Binary?.BuildId);
    }

    private string[]? Find(string path, string? buildId)
    {
        string[]? lines = (places.Map.Find(path) is { } mapped ? Read(mapped) : null) ?? Read(path);
        return lines is null && buildId is not null && places.Servers?.FindSource(buildId, path) is { } sent ? Read(sent) : lines;
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
