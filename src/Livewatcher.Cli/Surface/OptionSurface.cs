// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using System.CommandLine;
using System.CommandLine.Completions;

namespace Livewatcher.Cli.Surface;

/// <summary>What a shell can offer for a value.</summary>
internal enum ValueKind
{
    /// <summary>A flag.</summary>
    None,

    /// <summary>One of a fixed set.</summary>
    Word,

    File,

    Directory,

    /// <summary>A PID, or the name of a program that runs.</summary>
    Process,

    /// <summary>A program and its arguments, after --.</summary>
    CommandLine,

    /// <summary>Nothing: an expression, a number, a time.</summary>
    Text,
}

/// <summary>One option.</summary>
/// <param name="Names">Short ones first, each with its dashes.</param>
/// <param name="Description">One or more sentences.</param>
/// <param name="Kind">What its value is.</param>
/// <param name="ValueName">As --help shows it, without angle brackets; empty for a flag.</param>
/// <param name="Words">The values that it takes, where they are a fixed set.</param>
/// <param name="Default">Null where it has none.</param>
/// <param name="Repeatable">Whether it may be given several times.</param>
internal sealed record OptionSurface(
    IReadOnlyList<string> Names, string Description, ValueKind Kind, string ValueName, IReadOnlyList<string> Words, string? Default, bool Repeatable)
{
    internal static IReadOnlyList<OptionSurface> Of(IEnumerable<Option> options) => [.. options.Where(option => !option.Hidden).Select(Of)];

    private static OptionSurface Of(Option option)
    {
        // Help brings names of another system along, as "/h".
        IReadOnlyList<string> names = [.. option.Aliases.Append(option.Name).Where(name => name.StartsWith('-')).Distinct().OrderBy(name => name.Length)];
        bool flag = option.ValueType == typeof(bool) || option.Arity.MaximumNumberOfValues == 0;
        IReadOnlyList<string> words = flag ? [] : ValueKinds.WordsOf(option);
        ValueKind kind = flag ? ValueKind.None
            : words.Count > 0 ? ValueKind.Word
            : option.HelpName == "FILE" ? ValueKind.File
            : ValueKind.Text;
        return new OptionSurface(
            names,
            option.Description ?? "",
            kind,
            flag ? "" : words.Count > 0 ? string.Join('|', words) : option.HelpName ?? "VALUE",
            words,
            !flag && option.HasDefaultValue ? option.GetDefaultValue()?.ToString() : null,
            option.ValueType.IsArray);
    }
}

/// <summary>Reads values from definitions.</summary>
internal static class ValueKinds
{
    /// <summary>What AcceptOnlyFromAmong has allowed.</summary>
    internal static IReadOnlyList<string> WordsOf(Symbol symbol) =>
        [.. symbol.GetCompletions(CompletionContext.Empty).Select(item => item.Label)];
}
