// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

namespace Livewatcher.Live.Tests.Building;

/// <summary>The marked lines of a program's source: a comment "@NAME" stands on the line that writes.</summary>
internal static class Source
{
    /// <summary>From 1.</summary>
    public static int Line(string file, string marker)
    {
        var lines = File.ReadAllLines(Path.Combine(Repository.Programs, file));
        var found = Enumerable.Range(0, lines.Length).Where(i => Marks(lines[i], marker)).ToList();
        return found.Count == 1 ? found[0] + 1 : throw new ArgumentException($"{file} has {found.Count} lines marked @{marker}.", nameof(marker));
    }

    private static bool Marks(string line, string marker)
    {
        var at = line.IndexOf('@' + marker, StringComparison.Ordinal);
        return at >= 0 && (at + marker.Length + 1 == line.Length || !char.IsAsciiLetterOrDigit(line[at + marker.Length + 1]));
    }
}
