// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using Livewatcher.Model;

namespace Livewatcher.Render;

/// <summary>Source lines around the lines that stacks name. Bounded in number and in length.</summary>
internal sealed class SourceSnippets(ISourceText? source)
{
    private const int Most = 4000;
    private const int Neighbours = 5;
    private const int LongestLine = 240;

    private readonly Dictionary<(string? Build, string File, int Line), int> numbers = [];
    private readonly List<SourceSnippet> items = [];

    public IReadOnlyList<SourceSnippet> Items => items;

    /// <returns>-1 where there is none.</returns>
    public int Add(Frame frame)
    {
        if (source is null || frame.File is not { } file || frame.Line < 1)
            return -1;
        (string?, string, int) key = (frame.Binary?.BuildId, file, frame.Line);
        if (!numbers.TryGetValue(key, out int number))
            numbers[key] = number = items.Count < Most ? Read(frame, frame.Line) : -1;
        return number;
    }

    private int Read(Frame frame, int line)
    {
        if (source?.Lines(frame) is not { } lines || line > lines.Count)
            return -1;
        int first = Math.Max(line - Neighbours, 1), last = Math.Min(line + Neighbours, lines.Count);
        items.Add(new SourceSnippet(first, [.. Enumerable.Range(first, last - first + 1).Select(one => Clean(lines[one - 1]))]));
        return items.Count - 1;
    }

    private static string Clean(string line)
    {
        string plain = Printable.Of(line.Replace("\t", "    ", StringComparison.Ordinal).TrimEnd());
        return plain.Length <= LongestLine ? plain : $"{plain[..LongestLine]}...";
    }
}

/// <param name="First">Number of its first line, from 1.</param>
/// <param name="Lines">Without their ends.</param>
internal sealed record SourceSnippet(int First, IReadOnlyList<string> Lines);
