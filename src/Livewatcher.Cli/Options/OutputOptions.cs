// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using System.CommandLine;
using Livewatcher.Cli.Output;
using Livewatcher.Model;
using Livewatcher.Render;
using Livewatcher.Symbols.Servers;

namespace Livewatcher.Cli.Options;

/// <summary>How to show what was found.</summary>
internal sealed record OutputSettings(string Format, string? File, string Color, bool Source)
{
    /// <summary>Text shows each hit.</summary>
    internal bool Hits { get; init; } = true;

    /// <summary>Where source lines come from.</summary>
    internal SourcePlaces Places { get; init; } = new(SourceMap.None, null);

    /// <summary>What is on a page beside the events; only for format html.</summary>
    internal HtmlOptions Page { get; init; } = new();
}

/// <summary>The options that say where the report goes and what it looks like, defined once.</summary>
internal sealed class OutputOptions
{
    private readonly Option<string> format = Choices.Of("--format", "text for people, json: one object a line (docs/json.md).", "text", "json");

    private readonly Option<string?> file = new("--output", "-o") { Description = "Write there instead of to the terminal.", HelpName = "FILE" };

    private readonly Option<string> color = Choices.Of("--color", "When to colour.", "auto", "always", "never");

    private readonly SourceMapOption map = new();

    private readonly Option<bool> source = new("--source") { Description = "Show the source line of each hit with its neighbours." };

    internal IEnumerable<Option> All => [format, file, color, source, map.Option];

    /// <param name="parsed">The command line.</param>
    /// <param name="servers">Asked for sources that are not here; null: nobody.</param>
    /// <exception cref="UserException">A value makes no sense.</exception>
    internal OutputSettings Read(ParseResult parsed, Debuginfod? servers) =>
        new(parsed.GetValue(format)!, parsed.GetValue(file), parsed.GetValue(color)!, parsed.GetValue(source)) { Places = new SourcePlaces(map.Read(parsed), servers) };
}
