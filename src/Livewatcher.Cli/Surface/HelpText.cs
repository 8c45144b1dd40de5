// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

namespace Livewatcher.Cli.Surface;

/// <summary>A description of --help, taken apart: the first line, further paragraphs, the lines under "Examples:", and last
/// what follows "Exit status:".</summary>
internal sealed record HelpText(string Summary, IReadOnlyList<string> Paragraphs, IReadOnlyList<string> Examples, string? ExitStatus)
{
    private const string ExamplesHead = "Examples:";
    private const string StatusHead = "Exit status: ";

    internal static HelpText Parse(string description)
    {
        string[] lines = description.Split('\n');
        List<string> paragraphs = [];
        List<string> examples = [];
        string? status = null;
        foreach (string line in lines.Skip(1))
        {
            if (line.StartsWith("  ", StringComparison.Ordinal))
                examples.Add(line[2..]);
            else if (line.StartsWith(StatusHead, StringComparison.Ordinal))
                status = line[StatusHead.Length..];
            else if (line.Length > 0 && status is not null)
                status += $" {line}";
            else if (line.Length > 0 && line != ExamplesHead)
                paragraphs.Add(line);
        }

        return new HelpText(lines[0], paragraphs, examples, status);
    }

    /// <summary>The first thing that a description says, short enough for a list of choices.</summary>
    internal static string Brief(string description)
    {
        int end = description.Length;
        foreach (string stop in (ReadOnlySpan<string>)[". ", ": '", "; "])
        {
            int at = description.IndexOf(stop, StringComparison.Ordinal);
            if (at > 0)
                end = Math.Min(end, at);
        }

        return description[..end].TrimEnd('.');
    }
}
