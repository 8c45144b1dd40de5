// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using System.CommandLine;

namespace Livewatcher.Cli.Surface;

/// <summary>The whole command line as its definitions have it: the one source of completion scripts and manual pages, as it is
/// of --help.</summary>
internal sealed record CommandSurface(string Name, HelpText Text, IReadOnlyList<OptionSurface> Options, IReadOnlyList<VerbSurface> Verbs)
{
    internal const string Program = "livewatcher";

    internal static CommandSurface Of(Command root) => new(
        Program,
        HelpText.Parse(root.Description ?? ""),
        OptionSurface.Of(root.Options),
        [.. root.Subcommands.Where(verb => !verb.Hidden).Select(verb => VerbSurface.Of(verb, root))]);
}

/// <summary>One verb.</summary>
/// <param name="Name">As it is typed.</param>
/// <param name="Text">Its description, taken apart.</param>
/// <param name="Options">Its own and those of every verb.</param>
/// <param name="Operand">What stands without an option; null where nothing may.</param>
internal sealed record VerbSurface(string Name, HelpText Text, IReadOnlyList<OptionSurface> Options, OperandSurface? Operand)
{
    internal static VerbSurface Of(Command verb, Command root) => new(
        verb.Name,
        HelpText.Parse(verb.Description ?? ""),
        OptionSurface.Of([.. verb.Options, .. root.Options.Where(option => option.Recursive)]),
        verb.Arguments.Count == 0 ? null : OperandSurface.Of(verb.Arguments.Single()));
}

/// <summary>What a verb is given without an option's name.</summary>
internal sealed record OperandSurface(string Name, string Description, ValueKind Kind, IReadOnlyList<string> Words)
{
    internal static OperandSurface Of(Argument argument)
    {
        IReadOnlyList<string> words = ValueKinds.WordsOf(argument);
        ValueKind kind = argument.Name switch
        {
            "program" => ValueKind.CommandLine,
            "target" => ValueKind.Process,
            "recording" or "recordings" or "files" => ValueKind.File,
            "directory" => ValueKind.Directory,
            _ => words.Count > 0 ? ValueKind.Word : ValueKind.Text,
        };
        return new OperandSurface(argument.Name, argument.Description ?? "", kind, words);
    }
}
