// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using System.CommandLine;
using Livewatcher.Model;

namespace Livewatcher.Cli.Options;

/// <summary>What is known of writers beforehand, and what shall be known afterwards.</summary>
/// <param name="Writers">Those of --known.</param>
/// <param name="Learn">--learn; null: nobody is learned.</param>
/// <param name="SaveTo">--save-known; null: nothing is saved.</param>
internal sealed record KnownSettings(IReadOnlyList<KnownWriter> Writers, TimeSpan? Learn, string? SaveTo)
{
    internal static KnownSettings None { get; } = new([], null, null);

    internal bool IsOfUse => Writers.Count > 0 || Learn is not null;
}

/// <summary>The options for writers that are in order, defined once.</summary>
internal sealed class KnownOptions
{
    private readonly Option<string?> learn = new("--learn")
    {
        Description = "Take everybody who writes in this time for a writer that is in order, and report only others from then on: 10s, 5m.",
        HelpName = "TIME",
    };

    private readonly Option<string?> save = new("--save-known")
    {
        Description = "At the end, write the writers that were learned to this file; without --learn those that were reported. By build-id and symbol: "
            + "they are found again after a restart.",
        HelpName = "FILE",
    };

    private readonly Option<string[]> known = new("--known")
    {
        Description = "Do not report the writers in this file, which --save-known has written. Repeatable.",
        HelpName = "FILE",
    };

    internal IEnumerable<Option> All => [learn, save, known];

    /// <exception cref="UserException">A value makes no sense, or a file cannot be read.</exception>
    internal KnownSettings Read(ParseResult parsed)
    {
        string? path = parsed.GetValue(save);
        if (path is not null)
            KnownFile.CheckWritable(path);
        return new KnownSettings(
            [.. (parsed.GetValue(known) ?? []).SelectMany(KnownFile.Read)], parsed.GetValue(learn) is { } time ? Quantities.ParseTime(time, "--learn") : null, path);
    }
}
