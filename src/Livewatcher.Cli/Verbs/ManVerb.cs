// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using System.CommandLine;
using System.Globalization;
using Livewatcher.Cli.Manual;
using Livewatcher.Cli.Options;
using Livewatcher.Cli.Surface;
using Livewatcher.Model;

namespace Livewatcher.Cli.Verbs;

/// <summary>livewatcher man: writes the manual pages, for whoever installs or packages.</summary>
internal static class ManVerb
{
    /// <summary>Seconds since 1970, where a build is to be the same whenever it is made (reproducible-builds.org).</summary>
    private const string DateVariable = "SOURCE_DATE_EPOCH";

    internal static Command Create()
    {
        Argument<string> directory = new("directory") { Description = "Where the pages go; it is made where there is none." };
        Command command = new("man", "Write the manual pages into a directory.\n\n"
            + "Their date is today's, or that of SOURCE_DATE_EPOCH where a build is to be reproducible.\n\n"
            + "Examples:\n"
            + "  livewatcher man /usr/local/share/man/man1\n\n"
            + "Exit status: 0; 2 where they could not be written.")
        {
            directory,
        };
        command.SetAction(parsed => WatchCommand.Guarded(() =>
            Execute(CommandSurface.Of(parsed.RootCommandResult.Command), parsed.GetValue(directory)!)));
        return command;
    }

    private static int Execute(CommandSurface surface, string directory)
    {
        try
        {
            Directory.CreateDirectory(directory);
            foreach ((string file, string content) in new ManualPages(surface, Date(), ProductVersion.Short).All())
                File.WriteAllText(Path.Combine(directory, file), content);
            return ExitCodes.Success;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new UserException($"cannot write the manual pages: {e.Message}");
        }
    }

    private static string Date()
    {
        string? given = Environment.GetEnvironmentVariable(DateVariable);
        DateTimeOffset date = given is null or "" ? DateTimeOffset.UtcNow
            : long.TryParse(given, NumberStyles.None, CultureInfo.InvariantCulture, out long seconds) && seconds < DateTimeOffset.MaxValue.ToUnixTimeSeconds()
                ? DateTimeOffset.FromUnixTimeSeconds(seconds)
                : throw new UserException($"{DateVariable}={given}: seconds since 1970 are meant");
        return date.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
    }
}
