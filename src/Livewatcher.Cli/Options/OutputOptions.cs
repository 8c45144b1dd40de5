// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using System.CommandLine;
using Livewatcher.Render;

namespace Livewatcher.Cli.Options;

/// <summary>How to show what was found.</summary>
internal sealed record OutputSettings(string Format, string? File, string Color, bool Source)
{
    /// <summary>Text shows each hit.</summary>
    internal bool Hits { get; init; } = true;

    /// <summary>What is on a page beside the events; only for format html.</summary>
    internal HtmlOptions Page { get; init; } = new();
}

/// <summary>The options that say where the report goes and what it looks like, defined once.</summary>
internal sealed class OutputOptions
{
    private readonly Option<string> format = Choices.Of("--format", "text for people, json: one object a line (docs/json.md).", "text", "json");

    private readonly Option<string?> file = new("--output", "-o") { Description = "Write there instead of to the terminal.", HelpName = "FILE" };

    private readonly Option<string> color = Choices.Of("--color", "When to colour.", "auto", "always", "never");

    private readonly Option<bool> source = new("--source") { Description = "Show the source line of each hit with its neighbours." };

    internal IEnumerable<Option> All => [format, file, color, source];

    internal OutputSettings Read(ParseResult parsed) =>
        new(parsed.GetValue(format)!, parsed.GetValue(file), parsed.GetValue(color)!, parsed.GetValue(source));
}
