// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using System.CommandLine;
using Livewatcher.Cli.Output;
using Livewatcher.Model;

namespace Livewatcher.Cli.Options;

/// <summary>--source-map, defined once.</summary>
internal sealed class SourceMapOption
{
    internal Option<string[]> Option { get; } = new("--source-map")
    {
        Description = "Source files that the debug information has below OLD are read below NEW: /build/server=./src. The longest OLD counts. Repeatable.",
        HelpName = "OLD=NEW",
    };

    /// <exception cref="UserException">It is no pair.</exception>
    internal SourceMap Read(ParseResult parsed) => SourceMap.Parse(parsed.GetValue(Option) ?? []);
}
