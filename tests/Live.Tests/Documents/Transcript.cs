// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using System.Text.RegularExpressions;

namespace Livewatcher.Live.Tests.Documents;

/// <summary>A document's files and its blocks that are run: "```c file=NAME" is written, "```sh run" has commands behind a prompt, each with what
/// it prints. A line of three dots stands for any lines, three dots within a line for anything.</summary>
internal sealed partial class Transcript
{
    private Transcript(List<(string Name, string Text)> files, List<Command> commands)
    {
        Files = files;
        Commands = commands;
    }

    internal IReadOnlyList<(string Name, string Text)> Files { get; }

    internal IReadOnlyList<Command> Commands { get; }

    internal static Transcript Read(string path)
    {
        List<(string, string)> files = [];
        List<Command> commands = [];
        string? info = null;
        List<string> content = [];
        int number = 0;
        foreach (string line in File.ReadLines(path))
        {
            number++;
            if (!line.StartsWith("```", StringComparison.Ordinal))
            {
                if (info == "sh run" && line.StartsWith("$ ", StringComparison.Ordinal))
                    commands.Add(new Command(number, line[2..], []));
                else if (info == "sh run")
                    commands[^1].Output.Add(line);
                else if (info is not null)
                    content.Add(line);
                continue;
            }

            if (info?.Split("file=") is [_, { Length: > 0 } name])
                files.Add((name, string.Join('\n', content) + "\n"));
            info = info is null ? line[3..].Trim() : null;
            content.Clear();
        }

        return new Transcript(files, commands);
    }

    /// <summary>What differs from run to run is made equal: addresses, times, dates, numbers of processes and threads, and the width of columns.</summary>
    internal static IEnumerable<string> Normal(IEnumerable<string> lines) => lines
        .Select(line => Spaces().Replace(Numbers().Replace(Times().Replace(Addresses().Replace(line, "0x?"), "T"), "${before}?"), " ").Trim())
        .Where(line => line.Length > 0);

    internal static bool Fits(IReadOnlyList<string> expected, IReadOnlyList<string> actual)
    {
        string pattern = string.Concat(expected.Select(line => line == "..." ? "(.*\n)*?" : $"{Regex.Escape(line).Replace("\\.\\.\\.", ".*", StringComparison.Ordinal)}\n"));
        return Regex.IsMatch(string.Concat(actual.Select(line => $"{line}\n")), $"\\A{pattern}\\z", RegexOptions.None, TimeSpan.FromSeconds(10));
    }

    /// <param name="Line">In the document, from 1.</param>
    /// <param name="Text">For a shell.</param>
    /// <param name="Output">What it prints.</param>
    internal sealed record Command(int Line, string Text, List<string> Output);

    [GeneratedRegex("0x[0-9a-f]+", RegexOptions.ExplicitCapture, 10_000)]
    private static partial Regex Addresses();

    [GeneratedRegex(@"(?<before>\bpid |process |\()\d+\b(?! of)", RegexOptions.ExplicitCapture, 10_000)]
    private static partial Regex Numbers();

    [GeneratedRegex(@"(\d{4}-\d\d-\d\d )?\d\d:\d\d:\d\d\.\d+( [+-]\d\d:\d\d)?|\d+\.\d+ s\b", RegexOptions.ExplicitCapture, 10_000)]
    private static partial Regex Times();

    [GeneratedRegex(" +", RegexOptions.ExplicitCapture, 10_000)]
    private static partial Regex Spaces();
}
