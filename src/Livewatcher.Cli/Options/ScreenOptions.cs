// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using System.CommandLine;
using Livewatcher.Model;

namespace Livewatcher.Cli.Options;

/// <summary>A live view is wanted.</summary>
/// <param name="OutputFile">Where output of the target and of commands goes meanwhile; null: a file of its own in the temporary folder.</param>
internal sealed record ScreenSettings(string? OutputFile);

/// <summary>The options of the live view, defined once.</summary>
internal sealed class ScreenOptions
{
    private readonly Option<bool> tui = new("--tui") { Description = "A live full-screen view, like top: rates, writers, newest hits (docs/tui.md). The report follows when it is left." };

    private readonly Option<string?> output = new("--tui-output")
    {
        Description = "With --tui: what the target and commands write to the terminal goes into this file meanwhile; /dev/null discards it. Without it, into a new one in the temporary folder.",
        HelpName = "FILE",
    };

    internal IEnumerable<Option> All => [tui, output];

    /// <exception cref="UserException">It does not fit with the rest.</exception>
    internal ScreenSettings? Read(ParseResult parsed, OutputSettings report)
    {
        string? file = parsed.GetValue(output);
        if (!parsed.GetValue(tui))
            return file is null ? null : throw new UserException("--tui-output: of which screen? It takes --tui");
        if (report is { File: null, Format: not "text" })
            throw new UserException($"--tui has the terminal: --format {report.Format} takes --output FILE beside it");
        return new ScreenSettings(file);
    }
}
