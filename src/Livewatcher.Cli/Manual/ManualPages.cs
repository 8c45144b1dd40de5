// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using Livewatcher.Cli.Surface;

namespace Livewatcher.Cli.Manual;

/// <summary>Puts the pages together: names, options, examples and exit statuses from the definitions, what those do not say from
/// <see cref="ManualProse"/>.</summary>
internal sealed class ManualPages(CommandSurface surface, string date, string version)
{
    /// <summary>File name and content of every page.</summary>
    internal IEnumerable<(string File, string Content)> All() =>
        [($"{surface.Name}.1", Main().ToString()), .. surface.Verbs.Select(verb => ($"{surface.Name}-{verb.Name}.1", Of(verb).ToString()))];

    private RoffPage Main()
    {
        RoffPage page = Start(surface.Name, "find out who touches memory of a running program");
        page.Section("SYNOPSIS").Paragraph($"`{surface.Name}` COMMAND [OPTION]...");
        foreach (OptionSurface option in surface.Options)
            page.Paragraph($"`{surface.Name}` `{option.Names[^1]}`");
        page.Section("DESCRIPTION").Paragraph(surface.Text.Summary[(surface.Text.Summary.IndexOf('?') + 2)..]);
        foreach (string paragraph in ManualProse.Introduction)
            page.Paragraph(paragraph);
        page.Section("COMMANDS");
        foreach (VerbSurface verb in surface.Verbs)
            page.Item($"`{verb.Name}`", $"{verb.Text.Summary} See `{surface.Name}-{verb.Name}`(1).");
        WriteOptions(page, surface.Options);
        Items(page, "ENVIRONMENT", ManualProse.Environment);
        page.Section("EXIT STATUS").Paragraph("Each command's own page has its statuses. A mistake in what was asked, and a thing that this machine does not allow, is 2 for all of them, with one line on standard error.");
        page.Section("EXAMPLES").Paragraph("The first example of each command:");
        page.Example(surface.Verbs.SelectMany(verb => verb.Text.Examples.Take(1)));
        return SeeAlso(page, surface.Name, ManualProse.OtherPages);
    }

    private RoffPage Of(VerbSurface verb)
    {
        string name = $"{surface.Name}-{verb.Name}";
        string summary = HelpText.Brief(verb.Text.Summary).Split(", ")[0];
        RoffPage page = Start(name, char.ToLowerInvariant(summary[0]) + summary[1..]);
        bool watches = verb.Operand?.Kind is ValueKind.CommandLine or ValueKind.Process;
        page.Section("SYNOPSIS").Paragraph(Synopsis(verb, watches));
        page.Section("DESCRIPTION").Paragraph(verb.Text.Summary);
        foreach (string paragraph in verb.Text.Paragraphs.Concat(ManualProse.DescriptionOf(verb.Name)))
            page.Paragraph(paragraph);
        if (verb.Operand is { } operand)
            page.Item(operand.Name.ToUpperInvariant(), operand.Description);
        WriteOptions(page, verb.Options);
        if (watches)
        {
            Items(page, "EXPRESSIONS", ManualProse.Expressions);
            Items(page, "LOCATIONS", ManualProse.Locations);
            Items(page, "OUTPUT", ManualProse.Output);
            Items(page, "COVERAGE", ManualProse.Coverage);
            Items(page, "LIMITS", ManualProse.Limits);
        }

        if (verb.Text.ExitStatus is { } status)
            Statuses(page, status);
        if (ManualProse.EnvironmentOf(verb.Name) is { Count: > 0 } environment)
            Items(page, "ENVIRONMENT", environment);
        if (watches)
            Items(page, "FILES", ManualProse.Files);
        page.Section("EXAMPLES").Example(verb.Text.Examples);
        return SeeAlso(page, name, watches ? ManualProse.OtherPages : []);
    }

    private RoffPage Start(string name, string purpose) =>
        new(name, purpose, date, $"{surface.Name} {version}");

    private string Synopsis(VerbSurface verb, bool watches)
    {
        string watch = watches ? " {`--watch` EXPR | `--awatch` EXPR | `--hbreak` LOCATION}..." : "";
        string operand = verb.Operand switch
        {
            null => "",
            { Kind: ValueKind.CommandLine } program => $" `--` {program.Name.ToUpperInvariant()} [ARGUMENT]...",
            { Kind: ValueKind.Word } words => $" {{{string.Join(" | ", words.Words.Select(word => $"`{word}`"))}}}",
            { Name: var name } => $" {name.ToUpperInvariant()}",
        };
        return verb.Operand?.Kind == ValueKind.Process
            ? $"`{surface.Name} {verb.Name}`{operand}{watch} [OPTION]..."
            : $"`{surface.Name} {verb.Name}`{watch} [OPTION]...{operand}";
    }

    private static void WriteOptions(RoffPage page, IEnumerable<OptionSurface> options)
    {
        page.Section("OPTIONS");
        foreach (OptionSurface option in options)
        {
            string value = option.Kind == ValueKind.None ? "" : $" {(option.Words.Count > 0 ? option.ValueName.Replace("|", " | ") : option.ValueName)}";
            string preset = option.Default is { } given ? $" Default: {given}." : "";
            page.Item(string.Join(", ", option.Names.Select(name => $"`{name}`")) + value, $"{option.Description.TrimEnd('.')}.{preset}");
        }
    }

    /// <summary>"0 everything works; 1 ..." is a list; anything else is a sentence.</summary>
    private static void Statuses(RoffPage page, string status)
    {
        page.Section("EXIT STATUS");
        foreach (string part in status.TrimEnd('.').Split("; "))
        {
            int end = part.IndexOf(' ');
            string number = end < 0 ? part : part[..end];
            if (int.TryParse(number, out _))
                page.Item(number, end < 0 ? "The command did what it was asked to." : $"{Capital(part[(end + 1)..])}.");
            else
                page.Paragraph($"{Capital(part)}.");
        }
    }

    private static string Capital(string text) => char.ToUpperInvariant(text[0]) + text[1..];

    private static void Items(RoffPage page, string section, IEnumerable<(string Term, string Text)> items)
    {
        page.Section(section);
        foreach ((string term, string text) in items)
        {
            if (term.Length == 0)
                page.Paragraph(text);
            else
                page.Item(term, text);
        }
    }

    private RoffPage SeeAlso(RoffPage page, string own, IEnumerable<string> others)
    {
        IEnumerable<string> ours = surface.Verbs.Select(verb => $"{surface.Name}-{verb.Name}").Prepend(surface.Name).Where(name => name != own)
            .Select(name => $"`{name}`(1)");
        return page.Section("SEE ALSO").Paragraph(string.Join(", ", ours.Concat(others)));
    }
}
