// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Xml.Linq;

namespace Livewatcher.Architecture.Tests;

/// <summary>The source tree as it stands.</summary>
internal static class Repository
{
    internal static string Root { get; } = Path.GetFullPath(Path.Combine(Here(), "..", ".."));

    /// <summary>What belongs to the repository: tracked files, and new ones that no .gitignore names. Relative paths.</summary>
    internal static IReadOnlyList<string> Files { get; } = [.. Git("ls-files", "--cached", "--others", "--exclude-standard", "-z")
        .Split('\0', StringSplitOptions.RemoveEmptyEntries)
        .Distinct(StringComparer.Ordinal)
        .Where(file => File.Exists(Full(file)))
        .Order(StringComparer.Ordinal)];

    internal static string Full(string file) => Path.Combine(Root, file);

    internal static string Read(string file) => File.ReadAllText(Full(file));

    internal static IEnumerable<string> Sources(params string[] endings) =>
        Files.Where(file => endings.Contains(Path.GetExtension(file), StringComparer.Ordinal));

    internal static IEnumerable<string> Projects(string folder) =>
        Files.Where(file => file.StartsWith($"{folder}/", StringComparison.Ordinal) && file.EndsWith(".csproj", StringComparison.Ordinal));

    internal static XDocument Project(string file) => XDocument.Load(Full(file));

    /// <summary>The names in a project's items of one kind.</summary>
    internal static IEnumerable<string> Items(string project, string kind) =>
        Project(project).Descendants(kind).Select(item => (string?)item.Attribute("Include") ?? string.Empty).Where(name => name.Length > 0);

    private static string Git(params string[] arguments)
    {
        ProcessStartInfo start = new("git") { UseShellExecute = false, RedirectStandardOutput = true, WorkingDirectory = Root };
        foreach (string argument in arguments)
            start.ArgumentList.Add(argument);
        using Process git = Process.Start(start)!;
        string output = git.StandardOutput.ReadToEnd();
        git.WaitForExit();
        return git.ExitCode == 0 ? output : throw new InvalidOperationException("the tree is no git repository: these tests want to know what is tracked");
    }

    private static string Here([CallerFilePath] string path = "") => Path.GetDirectoryName(path)!;
}
