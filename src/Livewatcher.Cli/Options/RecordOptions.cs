// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using System.CommandLine;
using Livewatcher.Model;

namespace Livewatcher.Cli.Options;

/// <summary>What is recorded, and how much of it is kept.</summary>
/// <param name="File">Its path.</param>
/// <param name="MaxBytes">Null: no bound.</param>
/// <param name="MaxAge">Null: no bound.</param>
/// <param name="Last">Of the flight recorder, hits; null: everything is written as it comes.</param>
internal sealed record RecordSettings(string File, long? MaxBytes, TimeSpan? MaxAge, int? Last);

/// <summary>The options of recording, defined once.</summary>
internal sealed class RecordOptions
{
    /// <summary>A hit with its values takes up to half a kilobyte of memory.</summary>
    private const int MostKept = 1_000_000;

    private readonly Option<string?> record = new("--record")
    {
        Description = "Record everything into this file, an SQLite database (docs/recording.md), for livewatcher report and diff.",
        HelpName = "FILE",
    };

    private readonly Option<string?> max = new("--record-max") { Description = "Keep the recording below this size by dropping its oldest hits: 64M, 1GiB.", HelpName = "SIZE" };

    private readonly Option<string?> age = new("--record-age") { Description = "Drop hits from the recording that are older than this: 30s, 5m, 2h.", HelpName = "TIME" };

    private readonly Option<int?> last = new("--last")
    {
        Description = "Flight recorder: keep the newest hits only, in memory. They are written to the file of --record at the end, and on SIGUSR1.",
        HelpName = "N",
    };

    internal IEnumerable<Option> All => [record, max, age, last];

    /// <exception cref="UserException">A value makes no sense.</exception>
    internal RecordSettings? Read(ParseResult parsed)
    {
        string? file = parsed.GetValue(record);
        string? size = parsed.GetValue(max);
        string? time = parsed.GetValue(age);
        int? kept = parsed.GetValue(last);
        if (file is null)
        {
            return (size, time, kept) is (null, null, null)
                ? null
                : throw new UserException($"{(kept is not null ? "--last" : size is not null ? "--record-max" : "--record-age")}: of which recording? It takes --record FILE");
        }

        if (file.Length == 0)
            throw new UserException("--record: the name of a file is meant");
        if (kept is not null && (size is not null || time is not null))
            throw new UserException("--last keeps hits in memory: --record-max and --record-age are for recordings that are written as hits come");
        if (kept is < 1 or > MostKept)
            throw new UserException($"--last {kept}: 1 to {MostKept:N0}");
        return new RecordSettings(
            file, size is null ? null : Quantities.ParseSize(size, "--record-max"), time is null ? null : Quantities.ParseTime(time, "--record-age"), kept);
    }
}
