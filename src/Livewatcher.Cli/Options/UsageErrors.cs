// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using System.CommandLine;
using System.CommandLine.Parsing;
using Livewatcher.Render;

namespace Livewatcher.Cli.Options;

/// <summary>A command line that does not parse: what is wrong and where help is, in two lines. The whole help would bury it.</summary>
internal static class UsageErrors
{
    internal static void Print(ParseResult parsed, TextWriter to)
    {
        // The last error is the most specific one: what is missing comes before what is wrong.
        to.WriteLine($"livewatcher: {Printable.Of(Describe(parsed.Errors[^1]))}");
        to.WriteLine($"see {PathOf(parsed.CommandResult)} --help");
    }

    /// <summary>What is wrong, in one line.</summary>
    internal static string Describe(ParseError error)
    {
        string message = string.Join(' ', error.Message.Split([' ', '\n', '\r', '\t'], StringSplitOptions.RemoveEmptyEntries)).TrimEnd('.');
        const string Typed = " as expected type '";
        if (message.IndexOf(Typed, StringComparison.Ordinal) is var typed and > 0)
            message = $"{message[..typed]}: {(message.Contains("Int", StringComparison.Ordinal) ? "a whole number" : "another value")} is meant";
        return error.SymbolResult is OptionResult { Option.Name: var name } && !message.Contains(name) ? $"{name}: {message}" : message;
    }

    private static string PathOf(CommandResult command) =>
        command.Parent is CommandResult ? $"livewatcher {command.Command.Name}" : "livewatcher";
}
