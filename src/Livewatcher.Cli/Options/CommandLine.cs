// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using System.CommandLine;

namespace Livewatcher.Cli.Options;

/// <summary>How a command line is taken apart here.</summary>
internal static class CommandLine
{
    /// <summary>An expression or a target's argument may begin with @; it is no file to read options from.</summary>
    internal static ParseResult Parse(Command command, IReadOnlyList<string> arguments) =>
        command.Parse(arguments, new ParserConfiguration { ResponseFileTokenReplacer = null });

    /// <summary>Options by each of their names.</summary>
    internal static Dictionary<string, Option> ByName(IEnumerable<Option> options) =>
        options.SelectMany(option => option.Aliases.Prepend(option.Name).Select(name => (name, option))).ToDictionary(StringComparer.Ordinal);
}
