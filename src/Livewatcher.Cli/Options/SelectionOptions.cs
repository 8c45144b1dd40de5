// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using System.CommandLine;

namespace Livewatcher.Cli.Options;

/// <summary>Which hits of a recording are meant.</summary>
/// <param name="Conditions">All of them must hold.</param>
/// <param name="Watches">Labels; empty for every watch.</param>
internal sealed record SelectionSettings(IReadOnlyList<string> Conditions, IReadOnlyList<string> Watches)
{
    internal bool IsEverything => Conditions.Count + Watches.Count == 0;
}

/// <summary>The options by which report and diff take part of a recording, defined once.</summary>
internal sealed class SelectionOptions
{
    private readonly Option<string[]> filter = new("--filter")
    {
        Description = "Only hits for which this condition holds: the language of --if (docs/filters.md), with what a recording knows: new, old, tid, pid, cpu, thread, "
            + "count. Repeatable: all must hold.",
        HelpName = "CONDITION",
    };

    private readonly Option<string[]> watch = new("--watch", "-w") { Description = "Only hits of this watch, named by its expression. Repeatable: any of them.", HelpName = "EXPR" };

    internal IEnumerable<Option> All => [filter, watch];

    internal SelectionSettings Read(ParseResult parsed) => new(parsed.GetValue(filter) ?? [], parsed.GetValue(watch) ?? []);
}
