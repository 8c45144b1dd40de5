// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using System.CommandLine;
using Livewatcher.Symbols.Expressions.Lookup;

namespace Livewatcher.Cli.WatchFiles;

/// <summary>Which options a watch file may have: those of the command line that says how to watch.</summary>
/// <param name="options">All of them.</param>
/// <param name="beginnings">Those that begin a watch.</param>
/// <param name="belongings">Those that belong to a watch.</param>
/// <param name="writers">Those that name a writer.</param>
/// <param name="places">Those that stand before the watch that they belong to.</param>
internal sealed class WatchVocabulary(
    IEnumerable<Option> options, IReadOnlyCollection<Option> beginnings, IReadOnlyCollection<Option> belongings, IReadOnlyCollection<Option> writers,
    IReadOnlyCollection<Option> places)
{
    private readonly Dictionary<string, Option> byName = options.ToDictionary(option => option.Name.TrimStart('-'), StringComparer.Ordinal);

    /// <summary>For messages.</summary>
    internal string Beginnings => string.Join(", ", beginnings.Select(option => option.Name.TrimStart('-')));

    internal bool BeginsWatch(Option option) => beginnings.Contains(option);

    internal bool BelongsToWatch(Option option) => belongings.Contains(option);

    internal bool StandsBefore(Option option) => places.Contains(option);

    internal bool NamesWriter(Option option) => writers.Contains(option);

    /// <exception cref="WatchFileException">There is no such option.</exception>
    internal Option Find(string name, int line) => byName.TryGetValue(name, out Option? option) ? option : throw new WatchFileException(
        line, $"there is no option '{name}'{NearestNames.Phrase(NearestNames.Find(name.TrimStart('-'), byName.Keys))}");
}
