// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using System.CommandLine;

namespace Livewatcher.Cli.Options;

/// <summary>Options that take one of a few words.</summary>
internal static class Choices
{
    /// <param name="name">The option.</param>
    /// <param name="description">For --help.</param>
    /// <param name="values">The words; the first one is the default.</param>
    internal static Option<string> Of(string name, string description, params string[] values)
    {
        Option<string> option = new(name) { Description = description, DefaultValueFactory = _ => values[0] };
        option.AcceptOnlyFromAmong(values);
        return option;
    }
}
