// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using Livewatcher.Cli.Tests.Documents;
using Livewatcher.Live.Tests.Building;

namespace Livewatcher.Live.Tests.Documents;

/// <summary>The pages, and their commands that stand in blocks without output to be compared.</summary>
internal static class Book
{
    /// <summary>What is not run, and why. Everything else is, without being named anywhere.</summary>
    internal static IReadOnlyDictionary<string, string> NotRun { get; } = new Dictionary<string, string>(StringComparer.Ordinal)
    {
        ["make demo"] = "it builds livewatcher anew, which takes an emulated machine half an hour; the CI runs it",
        ["make test"] = "it runs tests like this one",
        ["journalctl -t livewatcher -o verbose CODE_FUNC=set_state"] = "an emulated machine has no systemd, so no journal to ask; what is sent there is looked at (Receivers)",
        ["livewatcher report week.lwr --format folded | flamegraph.pl >writers.svg"] = "flamegraph.pl is in no package of Debian; the format is Render ExportTests'",
    };

    /// <summary>README.md and docs/, as paths in the repository.</summary>
    internal static IReadOnlyList<string> Pages { get; } =
        [.. Directory.GetFiles(Path.Combine(Repository.Root, "docs"), "*.md").Select(file => $"docs/{Path.GetFileName(file)}").Append("README.md").Order(StringComparer.Ordinal)];

    /// <summary>A page's blocks of commands, in its order.</summary>
    internal static IReadOnlyList<IReadOnlyList<BookCommand>> Blocks(string page) =>
    [
        .. FencedBlock.Read(Repository.Root, page).Blocks
            .Where(block => block.Info != "sh run")
            .Select(block => block.Commands().Select(one => new BookCommand(page, one.Line, one.Command)).ToArray())
            .Where(commands => commands.Length > 0),
    ];

    /// <summary>Files that the pages show whole, "file=NAME" behind the fence.</summary>
    internal static IEnumerable<(string Name, string Text)> Files() =>
        from page in Pages
        from block in FencedBlock.Read(Repository.Root, page).Blocks
        let name = block.Info.Split("file=") is [_, { Length: > 0 } file] ? file : null
        where name is not null
        select (name, string.Join('\n', block.Lines) + "\n");
}
