// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

namespace Livewatcher.Symbols.Tests.Targets;

/// <summary>A temporary folder in which a test builds programs.</summary>
internal sealed class Workshop : IDisposable
{
    public Workshop()
    {
        Folder = Directory.CreateTempSubdirectory("lw-symbols-").FullName;
    }

    public string Folder { get; }

    /// <summary>Writes a source file and returns its path.</summary>
    public string Write(string name, string text)
    {
        var path = Path.Combine(Folder, name);
        File.WriteAllText(path, text);
        return path;
    }

    /// <summary>Compiles and links; returns the path of the result.</summary>
    public string Build(string compiler, string output, IEnumerable<string> flags, params string[] sources)
    {
        var path = Path.Combine(Folder, output);
        Shell.Run(compiler, [.. flags, "-o", path, .. sources, "-pthread"]);
        return path;
    }

    /// <summary>From 1: the only line of a file that contains a text.</summary>
    public static int LineOf(string path, string text)
    {
        var matches = File.ReadLines(path).Select((line, index) => (line, number: index + 1))
            .Where(entry => entry.line.Contains(text, StringComparison.Ordinal)).ToList();
        return matches is [var single]
            ? single.number
            : throw new InvalidOperationException($"{matches.Count} lines of {path} contain {text}");
    }

    public void Dispose() => Directory.Delete(Folder, recursive: true);
}
