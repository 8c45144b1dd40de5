// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

namespace Livewatcher.Cli.Tests.Documents;

/// <summary>A fenced block of a document.</summary>
/// <param name="File">Of the repository.</param>
/// <param name="Line">Of its first line of content, from 1.</param>
/// <param name="Info">What stands behind the fence.</param>
/// <param name="Lines">Its content.</param>
internal sealed record FencedBlock(string File, int Line, string Info, IReadOnlyList<string> Lines)
{
    private const string Fence = "```";
    private const string Prompt = "$ ";

    /// <summary>Languages whose blocks are no commands: what a program is, or is told.</summary>
    private static readonly string[] NoCommands = ["c", "c++", "toml", "yaml", "json"];

    /// <summary>What commands in the documents begin with.</summary>
    internal static readonly string[] Programs =
    [
        "livewatcher", "make", "source", "jq", "sqlite3", "journalctl", "flamegraph.pl", "gcc", "gdb", "cat", "test", "kill", "man", "tail", "cp", "strip", "objcopy", "debuginfod", "prometheus",
        "apt-get", "grep", "cut", "echo", "./server", "./shop", "./bug",
    ];

    /// <summary>Its commands, each with its line: those behind a prompt, or where it is one of commands alone, all.</summary>
    internal IEnumerable<(int Line, string Command)> Commands()
    {
        if (NoCommands.Contains(Info.Split(' ')[0]))
            return [];
        IEnumerable<(int Number, string Text)> numbered = Lines.Select((text, i) => (Line + i, text));
        if (Lines.Any(line => line.StartsWith(Prompt, StringComparison.Ordinal)))
            return [.. numbered.Where(one => one.Text.StartsWith(Prompt, StringComparison.Ordinal)).Select(one => (one.Number, one.Text[Prompt.Length..]))];
        List<(int, string)> all = [.. numbered.Where(one => one.Text.Trim() is { Length: > 0 } text && text[0] != '#')];
        return all.Count > 0 && (Info == "sh" || ShellLine.Parse(all[0].Item2) is [[var first, ..], ..] && Programs.Contains(first)) ? all : [];
    }

    /// <summary>All blocks of a document, and its text without them.</summary>
    internal static (IReadOnlyList<FencedBlock> Blocks, string Prose) Read(string root, string file)
    {
        List<FencedBlock> blocks = [];
        List<string> prose = [], content = [];
        string? info = null;
        int number = 0;
        foreach (string line in System.IO.File.ReadLines(Path.Combine(root, file)))
        {
            number++;
            if (!line.StartsWith(Fence, StringComparison.Ordinal))
            {
                (info is null ? prose : content).Add(line);
            }
            else if (info is null)
            {
                info = line[Fence.Length..].Trim();
            }
            else
            {
                blocks.Add(new FencedBlock(file, number - content.Count, info, [.. content]));
                content.Clear();
                info = null;
            }
        }

        return info is null ? (blocks, string.Join('\n', prose)) : throw new InvalidDataException($"{file}: a block has no end");
    }
}
